"""What the site is made of, as the composition root hands it over."""

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


class Dependencies(NamedTuple):
    """What the site is made of. `origins` are the addresses under which the server reaches itself.

    `compile` makes a world with other scenarios, or says what is wrong with them.
    """

    sandboxes: SandboxRegistry
    origins: Callable[[], tuple[str, ...]]
    compile_scenarios: CompileScenarios
    control_document: Callable[[], Mapping[str, Any]]
    rejections: Counter[str]
    """What was turned away before it was a request."""
    access_control: AccessControl = AccessControl()
    public_url: str = ""
    webhook_depth: Callable[[str, int], int] = lambda *_: 0
    """(address, port) of a client -> how deep in a chain of our own webhooks its request is."""


UNUSUAL_HEADERS: Final = frozenset(
    {b"transfer-encoding", b"content-encoding", b"origin", b"sec-fetch-site", b"sec-fetch-mode"}
)
"""Fields that decide whether a request is taken at all; hardly any request has one."""


class RequestHeaders(NamedTuple):
    """`odd` is None for a request in which nothing has to be looked at closely.

    That is one with a single Host, no field twice, and none of the fields in `ODD`.
    """

    fields: dict[bytes, bytes]
    unusual: "Headers | None"

    def get(self, name: bytes) -> str:
        """What a field says, empty if it is not there."""
        return self.fields.get(name, b"").decode("latin-1")


def parse_headers(fields: Sequence[HeaderField]) -> RequestHeaders:
    """The head of a request; of a field that comes twice the first one is meant."""
    found = dict(reversed(fields))
    usual = len(found) == len(fields) and b"host" in found and UNUSUAL_HEADERS.isdisjoint(found)
    return RequestHeaders(found, None if usual else _build_headers(fields))


def _build_headers(fields: Sequence[HeaderField]) -> "Headers":
    from starlette.datastructures import Headers  # noqa: PLC0415 - 20 ms, and hardly ever needed

    return Headers(raw=list(fields))
