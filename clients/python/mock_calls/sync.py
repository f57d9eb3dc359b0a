"""The blocking client, made by `clients/python/blocking.py`."""

from collections.abc import Mapping
from typing import Any, TypeVar

from mock_calls import operations
from mock_calls.assertions import NO_WAIT, check_count, check_order, dotted_fields
from mock_calls.blocking_client import SandboxClient
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


class MockServer(SandboxClient):
    """A client for one sandbox of a running mock server.

    `url` is the origin of the server, `token` the token of its control API, if it requires one.
    Each request has a connection of its own, so that clients may be used in any thread.
    Inside a task of an event loop it raises `BlockingCall`.
    """

    def calls(self, **filters: str) -> list[Call]:
        """Return all calls, oldest first; filters: provider, state, vendor_id."""
        return self.ask(operations.calls(filters))

    def call(self, name: str) -> Call:
        return self.ask(operations.call(name))

    def event(self, call: str, event: str, **arguments: str) -> Call:
        """Apply a phone event or a vendor event: `event("c1", "hangup", leg="callee")`."""
        return self.ask(operations.event(call, event, arguments))

    def requests(self, **filters: Any) -> list[Request]:
        """Return vendor requests, oldest first; filters: provider, operation, status, call."""
        return self.ask(operations.requests(filters))

    def webhooks(self, **filters: str) -> list[Webhook]:
        """Return webhooks, oldest first; filters: provider, call, state, kind."""
        return self.ask(operations.webhooks(filters))

    def redeliver(self, webhook: str) -> Webhook:
        return self.ask(operations.redeliver(webhook))

    def use(self, scenario: str, times: int | None = None, **match: str) -> None:
        """Activate a scenario for the matching requests, or for the next `times` of them."""
        self.ask(operations.use(scenario, times, match))

    def scenario(self, name: str, body: Any) -> None:
        """Add a scenario; `body` is what a scenario file has under that name."""
        self.ask(operations.scenario(name, body))

    def accounts(self, provider: str) -> Mapping[str, Any]:
        return self.ask(operations.accounts(provider))

    def account(self, provider: str, name: str, patch: Mapping[str, Any]) -> Mapping[str, Any]:
        """Change an account by a JSON Merge Patch (RFC 7396) and return it."""
        return self.ask(operations.account(provider, name, patch))

    def deliver(self, provider: str, to: str) -> None:
        """Set the webhook URL of all accounts of a provider; a URL in a request still wins."""
        for name in self.accounts(provider):
            self.account(provider, name, {"webhooks": {"any": to}})

    def advance(self, by: str | float) -> AdvanceResult:
        """Advance the clock by a number of seconds, or by a text such as `90s`, `1m30s`, `2h`."""
        return self.ask(operations.advance({"by": by}))

    def advance_to(self, moment: str) -> AdvanceResult:
        """Advance the clock to an ISO 8601 time."""
        return self.ask(operations.advance({"to": moment}))

    def finish(self) -> AdvanceResult:
        """Advance until calls and webhooks cause nothing more; a call that needs a person stays."""
        return self.ask(operations.advance({"until": "idle"}))

    def advance_until(self, end: str) -> AdvanceResult:
        """Advance as far as `end` says.

        `next` is when the next step is due; `idle` is what `finish()` does; `empty` is when nothing
        is due any more: calls that wait for a person end, and timelines of accounts are played.
        """
        return self.ask(operations.advance({"until": end}))

    def clock(self) -> Mapping[str, Any]:
        return self.ask(operations.clock())

    def inbox(self, name: str = "inbox") -> list[ReceivedRequest]:
        """Return what a built-in receiver has received."""
        return self.ask(operations.inbox(name))

    def program(self, *statuses: int, name: str = "inbox", delay: float = 0) -> None:
        """Set a receiver's next statuses: `program(500, 500, 200)`; `delay` is in real seconds."""
        self.ask(operations.program(name, list(statuses), delay))

    def wait_for(self, kind: str, match: Mapping[str, Any], **options: Any) -> list[Any]:
        """Wait until calls, requests or webhooks match, and return them.

        `kind` is `call`, `request` or `webhook`. Options: `count`, how many have to match;
        `timeout` in real seconds; `advance`, how far the clock may advance meanwhile.

        Raises:
            WaitTimeout: too few matched in time; the message shows the nearest.
        """
        return self.ask(operations.wait(kind, match, options))

    def wait_for_webhook(
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
        found: list[Webhook] = self.wait_for("webhook", dotted_fields(match), **options)
        return found[0]

    def assert_called(self, times: int | None = None, **match: Any) -> list[Request]:
        """Return the vendor requests that match: at least one, or exactly `times`.

        Raises:
            WaitTimeout: no request matches; the message shows the nearest.
            NotCalled: not exactly `times` match, or evicted requests may match too.
        """
        fields = dotted_fields(match)
        try:
            found: list[Request] = self.wait_for("request", fields, **NO_WAIT)
        except WaitTimeout:
            if times != 0:
                raise
            found = []
        evicted = 0 if times is None else self.ask(operations.count_evicted_requests())
        check_count(found, times, fields, evicted)
        return found

    def assert_order(self, *matches: Mapping[str, Any], kind: str = "webhook") -> None:
        """Assert that items of a kind match these, such as `{"kind": "cdr"}`, in this order.

        Raises:
            WaitTimeout: nothing matches one of them.
            NotCalled: the order is different.
        """
        found = [self.wait_for(kind, match, **NO_WAIT) for match in matches]
        everything = self.wait_for(kind, {}, **NO_WAIT)
        ids = [[item.id for item in items] for items in found]
        check_order([item.id for item in everything], ids, matches)

    def explain(self, request: str | VendorResponse) -> Explanation:
        """Explain how a vendor request was handled; pass its id, or the response to it.

        That may be one of httpx, requests or any library with the same attributes.
        """
        name = request if isinstance(request, str) else request.headers["x-mock-request"]
        return self.ask(operations.explain(name))

    def raise_for_fault(self, response: R) -> R:
        """Return the response if the vendor's API accepted the request.

        Raises:
            RequestRefused: the message shows rule, field, value, what would pass, and hints.
        """
        if not is_fault(response):
            return response
        explanation = self.explain(response)
        raise RequestRefused(request_line(response), response.status_code, explanation)

    def journal(self) -> list[Mapping[str, Any]]:
        return self.ask(operations.journal())

    def report(self) -> list[ReceiverReport]:
        """Return what each receiver of webhooks did, in the order of their first webhooks."""
        return self.ask(operations.report())

    def timeline(self) -> str:
        """Return all events of the sandbox as text, one per line."""
        return self.ask(operations.timeline())

    def reset(self) -> None:
        self.ask(operations.reset())

    def open(self, **options: Any) -> None:
        """Create or replace the sandbox; options: `clock`, `seed`, `start_at`, `credentials`."""
        self.ask(operations.open_sandbox(self.sandbox, options))

    def snapshot(self, name: str) -> None:
        """Keep what the sandbox is now under a name, for `fork`."""
        self.ask(operations.take_snapshot(self.sandbox, name))

    def fork(self, name: str = "", **options: Any) -> "MockServer":
        """Return a client of a new sandbox that is as this one is; options: `snapshot`, `until`."""
        client = MockServer(self.origin, name or fork_name(self.sandbox), self._token)
        client.open(**{"from": self.sandbox, **options})
        return client

    def drop(self) -> None:
        """Delete the sandbox, and end the applications that are attached to it."""
        self.ask(operations.close_sandbox(self.sandbox))
        self._end_applications()
