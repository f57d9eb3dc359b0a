"""The journal as text: every fact in order, and what it takes to play it again."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver import __version__
from mockserver.core.http import Request
from mockserver.core.time import format_iso
from mockserver.core.webhook import ORIGIN_PLACEHOLDER
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web import masking
from mockserver.web.routing import addressed
from mockserver.web.wire import fact_json

HOST: Final = "{host}"
"""Stands for the name by which this server was called."""

PLAIN: Final = ("accept", "content-type", "x-mock-scenario")


def facts(store: SandboxState) -> list[dict[str, Any]]:
    """Every fact that is left, with its number."""
    numbered = enumerate(store.journal, first(store))
    return [{"id": number, **fact_json(fact, store.configuration)} for number, fact in numbered]


def first(store: SandboxState) -> int:
    """The number of the oldest fact that is left."""
    return store.entry_count - len(store.journal) + 1


def heading(store: SandboxState) -> dict[str, Any]:
    """The first line of an export: where its world begins."""
    return {
        "journal": 1,
        "version": __version__,
        "sandbox": store.name,
        "seed": store.configuration.seed,
        "start_at": format_iso(store.started_at),
        "dropped": first(store) - 1,
    }


def lines(store: SandboxState, origins: Iterable[str]) -> Iterator[str]:
    """The export, a line each: the heading, then every fact; requests as they can be sent again."""
    known = tuple(origins)
    yield anonymous(compact(heading(store)), store, known)
    for fact, told in zip(store.journal, facts(store), strict=True):
        if isinstance(fact.payload, Exchange):
            told["sent"] = sent(fact.payload, store)
        yield anonymous(compact(told), store, known)


def anonymous(text: str, store: SandboxState, origins: Iterable[str]) -> str:
    """Our own addresses, and those by which we were called, as `{origin}`."""
    for origin in filter(None, (*origins, *store.request_origins)):
        text = re.sub(rf"{re.escape(origin)}(?![\w.:-])", ORIGIN_PLACEHOLDER, text)
    return text


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sent(exchange: Exchange, store: SandboxState) -> dict[str, Any]:
    """What the fact itself does not tell of a request, secrets masked where they stood."""
    asked, listings, salt = (
        exchange.request,
        store.configuration.providers,
        store.configuration.seed,
    )
    listing = listings.get(exchange.provider)
    secret = listing.provider.credential(asked) if listing else None
    vendor = addressed(listings, asked.host) is not None
    told = {"client": asked.client, "host": asked.host if vendor else HOST}
    return {**told, "headers": _headers(asked, secret, salt), **_body(asked, secret, salt)}


def _headers(asked: Request, secret: str | None, salt: str) -> dict[str, str]:
    told = {name: asked.headers[name] for name in PLAIN if name in asked.headers}
    if "authorization" in asked.headers:
        told["authorization"] = _authorization(asked.headers["authorization"], salt)
    cookie = asked.headers.get("cookie", "")
    if secret and secret in cookie:
        told["cookie"] = cookie.replace(secret, masking.mask(secret, salt))
    return told


def _authorization(given: str, salt: str) -> str:
    """Basic keeps its user, for that is no secret and may be what the vendor goes by."""
    scheme, _, packed = given.partition(" ")
    if scheme.lower() == "basic":
        try:
            user, colon, secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if colon:
            masked = f"{user}:{masking.mask(secret, salt)}" if secret else f"{user}:"
            return f"{scheme} {base64.b64encode(masked.encode()).decode()}"
    return masking.headers({"authorization": given}, salt)["authorization"]


def _body(asked: Request, secret: str | None, salt: str) -> Mapping[str, str]:
    try:
        text = asked.body.decode()
    except UnicodeDecodeError:
        # one byte, one character: what is masked leaves all the rest as it is
        shown = _masked(asked.body.decode("latin-1"), secret, salt).encode("latin-1")
        return {"base64": base64.b64encode(shown).decode()}
    return {"body": _masked(text, secret, salt)} if text else {}


def _masked(text: str, secret: str | None, salt: str) -> str:
    """The very text, blanks and all, with its secrets masked."""
    shown: str = masking.without(text, secret, salt)
    try:
        given = json.loads(shown)
    except (ValueError, RecursionError):
        return masking.text(shown, salt)
    for plain, masked in _differing(given, masking.value(given, salt)):
        for spelled in (compact(plain), json.dumps(plain)):
            shown = shown.replace(spelled, compact(masked))
    return masking.text(shown, salt)


def _differing(plain: Any, masked: Any) -> Iterator[tuple[Any, Any]]:
    """What masking has changed, part by part."""
    if isinstance(plain, dict) and isinstance(masked, dict):
        for name in plain:
            yield from _differing(plain[name], masked[name])
    elif isinstance(plain, list) and isinstance(masked, list):
        for one, other in zip(plain, masked, strict=True):
            yield from _differing(one, other)
    elif plain != masked:
        yield plain, masked
