"""The blocking client, made by `clients/python/blocking.py`."""

from contextlib import suppress
from typing import Any, Self, TypeVar

from mock_calls import operations
from mock_calls.applications.attachments import Attachments, end
from mock_calls.errors import MockServerError, hides_frames
from mock_calls.http_exchange import exchange
from mock_calls.https_access import HttpsFolders
from mock_calls.models import Https
from mock_calls.operations import Operation
from mock_calls.transport import build_request, parse_response, sandbox_prefix

__tracebackhide__ = hides_frames

T = TypeVar("T")


class SandboxClient:
    """Sends operations to one sandbox of a running mock server."""

    def __init__(self, url: str, sandbox: str = "default", token: str = "") -> None:
        self.origin = url.rstrip("/")
        self.sandbox = sandbox
        self._token = token
        self.attachments = Attachments()
        self.https_folders = HttpsFolders()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the attached applications, and remove the files of `https`; the sandbox stays."""
        if origins := self.attachments.origins:
            with suppress(MockServerError):  # the server or the sandbox may have ended
                self.ask(operations.change_receivers(dict.fromkeys(origins)))
        self._end_applications()

    def _end_applications(self) -> None:
        self.https_folders.close()
        end(self.attachments.release())

    def attach(self, origin: str, application: Any) -> None:
        """Let an ASGI or WSGI application receive the webhooks of this sandbox for an origin.

        It gets the requests that a server on a socket would give it, until the client is closed or
        the sandbox dropped. Whatever the origin, such as `http://app.test`, nothing is looked up.

        Raises:
            NotAttachable: it is neither an ASGI nor a WSGI application.
            ValueError: the origin has more than scheme, host and port, or less.
            LifespanFailed: the application does not start.
        """
        receiver = self.attachments.start(origin, application)
        try:
            self.ask(operations.change_receivers(receiver.addresses))
        except BaseException:
            end([receiver])
            raise
        end(self.attachments.adopt(receiver))

    def https(self) -> Https:
        """Return what leads programs and libraries here if they call the vendors' own hosts.

        Such a request belongs to the sandbox that claimed its credential, or that its header
        `X-Mock-Sandbox` names. The files of the environment are there until the client is closed.

        Raises:
            ControlError: the server runs without `--https`.
        """
        authority = self.ask(operations.authority())
        trust_store = self.ask(operations.trust_store())
        hosts = self.ask(operations.vendor_hosts())
        return self.https_folders.open(self.origin, hosts, authority, trust_store)

    def url(self, provider: str, host: str = "") -> str:
        """Return the base URL of a provider in this sandbox, or of one of its hosts."""
        path = f"/{provider}/{host}" if host else f"/{provider}"
        return f"{self.origin}{sandbox_prefix(self.sandbox)}{path}"

    def inbox_url(self, name: str = "inbox") -> str:
        """Return the URL of a built-in webhook receiver."""
        return f"{self.origin}{sandbox_prefix(self.sandbox)}/_mock/receive/{name}"

    def ask(self, ask: Operation[T]) -> T:
        """Send a request to the control API; all other methods use this one.

        Raises:
            ConnectionFailed: the server cannot be reached.
            ControlError: the control API refuses the request.
            WaitTimeout: a wait timed out.
        """
        request = build_request(self.sandbox, self._token, ask)
        return parse_response(ask, exchange(self.origin, request))
