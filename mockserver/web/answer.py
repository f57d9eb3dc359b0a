"""A vendor's answer as the wire wants it, with what we have to say beside it."""

import json
from typing import Final, NamedTuple

from starlette.types import Receive, Scope, Send

from mockserver.core.time import format_iso
from mockserver.engine.exchange import Exchange
from mockserver.web.dated import NOW
from mockserver.web.head import Field
from mockserver.web.whole import WHOLE

BODILESS: Final = (204, 304)
JSON: Final = (b"content-type", b"application/json")

_written: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Answer(NamedTuple):
    """Status, header fields and body of a response, which sends itself."""

    status: int
    fields: list[Field]
    body: bytes

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        whole = scope.get(WHOLE)
        if whole and whole(scope, *self):
            return
        start = {"type": "http.response.start", "status": self.status, "headers": self.fields}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


def answer(exchange: Exchange, allowed: tuple[str, ...] = ()) -> Answer:
    """What a vendor has replied; `allowed` are the methods to be told with a wrong one."""
    reply = exchange.response
    own = {_bytes(name).lower(): _bytes(value) for name, value in reply.headers.items()}
    fields = [*own.items(), *_told(exchange)]
    body = reply.body if isinstance(reply.body, bytes) else _written(reply.body).encode()
    if reply.status not in BODILESS:
        fields.append((b"content-length", b"%d" % len(body)))
    if body is not reply.body and JSON[0] not in own:
        fields.append(JSON)
    if allowed and reply.status == 405:  # noqa: PLR2004 - HTTP
        fields.append((b"allow", _bytes(", ".join(allowed))))
    return Answer(reply.status, fields, body)


def _told(exchange: Exchange) -> list[Field]:
    """What we say beside the vendor's answer."""
    told = [(b"x-mock-request", exchange.id.encode()), (NOW, format_iso(exchange.at).encode())]
    if exchange.call_ids:
        told.append((b"x-mock-call", exchange.call_ids[0].encode()))
    if exchange.fault:
        why = exchange.explanation.encode("ascii", "backslashreplace")
        told += [(b"x-mock-fault", exchange.fault.encode()), (b"x-mock-explain", why)]
    return told


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")
