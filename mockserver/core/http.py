"""HTTP requests and responses as values, independent of any web framework."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.value import Value

SECRET_HEADERS: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-mock-token"}
)
"""Headers whose values are shown nowhere, by their names in lower case."""

ResponseBody = bytes | Mapping[str, object] | Sequence[object] | str | int | Iterable[bytes] | None


class Upload(NamedTuple):
    """A file in a multipart form."""

    filename: str
    content_type: str
    data: bytes


class Request(Value):
    """A decoded vendor request.

    `origin` is the scheme and host that the client used. The names in `headers` are in lower
    case. `fields` merges the parameters of body, query and path. `body_error` says why the body
    could not be parsed; empty if it could.
    """

    method: str
    path: str
    host: str = ""
    origin: str = ""
    headers: Mapping[str, str] = EMPTY_MAPPING
    query: str = ""
    fields: Mapping[str, object] = EMPTY_MAPPING
    client: str = "127.0.0.1"
    body: bytes = b""
    body_error: str = ""

    def accepts(self, media_type: str) -> bool:
        """Return True if the `Accept` header names this media type; wildcards do not count."""
        accepted = self.headers.get("accept", "")
        types = {part.split(";")[0].strip().lower() for part in accepted.split(",")}
        return media_type in types


class Response(Value):
    """A vendor's response: a body of bytes is sent as it is, any other value as JSON."""

    status: int
    body: ResponseBody = None
    headers: Mapping[str, str] = EMPTY_MAPPING
