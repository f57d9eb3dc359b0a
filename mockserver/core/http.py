"""What a client sent and what it gets, free of any web framework."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mockserver.core.immutable import EMPTY_MAPPING

ResponseBody = bytes | Mapping[str, object] | list[object] | str | int | Iterable[bytes] | None


class Upload(NamedTuple):
    """A file in a multipart form."""

    filename: str
    content_type: str
    data: bytes


class Request(NamedTuple):
    """A vendor request, decoded.

    `origin` is scheme and host as the client wrote them; `headers` are in lower case; `fields` are
    the parameters of body, query and path in one mapping, wherever they stood; `flaw` says why a
    body could not be read, and is empty if it could.
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
        """Whether the client names this very media type in its `Accept` header."""
        accepted = self.headers.get("accept", "")
        kinds = {part.split(";")[0].strip().lower() for part in accepted.split(",")}
        return media_type in kinds


class Response(NamedTuple):
    """An answer on a vendor's behalf: a value becomes JSON, bytes are sent as they are."""

    status: int
    body: ResponseBody = None
    headers: Mapping[str, str] = EMPTY_MAPPING
