"""The dependencies of the web package, built by the composition root, and request headers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.access_control import AccessControl
from mockserver.web.server.transport import HeaderField

if TYPE_CHECKING:
    from starlette.datastructures import Headers

CompileScenarios = Callable[
    [Configuration, Mapping[str, bytes]], tuple[Configuration | None, tuple[str, ...]]
]
"""(configuration, scenario name -> source text) -> (new configuration or None, problems)."""


class Dependencies(NamedTuple):
    """The dependencies that every request finds in `scope["dependencies"]`.

    `origins` returns the origins under which the server reaches itself. `compile_scenarios` builds
    a configuration with other scenarios, or returns their problems. `control_document` returns the
    control API's OpenAPI document. `public_url` is empty, or replaces a vendor request's origin.
    """

    sandboxes: SandboxRegistry
    origins: Callable[[], tuple[str, ...]]
    compile_scenarios: CompileScenarios
    control_document: Callable[[], Mapping[str, Any]]
    rejections: Counter[str]
    """How many requests and connections `HttpProtocol` has rejected, by kind."""
    access_control: AccessControl = AccessControl()
    public_url: str = ""
    webhook_depth: Callable[[str, int], int] = lambda *_: 0
    """(address, port) of a client -> how many webhooks to this server led to its request."""


UNUSUAL_HEADERS: Final = frozenset(
    {b"transfer-encoding", b"content-encoding", b"origin", b"sec-fetch-site", b"sec-fetch-mode"}
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
