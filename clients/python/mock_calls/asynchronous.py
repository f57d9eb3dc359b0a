"""The asynchronous client, of which `clients/python/blocking.py` makes the blocking one."""

from collections.abc import Mapping
from typing import Any, TypeVar

from mock_calls import operations
from mock_calls.assertions import NO_WAIT, check_count, check_order, dotted_fields
from mock_calls.asynchronous_client import AsyncSandboxClient
from mock_calls.errors import RequestRefused, WaitTimeout, hides_frames
from mock_calls.models import (
    AdvanceResult,
    Call,
    Explanation,
    ReceivedRequest,
    ReceiverReport,
    Request,
    Webhook,
)
from mock_calls.transport import VendorResponse, fork_name, is_fault, request_line

__tracebackhide__ = hides_frames

R = TypeVar("R", bound=VendorResponse)


class AsyncMockServer(AsyncSandboxClient):
    """A client for one sandbox of a running mock server.

    `url` is the origin of the server, `token` the token of its control API, if it requires one.
    Each request has a connection of its own, so that clients may be used in any thread.
    """

    async def calls(self, **filters: str) -> list[Call]:
        """Return all calls, oldest first; filters: provider, state, vendor_id."""
        return await self.ask(operations.calls(filters))

    async def call(self, name: str) -> Call:
        return await self.ask(operations.call(name))

    async def event(self, call: str, event: str, **arguments: str) -> Call:
        """Apply a phone event or a vendor event: `event("c1", "hangup", leg="callee")`."""
        return await self.ask(operations.event(call, event, arguments))

    async def requests(self, **filters: Any) -> list[Request]:
        """Return vendor requests, oldest first; filters: provider, operation, status, call."""
        return await self.ask(operations.requests(filters))

    async def webhooks(self, **filters: str) -> list[Webhook]:
        """Return webhooks, oldest first; filters: provider, call, state, kind."""
        return await self.ask(operations.webhooks(filters))

    async def redeliver(self, webhook: str) -> Webhook:
        return await self.ask(operations.redeliver(webhook))

    async def use(self, scenario: str, times: int | None = None, **match: str) -> None:
        """Activate a scenario for the matching requests, or for the next `times` of them."""
        await self.ask(operations.use(scenario, times, match))

    async def scenario(self, name: str, body: Any) -> None:
        """Add a scenario; `body` is what a scenario file has under that name."""
        await self.ask(operations.scenario(name, body))

    async def accounts(self, provider: str) -> Mapping[str, Any]:
        return await self.ask(operations.accounts(provider))

    async def account(
        self, provider: str, name: str, patch: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Change an account by a JSON Merge Patch (RFC 7396) and return it."""
        return await self.ask(operations.account(provider, name, patch))

    async def deliver(self, provider: str, to: str) -> None:
        """Set the webhook URL of all accounts of a provider; a URL in a request still wins."""
        for name in await self.accounts(provider):
            await self.account(provider, name, {"webhooks": {"any": to}})

    async def advance(self, by: str | float) -> AdvanceResult:
        """Advance the clock by a number of seconds, or by a text such as `90s`, `1m30s`, `2h`."""
        return await self.ask(operations.advance({"by": by}))

    async def advance_to(self, moment: str) -> AdvanceResult:
        """Advance the clock to an ISO 8601 time."""
        return await self.ask(operations.advance({"to": moment}))

    async def finish(self) -> AdvanceResult:
        """Advance until calls and webhooks cause nothing more; a call that needs a person stays."""
        return await self.ask(operations.advance({"until": "idle"}))

    async def advance_until(self, end: str) -> AdvanceResult:
        """Advance as far as `end` says.

        `next` is when the next step is due; `idle` is what `finish()` does; `empty` is when nothing
        is due any more: calls that wait for a person end, and timelines of accounts are played.
        """
        return await self.ask(operations.advance({"until": end}))

    async def clock(self) -> Mapping[str, Any]:
        return await self.ask(operations.clock())

    async def inbox(self, name: str = "inbox") -> list[ReceivedRequest]:
        """Return what a built-in receiver has received."""
        return await self.ask(operations.inbox(name))

    async def program(self, *statuses: int, name: str = "inbox", delay: float = 0) -> None:
        """Set a receiver's next statuses: `program(500, 500, 200)`; `delay` is in real seconds."""
        await self.ask(operations.program(name, list(statuses), delay))

    async def wait_for(self, kind: str, match: Mapping[str, Any], **options: Any) -> list[Any]:
        """Wait until calls, requests or webhooks match, and return them.

        `kind` is `call`, `request` or `webhook`. Options: `count`, how many have to match;
        `timeout` in real seconds; `advance`, how far the clock may advance meanwhile.

        Raises:
            WaitTimeout: too few matched in time; the message shows the nearest.
        """
        return await self.ask(operations.wait(kind, match, options))

    async def wait_for_webhook(
        self, within: float = 5, advance: str | None = None, **match: Any
    ) -> Webhook:
        """Wait for the first webhook that matches, such as `body__status="COMPLETED"`.

        `within` is in real seconds. `advance` lets the clock advance meanwhile, up to that
        duration and only as far as needed. Without it, a wait on a manual clock fails soon, and
        says what is due and which call gets there.

        Raises:
            WaitTimeout: no webhook matched in time; the message shows the nearest.
        """
        options = {"timeout": within, **({"advance": advance} if advance else {})}
        found: list[Webhook] = await self.wait_for("webhook", dotted_fields(match), **options)
        return found[0]

    async def assert_called(self, times: int | None = None, **match: Any) -> list[Request]:
        """Return the vendor requests that match: at least one, or exactly `times`.

        Raises:
            WaitTimeout: no request matches; the message shows the nearest.
            NotCalled: not exactly `times` match, or evicted requests may match too.
        """
        fields = dotted_fields(match)
        try:
            found: list[Request] = await self.wait_for("request", fields, **NO_WAIT)
        except WaitTimeout:
            if times != 0:
                raise
            found = []
        evicted = 0 if times is None else await self.ask(operations.count_evicted_requests())
        check_count(found, times, fields, evicted)
        return found

    async def assert_order(self, *matches: Mapping[str, Any], kind: str = "webhook") -> None:
        """Assert that items of a kind match these, such as `{"kind": "cdr"}`, in this order.

        Raises:
            WaitTimeout: nothing matches one of them.
            NotCalled: the order is different.
        """
        found = [await self.wait_for(kind, match, **NO_WAIT) for match in matches]
        everything = await self.wait_for(kind, {}, **NO_WAIT)
        ids = [[item.id for item in items] for items in found]
        check_order([item.id for item in everything], ids, matches)

    async def explain(self, request: str | VendorResponse) -> Explanation:
        """Explain how a vendor request was handled; pass its id, or the response to it.

        That may be one of httpx, requests or any library with the same attributes.
        """
        name = request if isinstance(request, str) else request.headers["x-mock-request"]
        return await self.ask(operations.explain(name))

    async def raise_for_fault(self, response: R) -> R:
        """Return the response if the vendor's API accepted the request.

        Raises:
            RequestRefused: the message shows rule, field, value, what would pass, and hints.
        """
        if not is_fault(response):
            return response
        explanation = await self.explain(response)
        raise RequestRefused(request_line(response), response.status_code, explanation)

    async def journal(self) -> list[Mapping[str, Any]]:
        return await self.ask(operations.journal())

    async def report(self) -> list[ReceiverReport]:
        """Return what each receiver of webhooks did, in the order of their first webhooks."""
        return await self.ask(operations.report())

    async def timeline(self) -> str:
        """Return all events of the sandbox as text, one per line."""
        return await self.ask(operations.timeline())

    async def reset(self) -> None:
        await self.ask(operations.reset())

    async def open(self, **options: Any) -> None:
        """Create or replace the sandbox; options: `clock`, `seed`, `start_at`, `credentials`."""
        await self.ask(operations.open_sandbox(self.sandbox, options))

    async def snapshot(self, name: str) -> None:
        """Keep what the sandbox is now under a name, for `fork`."""
        await self.ask(operations.take_snapshot(self.sandbox, name))

    async def fork(self, name: str = "", **options: Any) -> "AsyncMockServer":
        """Return a client of a new sandbox that is as this one is; options: `snapshot`, `until`."""
        client = AsyncMockServer(self.origin, name or fork_name(self.sandbox), self._token)
        await client.open(**{"from": self.sandbox, **options})
        return client

    async def drop(self) -> None:
        """Delete the sandbox, and end the applications that are attached to it."""
        await self.ask(operations.close_sandbox(self.sandbox))
        await self._end_applications()
