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
from mockserver.web.hosts import vendor_host
from mockserver.web.views import redaction
from mockserver.web.views.serializers import serialize_entry

HOST_PLACEHOLDER: Final = "{host}"
"""Stands for the name by which this server was called."""

UNMASKED_HEADERS: Final = ("accept", "content-type", "x-mock-scenario")


def serialize_entries(state: SandboxState) -> list[dict[str, Any]]:
    """Every fact that is left, with its number."""
    numbered = enumerate(state.journal, first_sequence(state))
    return [
        {"id": number, **serialize_entry(fact, state.configuration)} for number, fact in numbered
    ]


def first_sequence(state: SandboxState) -> int:
    """The number of the oldest fact that is left."""
    return state.entry_count - len(state.journal) + 1


def build_heading(state: SandboxState) -> dict[str, Any]:
    """The first line of an export: where its world begins."""
    return {
        "journal": 1,
        "version": __version__,
        "sandbox": state.name,
        "seed": state.configuration.seed,
        "start_at": format_iso(state.started_at),
        "dropped": first_sequence(state) - 1,
    }


def export_lines(state: SandboxState, origins: Iterable[str]) -> Iterator[str]:
    """The export, a line each: the heading, then every fact; requests as they can be sent again."""
    known = tuple(origins)
    yield replace_origins(format_json(build_heading(state)), state, known)
    for fact, told in zip(state.journal, serialize_entries(state), strict=True):
        if isinstance(fact.payload, Exchange):
            told["sent"] = serialize_sent_request(fact.payload, state)
        yield replace_origins(format_json(told), state, known)


def replace_origins(text: str, state: SandboxState, origins: Iterable[str]) -> str:
    """Our own addresses, and those by which we were called, as `{origin}`."""
    for origin in filter(None, (*origins, *state.request_origins)):
        text = re.sub(rf"{re.escape(origin)}(?![\w.:-])", ORIGIN_PLACEHOLDER, text)
    return text


def format_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def serialize_sent_request(exchange: Exchange, state: SandboxState) -> dict[str, Any]:
    """What the fact itself does not tell of a request, secrets masked where they stood."""
    asked, listings, salt = (
        exchange.request,
        state.configuration.providers,
        state.configuration.seed,
    )
    listing = listings.get(exchange.provider)
    secret = listing.provider.credential(asked) if listing else None
    vendor = vendor_host(listings, asked.host) is not None
    told = {"client": asked.client, "host": asked.host if vendor else HOST_PLACEHOLDER}
    return {
        **told,
        "headers": _serialize_headers(asked, secret, salt),
        **_serialize_body(asked, secret, salt),
    }


def _serialize_headers(request: Request, secret: str | None, salt: str) -> dict[str, str]:
    told = {name: request.headers[name] for name in UNMASKED_HEADERS if name in request.headers}
    if "authorization" in request.headers:
        told["authorization"] = _redact_authorization(request.headers["authorization"], salt)
    cookie = request.headers.get("cookie", "")
    if secret and secret in cookie:
        told["cookie"] = cookie.replace(secret, redaction.mask(secret, salt))
    return told


def _redact_authorization(header_value: str, salt: str) -> str:
    """Basic keeps its user, for that is no secret and may be what the vendor goes by."""
    scheme, _, packed = header_value.partition(" ")
    if scheme.lower() == "basic":
        try:
            user, colon, secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if colon:
            masked = f"{user}:{redaction.mask(secret, salt)}" if secret else f"{user}:"
            return f"{scheme} {base64.b64encode(masked.encode()).decode()}"
    return redaction.redact_headers({"authorization": header_value}, salt)["authorization"]


def _serialize_body(request: Request, secret: str | None, salt: str) -> Mapping[str, str]:
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        # one byte, one character: what is masked leaves all the rest as it is
        shown = _redact_body(request.body.decode("latin-1"), secret, salt).encode("latin-1")
        return {"base64": base64.b64encode(shown).decode()}
    return {"body": _redact_body(text, secret, salt)} if text else {}


def _redact_body(text: str, secret: str | None, salt: str) -> str:
    """The very text, blanks and all, with its secrets masked."""
    shown: str = redaction.redact_secret(text, secret, salt)
    try:
        given = json.loads(shown)
    except (ValueError, RecursionError):
        return redaction.redact_text(shown, salt)
    for plain, masked in _find_redactions(given, redaction.redact_value(given, salt)):
        for spelled in (format_json(plain), json.dumps(plain)):
            shown = shown.replace(spelled, format_json(masked))
    return redaction.redact_text(shown, salt)


def _find_redactions(original: Any, replacement: Any) -> Iterator[tuple[Any, Any]]:
    """What masking has changed, part by part."""
    if isinstance(original, dict) and isinstance(replacement, dict):
        for name in original:
            yield from _find_redactions(original[name], replacement[name])
    elif isinstance(original, list) and isinstance(replacement, list):
        for one, other in zip(original, replacement, strict=True):
            yield from _find_redactions(one, other)
    elif original != replacement:
        yield original, replacement
