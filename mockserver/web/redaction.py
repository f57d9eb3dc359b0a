"""Masks credentials in all output by a short salted hash, which keeps them distinguishable.

The salt is the seed of the sandbox.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from mockserver.core.secret_names import (
    is_secret_header,
    is_secret_name,
    is_secret_parameter,
    is_secret_segment,
)
from mockserver.core.seeded import digest
from mockserver.web.secret_pattern import find_secrets

MIN_SECRET_LENGTH: Final = 4
"""Characters. A shorter credential is masked below a secret name only: any word may contain it."""


ANY_CREDENTIAL: Final = (None, "any")
"""What stands for any credential in an account."""

MASK_PATTERN: Final = re.compile(r"\*{3}[0-9a-f]{6}")


def mask(secret: str, salt: str) -> str:
    """Mask a secret; a mask stays as it is, so that masked output can be sent again."""
    if MASK_PATTERN.fullmatch(secret):
        return secret
    return f"***{digest(salt, 'mask', secret)[:3].hex()}"


def redact_item(item: Mapping[str, Any], salt: str, secret: str | None = None) -> dict[str, Any]:
    """Redact all that is shown of a call, request, webhook or entry; `secret` is known to be one.

    Every output of an item passes here.
    """
    redacted: dict[str, Any] = redact_secret(redact_value(item, salt), secret, salt)
    return redacted


def redact_value(json_value: Any, salt: str) -> Any:
    """Redact a JSON value, such as all that is shown of a request.

    Every value below a secret name is masked, and what is secret in texts. The members `headers`,
    `query` and `url` are what their names say.
    """
    if isinstance(json_value, str):
        return redact_text(json_value, salt)
    if isinstance(json_value, Mapping):
        return {name: _redact_member(name, inner, salt) for name, inner in json_value.items()}
    if isinstance(json_value, list | tuple):
        return [redact_value(inner, salt) for inner in json_value]
    return json_value


def redact_headers(fields: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """Redact headers; the scheme of an Authorization header stays readable."""
    return {
        name: _redact_authorization(value, salt)
        if is_secret_header(name) and isinstance(value, str)
        else redact_value(value, salt)
        for name, value in fields.items()
    }


def redact_text(raw_text: str, salt: str) -> str:
    """Redact text that may be a form, a URL, or malformed JSON."""
    pieces: list[str] = []
    position = 0
    for start, end in find_secrets(raw_text):
        pieces += raw_text[position:start], mask(raw_text[start:end], salt)
        position = end
    return "".join((*pieces, raw_text[position:])) if pieces else raw_text


def redact_query(raw_query: str, salt: str) -> str:
    """Redact a query string; only one with a secret is encoded anew."""
    pairs = parse_qsl(raw_query, keep_blank_values=True, encoding="utf-8", errors="replace")
    redacted = [
        (name, mask(value, salt) if is_secret_parameter(name) else redact_text(value, salt))
        for name, value in pairs
    ]
    return redact_text(raw_query, salt) if redacted == pairs else urlencode(redacted, safe="*")


def redact_path(raw_path: str, salt: str) -> str:
    """Redact a path, or what comes before the query of a URL."""
    before, *segments = redact_text(raw_path, salt).split("/")
    previous = (before, *segments)
    shown = (
        mask(segment, salt) if segment and is_secret_segment(name) else segment
        for name, segment in zip(previous, segments, strict=False)
    )
    return "/".join((before, *shown))


def redact_url(raw_url: str, salt: str) -> str:
    before, separator, query = raw_url.partition("?")
    return redact_path(before, salt) + separator + redact_query(query, salt)


def redact_secret(json_value: Any, secret: str | None, salt: str) -> Any:
    """Mask this secret wherever it occurs in the texts of a JSON value."""
    if not secret or len(secret) < MIN_SECRET_LENGTH:
        return json_value
    if isinstance(json_value, Mapping):
        return {name: redact_secret(inner, secret, salt) for name, inner in json_value.items()}
    if isinstance(json_value, list | tuple):
        return [redact_secret(inner, secret, salt) for inner in json_value]
    return (
        json_value.replace(secret, mask(secret, salt))
        if isinstance(json_value, str)
        else json_value
    )


def _redact_member(name: str, inner: Any, salt: str) -> Any:
    if name.lower() == "credentials":
        return _redact_credentials(inner, salt)
    if isinstance(inner, bool) or inner is None or not is_secret_name(name):
        redact = REDACT_BY_MEMBER.get((name, isinstance(inner, str)), redact_value)
        return redact(inner, salt)
    return mask(inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True), salt)


def _redact_credentials(value: Any, salt: str) -> Any:
    """Mask the credentials of an account, or of all accounts; `any` stands for none of them."""
    if isinstance(value, Mapping):
        return {name: _redact_credentials(inner, salt) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask(str(credential), salt) for credential in value]
    return value if value in ANY_CREDENTIAL else mask(str(value), salt)


def _redact_authorization(header_value: str, salt: str) -> str:
    scheme, blank, secret = header_value.partition(" ")
    return f"{scheme} {mask(secret, salt)}" if blank else mask(header_value, salt)


def _redact_member_headers(value: Any, salt: str) -> Any:
    return redact_headers(value, salt) if isinstance(value, Mapping) else redact_value(value, salt)


REDACT_BY_MEMBER: Final[Mapping[tuple[str, bool], Callable[[Any, str], Any]]] = {
    ("headers", False): _redact_member_headers,
    ("path", True): redact_path,
    ("query", True): redact_query,
    ("url", True): redact_url,
}
"""(name of a member, whether it is a text) -> how it is redacted; others as any value."""
