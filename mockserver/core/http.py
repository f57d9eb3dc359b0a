"""HTTP requests and responses as values, independent of any web framework."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.value import Value

ResponseBody = bytes | Mapping[str, object] | Sequence[object] | str | int | Iterable[bytes] | None


class Upload(NamedTuple):
    """A file in a multipart form."""

    filename: str
    content_type: str
    data: bytes


def value_text(value: object) -> str:
    """Return the value of a field as text.

    A string is shown as it is, null as nothing, a file by its name, any other value as JSON.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Upload):
        return value.filename
    return json.dumps(value, ensure_ascii=False, default=_describe_data)


def _describe_data(data: bytes) -> str:
    """Return what stands for the data of a file in a list; JSON has no bytes."""
    return f"{len(data)} bytes"


class Request(Value):
    """A decoded vendor request.

    `origin` is the scheme and host that the client used. The names in `headers` are in lower
    case. `fields` merges the parameters of body, query and path. `body_error` says why the body
    could not be parsed; empty if it could. `vendor_host` is the vendor's host name that the client
    addressed, by the Host header or in the path; empty if it addressed only this server.
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
    vendor_host: str = ""

    @property
    def media_type(self) -> str:
        """The media type that the header `Content-Type` names, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def accepts(self, media_type: str) -> bool:
        """Return True if the `Accept` header names this media type; wildcards do not count."""
        accepted = self.headers.get("accept", "")
        types = {part.split(";")[0].strip().lower() for part in accepted.split(",")}
        return media_type in types


def describe_content_type(request: Request, accepted: str) -> str:
    """Describe what would pass as `Content-Type`, and what the request has there."""
    sent = request.headers.get("content-type", "")
    return f"Content-Type {accepted}, not {sent!r}" if sent else f"Content-Type {accepted}"


class Response(Value):
    """A vendor's response: a body of bytes is sent as it is, any other value as JSON."""

    status: int
    body: ResponseBody = None
    headers: Mapping[str, str] = EMPTY_MAPPING
