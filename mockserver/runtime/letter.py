"""The HTTP request that carries a webhook: written once, sent by whichever way."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from mockserver import __version__
from mockserver.core.webhook import Webhook, render_body
from mockserver.runtime.targets import Place

USUAL: Final = {
    "user-agent": f"call-mockserver/{__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",
}
BODILESS: Final = frozenset(("GET", "HEAD"))
"""Methods of which nobody expects a body."""

TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE: Final = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?")
FRAMING: Final = "transfer-encoding"


class Letter(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def wire(self) -> bytes:
        """All of it, as it is sent."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{fields}\r\n".encode("ascii") + self.body

    @property
    def last(self) -> bool:
        """It says itself what shall become of the connection."""
        return "connection" in self.headers


def written(place: Place, webhook: Webhook) -> Letter:
    """Headers of the webhook come on top of ours.

    Raises:
        ValueError: it cannot be sent, or would be read as something else.
    """
    body = render_body(webhook)
    headers = {"host": place.authority, **USUAL}
    if webhook.body is not None:
        headers["content-type"] = "application/json"
    if body or webhook.method not in BODILESS:
        headers["content-length"] = str(len(body))
    headers |= {name.lower(): value for name, value in webhook.headers.items()}
    framed = headers.get("content-length", "0") == str(len(body)) and FRAMING not in headers
    sound = all(_field(name, value) for name, value in headers.items())
    if not (framed and sound and _method(webhook.method)):
        raise ValueError("the webhook is no HTTP request")
    return Letter(webhook.method, place.path, headers, body)


def _method(word: str) -> bool:
    """CONNECT would make of the connection what no webhook wants."""
    return word != "CONNECT" and TOKEN.fullmatch(word) is not None


@lru_cache(1_024)
def _field(name: str, value: str) -> bool:
    return bool(TOKEN.fullmatch(name)) and VALUE.fullmatch(value) is not None
