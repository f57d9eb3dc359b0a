"""Hides credentials in every output; a short salted hash keeps two of them apart."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from mockserver.core.seeded import digest

SECRET_HEADERS: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-mock-token"}
)
SECRET_NAMES: Final = frozenset(
    {
        "access_token",
        "apikey",
        "api_key",
        "credential",
        "security-id",
        "token",
        "password",
        "secret",
    }
)
MIN_SECRET_LENGTH: Final = 4
"""A shorter credential is only hidden where a secret name tells it: it may be part of any word."""


def _encoded_name_pattern(name: str) -> str:
    """A pattern for a name, whose letters may be percent-encoded or escaped as in JSON."""
    return "".join(rf"(?:{re.escape(one)}|(?:%|\\u00){ord(one):02x})" for one in name)


@cache
def _secret_pattern() -> re.Pattern[str]:
    """A secret in a form, in a multipart form, or in JSON that is broken; 4 ms to compile."""
    names = "|".join(_encoded_name_pattern(name) for name in sorted(SECRET_NAMES))
    return re.compile(
        rf'(?i)((?:{names})(?:(?:\[|%5b)[^=&\s]{{0,40}})?"?\s*[:=][\s["]*'
        # bounded, so that a megabyte of names does not take minutes
        rf'|name="?(?:{names})"?[^\r\n]{{0,99}}\r\n(?:[^\r\n]{{1,99}}\r\n){{0,4}}\r\n)'
        r'([^"&,;\s}\]]+)'
    )


_MASK_PATTERN: Final = re.compile(r"\*{3}[0-9a-f]{6}")

_USERINFO_PATTERN: Final = re.compile(r"(?<=://)[^\s/?#@]+(?=@)")
"""Name and password in a URL."""


def mask(secret: str, salt: str) -> str:
    """A mask is its own mask, so that what has been shown can be sent again."""
    if _MASK_PATTERN.fullmatch(secret):
        return secret
    return f"***{digest(salt, 'mask', secret)[:3].hex()}"


def redact_headers(fields: Mapping[str, str], salt: str) -> dict[str, str]:
    """Headers as they may be shown: the scheme of an authorization stays readable."""
    hidden = SECRET_HEADERS | SECRET_NAMES
    return {
        name: _redact_authorization(told, salt)
        if name.lower() in hidden
        else redact_text(told, salt)
        for name, told in fields.items()
    }


def redact_value(json_value: Any, salt: str) -> Any:
    """A JSON value as it may be shown: whatever stands below a secret name is masked.

    So is each of an account's credentials.
    """
    if isinstance(json_value, Mapping):
        return {name: _redact_member(name, inner, salt) for name, inner in json_value.items()}
    if isinstance(json_value, list | tuple):
        return [redact_value(inner, salt) for inner in json_value]
    return redact_text(json_value, salt) if isinstance(json_value, str) else json_value


def redact_text(raw_text: str, salt: str) -> str:
    """Text that may be a form, a URL, or JSON that does not read."""
    known = _USERINFO_PATTERN.sub(lambda found: mask(found[0], salt), raw_text)
    return _secret_pattern().sub(lambda found: found[1] + mask(found[2], salt), known)


def redact_query(raw_query: str, salt: str) -> str:
    """A query string; one that tells a secret is spelled anew."""
    pairs = parse_qsl(raw_query, keep_blank_values=True, encoding="utf-8", errors="replace")
    if not any(_is_secret_name(name) for name, _ in pairs):
        return raw_query
    shown = [(name, mask(told, salt) if _is_secret_name(name) else told) for name, told in pairs]
    return urlencode(shown, safe="*")


def redact_url(raw_url: str, salt: str) -> str:
    front, mark, asked = raw_url.partition("?")
    return redact_text(front, salt) + mark + redact_query(asked, salt)


def redact_secret(json_value: Any, secret: str | None, salt: str) -> Any:
    """The same value with this very secret hidden wherever it stands."""
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
    if name.lower() == "credentials" and isinstance(inner, list | tuple):
        return [mask(str(one), salt) for one in inner]
    if not _is_secret_name(name) or inner is None:
        return redact_value(inner, salt)
    return mask(inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True), salt)


def _is_secret_name(name: str) -> bool:
    return name.partition("[")[0].lower() in SECRET_NAMES


def _redact_authorization(header_value: str, salt: str) -> str:
    scheme, blank, secret = header_value.partition(" ")
    return f"{scheme} {mask(secret, salt)}" if blank else mask(header_value, salt)
