"""What every asynchronous client has; `clients/python/blocking.py` makes the blocking one."""

from contextlib import suppress
from typing import Any, Self, TypeVar

from mock_calls import operations
from mock_calls.applications.attachments import Attachments, end_async
from mock_calls.errors import MockServerError, hides_frames
from mock_calls.http_exchange import exchange_async
from mock_calls.https_access import HttpsFolders
from mock_calls.models import Https
from mock_calls.operations import Operation
from mock_calls.transport import build_request, parse_response, sandbox_prefix

__tracebackhide__ = hides_frames

T = TypeVar("T")


class AsyncSandboxClient:
    """Sends operations to one sandbox of a running mock server."""

    def __init__(self, url: str, sandbox: str = "default", token: str = "") -> None:
        self.origin = url.rstrip("/")
        self.sandbox = sandbox
        self._token = token
        self.attachments = Attachments()
        self.https_folders = HttpsFolders()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the attached applications, and remove the files of `https`; the sandbox stays."""
        if origins := self.attachments.origins:
            with suppress(MockServerError):  # the server or the sandbox may have ended
                await self.ask(operations.change_receivers(dict.fromkeys(origins)))
        await self._end_applications()

    async def _end_applications(self) -> None:
        self.https_folders.close()
        await end_async(self.attachments.release())

    async def attach(self, origin: str, application: Any) -> None:
        """Let an ASGI or WSGI application receive the webhooks of this sandbox for an origin.

        It gets the requests that a server on a socket would give it, until the client is closed or
        the sandbox dropped. Whatever the origin, such as `http://app.test`, nothing is looked up.

        Raises:
            NotAttachable: it is neither an ASGI nor a WSGI application.
            ValueError: the origin has more than scheme, host and port, or less.
            LifespanFailed: the application does not start.
        """
        receiver = await self.attachments.start_async(origin, application)
        try:
            await self.ask(operations.change_receivers(receiver.addresses))
        except BaseException:
            await end_async([receiver])
            raise
        await end_async(self.attachments.adopt(receiver))

    async def https(self) -> Https:
        """Return what leads programs and libraries here if they call the vendors' own hosts.

        Such a request belongs to the sandbox that claimed its credential, or that its header
        `X-Mock-Sandbox` names. The files of the environment are there until the client is closed.

        Raises:
            ControlError: the server runs without `--https`.
        """
        authority = await self.ask(operations.authority())
        trust_store = await self.ask(operations.trust_store())
        hosts = await self.ask(operations.vendor_hosts())
        return self.https_folders.open(self.origin, hosts, authority, trust_store)

    def url(self, provider: str, host: str = "") -> str:
        """Return the base URL of a provider in this sandbox, or of one of its hosts."""
        path = f"/{provider}/{host}" if host else f"/{provider}"
        return f"{self.origin}{sandbox_prefix(self.sandbox)}{path}"

    def inbox_url(self, name: str = "inbox") -> str:
        """Return the URL of a built-in webhook receiver."""
        return f"{self.origin}{sandbox_prefix(self.sandbox)}/_mock/receive/{name}"

    async def ask(self, ask: Operation[T]) -> T:
        """Send a request to the control API; all other methods use this one.

        Raises:
            ConnectionFailed: the server cannot be reached.
            ControlError: the control API refuses the request.
            WaitTimeout: a wait timed out.
        """
        request = build_request(self.sandbox, self._token, ask)
        return parse_response(ask, await exchange_async(self.origin, request))
