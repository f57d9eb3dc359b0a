"""The HTTP request that carries a webhook: written once, sent by whichever way."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from mockserver import __version__
from mockserver.core.webhook import Webhook, render_body
from mockserver.delivery.address_policy import ParsedUrl

DEFAULT_HEADERS: Final = {
    "user-agent": f"call-mockserver/{__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",
}
BODILESS_METHODS: Final = frozenset(("GET", "HEAD"))
"""Methods of which nobody expects a body."""

TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FIELD_VALUE: Final = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?")
TRANSFER_ENCODING: Final = "transfer-encoding"


class HttpRequest(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def wire_bytes(self) -> bytes:
        """All of it, as it is sent."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{fields}\r\n".encode("ascii") + self.body

    @property
    def has_connection_header(self) -> bool:
        """It says itself what shall become of the connection."""
        return "connection" in self.headers


def build_request(url: ParsedUrl, webhook: Webhook) -> HttpRequest:
    """Headers of the webhook come on top of ours.

    Raises:
        ValueError: it cannot be sent, or would be read as something else.
    """
    body = render_body(webhook)
    headers = {"host": url.authority, **DEFAULT_HEADERS}
    if webhook.body is not None:
        headers["content-type"] = "application/json"
    if body or webhook.method not in BODILESS_METHODS:
        headers["content-length"] = str(len(body))
    headers |= {name.lower(): value for name, value in webhook.headers.items()}
    framed = (
        headers.get("content-length", "0") == str(len(body)) and TRANSFER_ENCODING not in headers
    )
    sound = all(_is_valid_field(name, value) for name, value in headers.items())
    if not (framed and sound and _is_valid_method(webhook.method)):
        raise ValueError("the webhook is no HTTP request")
    return HttpRequest(webhook.method, url.path, headers, body)


def _is_valid_method(method: str) -> bool:
    """CONNECT would make of the connection what no webhook wants."""
    return method != "CONNECT" and TOKEN.fullmatch(method) is not None


@lru_cache(1_024)
def _is_valid_field(name: str, value: str) -> bool:
    return bool(TOKEN.fullmatch(name)) and FIELD_VALUE.fullmatch(value) is not None
