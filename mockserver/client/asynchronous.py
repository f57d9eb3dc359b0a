"""The asynchronous client."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from mockserver.client import operations
from mockserver.client.assertions import NO_WAIT, check_count, check_order, dotted_fields
from mockserver.client.errors import NotAccepted, NotInTime, Unreachable
from mockserver.client.models import Advanced, Call, Explained, Request, Webhook
from mockserver.client.operations import Operation
from mockserver.client.transport import (
    TIMEOUT,
    auth_headers,
    build_request,
    is_fault,
    parse_response,
    sandbox_prefix,
    tls_verification,
)

T = TypeVar("T")


class AsyncMockServer:
    """One sandbox of a running mock server.

    `url` is the server's origin, `token` that of its control API where it asks for one.
    """

    def __init__(self, url: str, sandbox: str = "default", token: str = "") -> None:
        self.origin = url.rstrip("/")
        self.sandbox = sandbox
        self._client = httpx.AsyncClient(
            base_url=self.origin,
            timeout=TIMEOUT,
            headers=auth_headers(token),
            trust_env=False,
            verify=tls_verification(self.origin),
            limits=httpx.Limits(max_keepalive_connections=0),  # none outlives its loop
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back; the sandbox stays."""
        await self._client.aclose()

    def url(self, provider: str, host: str = "") -> str:
        """The base URL of a provider in this sandbox, of one of its hosts if it has several."""
        place = f"/{provider}/{host}" if host else f"/{provider}"
        return f"{self.origin}{sandbox_prefix(self.sandbox)}{place}"

    def inbox_url(self, name: str = "inbox") -> str:
        """A ready-made receiver for webhooks."""
        return f"{self.origin}{sandbox_prefix(self.sandbox)}/_mock/inbox/{name}"

    async def ask(self, ask: Operation[T]) -> T:
        """Ask the control API; every other method is made of this one.

        Raises:
            Unreachable: nobody answers.
            Refused, NotInTime: as `answered`.
        """
        request = build_request(self._client, self.sandbox, ask)
        try:
            response = await self._client.send(request)
        except httpx.HTTPError as error:
            raise Unreachable(f"no mock server answers at {self.origin}: {error}") from error
        return parse_response(ask, response)

    async def calls(self, **filters: str) -> list[Call]:
        """All calls, oldest first; filters are provider, state, vendor_id."""
        return await self.ask(operations.calls(filters))

    async def call(self, name: str) -> Call:
        return await self.ask(operations.call(name))

    async def event(self, call: str, event: str, **told: str) -> Call:
        """Play the phone, or one of the provider's acts: `event("c1", "hangup", leg="b")`."""
        return await self.ask(operations.event(call, event, told))

    async def requests(self, **filters: Any) -> list[Request]:
        """Vendor requests, oldest first; filters are provider, operation, status, call."""
        return await self.ask(operations.requests(filters))

    async def webhooks(self, **filters: str) -> list[Webhook]:
        """Webhooks, oldest first; filters are provider, call, state, kind."""
        return await self.ask(operations.webhooks(filters))

    async def redeliver(self, webhook: str) -> Webhook:
        return await self.ask(operations.redeliver(webhook))

    async def use(self, scenario: str, times: int | None = None, **match: str) -> None:
        """Play a scenario for the next matching requests, for `times` of them if given."""
        await self.ask(operations.use(scenario, times, match))

    async def scenario(self, name: str, body: Any) -> None:
        """Add a scenario, as it would stand under that name in a file."""
        await self.ask(operations.scenario(name, body))

    async def accounts(self, provider: str) -> Mapping[str, Any]:
        return await self.ask(operations.accounts(provider))

    async def account(
        self, provider: str, name: str, patch: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Change an account by a JSON Merge Patch."""
        return await self.ask(operations.account(provider, name, patch))

    async def deliver(self, provider: str, to: str) -> None:
        """Send the webhooks of all accounts of a provider there, unless a request says where."""
        for name in await self.accounts(provider):
            await self.account(provider, name, {"webhooks": {"any": to}})

    async def advance(self, by: str | float) -> Advanced:
        """Move the clock: seconds, or a text such as `90s`, `1m30s`, `2h`."""
        return await self.ask(operations.advance({"by": by}))

    async def advance_to(self, moment: str) -> Advanced:
        """Move the clock to an ISO 8601 moment."""
        return await self.ask(operations.advance({"to": moment}))

    async def finish(self) -> Advanced:
        """Move the clock until nothing is due; every webhook has then been answered."""
        return await self.ask(operations.advance({"until": "idle"}))

    async def clock(self) -> Mapping[str, Any]:
        return await self.ask(operations.clock())

    async def inbox(self, name: str = "inbox") -> list[Mapping[str, Any]]:
        """What the ready-made receiver has received."""
        return await self.ask(operations.inbox(name))

    async def program(self, *answers: int, name: str = "inbox", delay: float = 0) -> None:
        """How the receiver answers next: `program(500, 500, 200)`."""
        await self.ask(operations.program(name, list(answers), delay))

    async def wait_for(self, kind: str, match: Mapping[str, Any], **how: Any) -> list[Any]:
        """Block until `count` calls, requests or webhooks match; `advance` moves the clock.

        Raises:
            NotInTime: what came nearest is in its text.
        """
        return await self.ask(operations.wait(kind, match, how))

    async def wait_for_webhook(
        self, within: float = 5, advance: str | None = None, **match: Any
    ) -> Webhook:
        """The first webhook that matches, `body__status="COMPLETED"`, as soon as it is there.

        `within` so many real seconds; `advance` moves the clock meanwhile, only as far as needed.
        """
        how = {"timeout": within, **({"advance": advance} if advance else {})}
        found: list[Webhook] = await self.wait_for("webhook", dotted_fields(match), **how)
        return found[0]

    async def assert_called(self, times: int | None = None, **match: Any) -> list[Request]:
        """The vendor requests that match: at least one, or just so many.

        Raises:
            NotInTime, NotCalled: what came nearest is in its text.
        """
        wanted = dotted_fields(match)
        try:
            found: list[Request] = await self.wait_for("request", wanted, **NO_WAIT)
        except NotInTime:
            if times != 0:
                raise
            found = []
        dropped = 0 if times is None else await self.ask(operations.count_dropped_requests())
        check_count(found, times, wanted, dropped)
        return found

    async def assert_order(self, *matches: Mapping[str, Any], kind: str = "webhook") -> None:
        """That something suits each of these, one after the other: `{"kind": "cdr"}`."""
        found = [await self.wait_for(kind, match, **NO_WAIT) for match in matches]
        everything = await self.wait_for(kind, {}, **NO_WAIT)
        ids = [[one.id for one in some] for some in found]
        check_order([one.id for one in everything], ids, matches)

    async def explain(self, request: str | httpx.Response) -> Explained:
        """Why a request was answered so: its id, or the response that it got."""
        name = request if isinstance(request, str) else request.headers["x-mock-request"]
        return await self.ask(operations.explain(name))

    async def raise_for_fault(self, response: httpx.Response) -> httpx.Response:
        """The response, if the vendor's API has taken the request.

        Raises:
            NotAccepted: it names rule, source, field, value, what would pass, and usual slips.
        """
        if not is_fault(response):
            return response
        told = await self.explain(response)
        asked = f"{response.request.method} {response.request.url.path}"
        raise NotAccepted(asked, response.status_code, told)

    async def journal(self) -> list[Mapping[str, Any]]:
        return await self.ask(operations.journal())

    async def timeline(self) -> str:
        """All that has happened, line by line."""
        return await self.ask(operations.timeline())

    async def reset(self) -> None:
        await self.ask(operations.reset())

    async def open(self, **told: Any) -> None:
        """A new world under this sandbox's name: clock, seed, start_at, credentials."""
        await self.ask(operations.open_sandbox(self.sandbox, told))

    async def drop(self) -> None:
        """Give the sandbox up."""
        await self.ask(operations.close_sandbox(self.sandbox))
