"""Masks credentials in all output by a short salted hash, which keeps them distinguishable.

The salt is the seed of the sandbox.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from mockserver.core.http import SECRET_HEADERS
from mockserver.core.seeded import digest

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
"""Characters. A shorter credential is masked below a secret name only: any word may contain it."""


def _encoded_name_pattern(name: str) -> str:
    """A pattern for a name whose letters may be percent-encoded or escaped as in JSON."""
    return "".join(rf"(?:{re.escape(letter)}|(?:%|\\u00){ord(letter):02x})" for letter in name)


@cache
def _secret_pattern() -> re.Pattern[str]:
    """A pattern for a secret in a form, a multipart form, or malformed JSON.

    Group 1 is all before the secret, group 2 the secret. Compiled on demand: it takes 4 ms.
    """
    names = "|".join(_encoded_name_pattern(name) for name in sorted(SECRET_NAMES))
    return re.compile(
        rf'(?i)((?:{names})(?:(?:\[|%5b)[^=&\s]{{0,40}})?"?\s*[:=][\s["]*'
        # Bounded, because a megabyte of names would take minutes otherwise.
        rf'|name="?(?:{names})"?[^\r\n]{{0,99}}\r\n(?:[^\r\n]{{1,99}}\r\n){{0,4}}\r\n)'
        r'([^"&,;\s}\]]+)'
    )


_MASK_PATTERN: Final = re.compile(r"\*{3}[0-9a-f]{6}")

_USERINFO_PATTERN: Final = re.compile(r"(?<=://)[^\s/?#@]+(?=@)")
"""User name and password in a URL."""


def mask(secret: str, salt: str) -> str:
    """Mask a secret; a mask stays as it is, so that masked output can be sent again."""
    if _MASK_PATTERN.fullmatch(secret):
        return secret
    return f"***{digest(salt, 'mask', secret)[:3].hex()}"


def redact_headers(fields: Mapping[str, str], salt: str) -> dict[str, str]:
    """Redact headers; the scheme of an Authorization header stays readable."""
    hidden = SECRET_HEADERS | SECRET_NAMES
    return {
        name: _redact_authorization(value, salt)
        if name.lower() in hidden
        else redact_text(value, salt)
        for name, value in fields.items()
    }


def redact_value(json_value: Any, salt: str) -> Any:
    """Redact a JSON value: mask every value below a secret name, and an account's credentials."""
    if isinstance(json_value, Mapping):
        return {name: _redact_member(name, inner, salt) for name, inner in json_value.items()}
    if isinstance(json_value, list | tuple):
        return [redact_value(inner, salt) for inner in json_value]
    return redact_text(json_value, salt) if isinstance(json_value, str) else json_value


def redact_text(raw_text: str, salt: str) -> str:
    """Redact text that may be a form, a URL, or malformed JSON."""
    without_userinfo = _USERINFO_PATTERN.sub(lambda match: mask(match[0], salt), raw_text)
    return _secret_pattern().sub(lambda match: match[1] + mask(match[2], salt), without_userinfo)


def redact_query(raw_query: str, salt: str) -> str:
    """Redact a query string; only one with a secret is encoded anew."""
    pairs = parse_qsl(raw_query, keep_blank_values=True, encoding="utf-8", errors="replace")
    if not any(_is_secret_name(name) for name, _ in pairs):
        return raw_query
    redacted = [
        (name, mask(value, salt) if _is_secret_name(name) else value) for name, value in pairs
    ]
    return urlencode(redacted, safe="*")


def redact_url(raw_url: str, salt: str) -> str:
    before, separator, query = raw_url.partition("?")
    return redact_text(before, salt) + separator + redact_query(query, salt)


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
    if name.lower() == "credentials" and isinstance(inner, list | tuple):
        return [mask(str(credential), salt) for credential in inner]
    if not _is_secret_name(name) or inner is None:
        return redact_value(inner, salt)
    return mask(inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True), salt)


def _is_secret_name(name: str) -> bool:
    return name.partition("[")[0].lower() in SECRET_NAMES


def _redact_authorization(header_value: str, salt: str) -> str:
    scheme, blank, secret = header_value.partition(" ")
    return f"{scheme} {mask(secret, salt)}" if blank else mask(header_value, salt)
