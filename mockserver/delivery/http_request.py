"""Build the HTTP request of a webhook, for the loopback and for a connection alike."""

import re
from collections.abc import Mapping
from typing import Final

from mockserver import __version__
from mockserver.core.value import Value
from mockserver.core.webhook import Webhook, render_body
from mockserver.core.webhook_url import ParsedUrl

CLOSE: Final = "close"
"""`Connection` of a webhook that has no such header of its own: each has its own connection."""

DEFAULT_HEADERS: Final = {
    "user-agent": f"call-mockserver/{__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",
    "connection": CLOSE,
}
BODILESS_METHODS: Final = frozenset(("GET", "HEAD"))
"""Methods sent without `Content-Length` if there is no body."""

TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FIELD_VALUE: Final = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?")
TRANSFER_ENCODING: Final = "transfer-encoding"


class HttpRequest(Value):
    """A complete request: `path` includes the query, header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def wire_bytes(self) -> bytes:
        """The request as HTTP/1.1 bytes."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{fields}\r\n".encode("ascii") + self.body


def build_request(url: ParsedUrl, webhook: Webhook) -> HttpRequest:
    """Build the request; headers of the webhook override the defaults.

    Raises:
        ValueError: method or headers are invalid, or would make a receiver read another request.
    """
    body = render_body(webhook)
    headers = {"host": url.authority, **DEFAULT_HEADERS}
    if url.authorization:
        headers["authorization"] = url.authorization
    if webhook.body is not None:
        headers["content-type"] = "application/json"
    if body or webhook.method not in BODILESS_METHODS:
        headers["content-length"] = str(len(body))
    own_headers = {name.lower(): value for name, value in webhook.headers.items()}
    headers |= own_headers
    is_framed = (
        headers.get("content-length", "0") == str(len(body)) and TRANSFER_ENCODING not in headers
    )
    are_fields_valid = all(_is_valid_field(name, value) for name, value in own_headers.items())
    if not (is_framed and are_fields_valid and _is_valid_method(webhook.method)):
        raise ValueError("the webhook is no HTTP request")
    return HttpRequest(webhook.method, url.path, headers, body)


def _is_valid_method(method: str) -> bool:
    """Return True for a valid method other than CONNECT, which would ask for a tunnel."""
    return method != "CONNECT" and TOKEN.fullmatch(method) is not None


def _is_valid_field(name: str, value: str) -> bool:
    return bool(TOKEN.fullmatch(name)) and FIELD_VALUE.fullmatch(value) is not None
