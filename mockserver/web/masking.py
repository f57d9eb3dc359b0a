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
SHORTEST: Final = 4
"""A shorter credential is only hidden where a secret name tells it: it may be part of any word."""


def _spelled(name: str) -> str:
    """A pattern for a name, whose letters may be percent-encoded or escaped as in JSON."""
    return "".join(rf"(?:{re.escape(one)}|(?:%|\\u00){ord(one):02x})" for one in name)


@cache
def _in_text() -> re.Pattern[str]:
    """A secret in a form, in a multipart form, or in JSON that is broken; 4 ms to compile."""
    names = "|".join(_spelled(name) for name in sorted(SECRET_NAMES))
    return re.compile(
        rf'(?i)((?:{names})(?:(?:\[|%5b)[^=&\s]{{0,40}})?"?\s*[:=][\s["]*'
        # bounded, so that a megabyte of names does not take minutes
        rf'|name="?(?:{names})"?[^\r\n]{{0,99}}\r\n(?:[^\r\n]{{1,99}}\r\n){{0,4}}\r\n)'
        r'([^"&,;\s}\]]+)'
    )


_MASK: Final = re.compile(r"\*{3}[0-9a-f]{6}")

_USER: Final = re.compile(r"(?<=://)[^\s/?#@]+(?=@)")
"""Name and password in a URL."""


def mask(secret: str, salt: str) -> str:
    """A mask is its own mask, so that what has been shown can be sent again."""
    if _MASK.fullmatch(secret):
        return secret
    return f"***{digest(salt, 'mask', secret)[:3].hex()}"


def headers(given: Mapping[str, str], salt: str) -> dict[str, str]:
    """Headers as they may be shown: the scheme of an authorization stays readable."""
    hidden = SECRET_HEADERS | SECRET_NAMES
    return {
        name: _authorization(told, salt) if name.lower() in hidden else text(told, salt)
        for name, told in given.items()
    }


def value(given: Any, salt: str) -> Any:
    """A JSON value as it may be shown: whatever stands below a secret name is masked.

    So is each of an account's credentials.
    """
    if isinstance(given, Mapping):
        return {name: _named(name, inner, salt) for name, inner in given.items()}
    if isinstance(given, list | tuple):
        return [value(inner, salt) for inner in given]
    return text(given, salt) if isinstance(given, str) else given


def text(given: str, salt: str) -> str:
    """Text that may be a form, a URL, or JSON that does not read."""
    known = _USER.sub(lambda found: mask(found[0], salt), given)
    return _in_text().sub(lambda found: found[1] + mask(found[2], salt), known)


def query(given: str, salt: str) -> str:
    """A query string; one that tells a secret is spelled anew."""
    pairs = parse_qsl(given, keep_blank_values=True, encoding="utf-8", errors="replace")
    if not any(_secret(name) for name, _ in pairs):
        return given
    shown = [(name, mask(told, salt) if _secret(name) else told) for name, told in pairs]
    return urlencode(shown, safe="*")


def url(given: str, salt: str) -> str:
    front, mark, asked = given.partition("?")
    return text(front, salt) + mark + query(asked, salt)


def without(given: Any, secret: str | None, salt: str) -> Any:
    """The same value with this very secret hidden wherever it stands."""
    if not secret or len(secret) < SHORTEST:
        return given
    if isinstance(given, Mapping):
        return {name: without(inner, secret, salt) for name, inner in given.items()}
    if isinstance(given, list | tuple):
        return [without(inner, secret, salt) for inner in given]
    return given.replace(secret, mask(secret, salt)) if isinstance(given, str) else given


def _named(name: str, inner: Any, salt: str) -> Any:
    if name.lower() == "credentials" and isinstance(inner, list | tuple):
        return [mask(str(one), salt) for one in inner]
    if not _secret(name) or inner is None:
        return value(inner, salt)
    return mask(inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True), salt)


def _secret(name: str) -> bool:
    return name.partition("[")[0].lower() in SECRET_NAMES


def _authorization(given: str, salt: str) -> str:
    scheme, blank, secret = given.partition(" ")
    return f"{scheme} {mask(secret, salt)}" if blank else mask(given, salt)
