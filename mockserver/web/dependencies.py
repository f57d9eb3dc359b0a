"""What a request finds in `scope["state"]`: the dependencies of the server, and the request's own.

There is no other way to either.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from starlette.types import Scope

from mockserver.core.account import Account
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.webhook import DEPTH_HEADER
from mockserver.runtime.background import Background
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.access_control import AccessControl
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.router import Router
from mockserver.web.server.https import Https
from mockserver.web.server.transport import HeaderField

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response

CompileScenarios = Callable[
    [Configuration, Mapping[str, bytes], Mapping[AccountKey, Account]],
    tuple[Configuration | None, tuple[str, ...]],
]
"""(configuration, scenario name -> source text, accounts) -> (new configuration or None, problems).

It takes long, so it runs in the background."""


class Dependencies(NamedTuple):
    """What one server owns and its requests use; the same for all of them.

    `origins` are those under which the server reaches itself. `compile_scenarios` builds a
    configuration with other scenarios, or returns their problems. `control_document` returns the
    control API's OpenAPI document. `public_url` is empty, or replaces a vendor request's origin.
    """

    sandboxes: SandboxRegistry
    router: Router
    origins: tuple[str, ...]
    compile_scenarios: CompileScenarios
    control_document: Callable[[], Mapping[str, Any]]
    rejections: Counter[str]
    """How many requests and connections `HttpProtocol` has rejected, by kind."""
    log_throttle: LogThrottle
    """For rejections and failures of providers; the journal has a throttle for each sandbox."""
    background: Background
    """For what would hold up the event loop."""
    access_control: AccessControl = AccessControl()
    public_url: str = ""
    https: Https | None = None


UNUSUAL_HEADERS: Final = frozenset(
    {
        b"transfer-encoding",
        b"content-encoding",
        b"origin",
        b"sec-fetch-site",
        b"sec-fetch-mode",
        b"sec-fetch-dest",
    }
)
"""Fields that decide whether a request is accepted; hardly any request has one."""


class RequestHeaders(NamedTuple):
    """The headers of a request: `fields` maps lower-case names to values.

    `unusual` is None for a request with one Host, no repeated field, and none of
    `UNUSUAL_HEADERS`; for any other, which needs a closer check, it has all fields.
    """

    fields: dict[bytes, bytes]
    unusual: "Headers | None"

    def get(self, name: bytes) -> str:
        """The value of a field; empty if it is missing."""
        return self.fields.get(name, b"").decode("latin-1")


def parse_headers(fields: Sequence[HeaderField]) -> RequestHeaders:
    """Parse the headers of a request; `fields` keeps the first of a repeated field."""
    by_name = dict(reversed(fields))
    is_usual = (
        len(by_name) == len(fields) and b"host" in by_name and UNUSUAL_HEADERS.isdisjoint(by_name)
    )
    return RequestHeaders(by_name, None if is_usual else _build_headers(fields))


def _build_headers(fields: Sequence[HeaderField]) -> "Headers":
    from starlette.datastructures import Headers  # noqa: PLC0415 - takes 20 ms, rarely needed

    return Headers(raw=list(fields))


@dataclass(slots=True)
class RequestInfo:
    """What the server knows about one request.

    `host` is its Host header. `sandbox_name` is that of the `X-Mock-Sandbox` header or of the path
    prefix, empty if the request names no sandbox; `sandbox` is None until it is found.
    `allowed_methods` are those of the path if the request's is not one of them. `webhook_depth` is
    how many webhooks to this server have led to the request. `rejection` is the problem with its
    sandbox name.
    """

    headers: RequestHeaders
    host: str = ""
    sandbox_name: str = ""
    sandbox: Sandbox | None = None
    allowed_methods: tuple[str, ...] = ()
    webhook_depth: int = 0
    rejection: "Response | None" = None


DEPTH_FIELD: Final = DEPTH_HEADER.encode()
MAX_DEPTH_DIGITS: Final = 4  # more are not read


def build_request_info(scope: Scope) -> RequestInfo:
    """Read the headers of a request, and remove its webhook depth, which is shown nowhere.

    Only the dispatcher of this server means it. A client that sends it can only make its own
    request, and the webhooks that this leads to, appear to be further down a loop.
    """
    headers = parse_headers(scope["headers"])
    depth = headers.fields.get(DEPTH_FIELD, b"")
    if DEPTH_FIELD in headers.fields:
        scope["headers"] = [field for field in scope["headers"] if field[0] != DEPTH_FIELD]
        headers = parse_headers(scope["headers"])
    return RequestInfo(
        headers,
        host=headers.get(b"host"),
        sandbox_name=headers.get(b"x-mock-sandbox"),
        webhook_depth=int(depth[:MAX_DEPTH_DIGITS]) if depth.isdigit() else 0,
    )


def dependencies_in(scope: Scope) -> Dependencies:
    dependencies: Dependencies = scope["state"]["dependencies"]
    return dependencies


def request_info_in(scope: Scope) -> RequestInfo:
    info: RequestInfo = scope["state"]["request_info"]
    return info


def sandbox_in(scope: Scope) -> Sandbox:
    """Return the sandbox of the request, or the default one as long as it is not found."""
    return request_info_in(scope).sandbox or dependencies_in(scope).sandboxes.default
