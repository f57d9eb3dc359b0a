"""Hides credentials in every output; a short salted hash keeps two of them apart."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.chance import digest

SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-mock-token"})
SECRET_NAMES = frozenset(
    {"access_token", "apikey", "api_key", "security-id", "token", "password", "secret"}
)


def mask(secret: str, salt: str) -> str:
    return f"***{digest(salt, 'mask', secret)[:3].hex()}"


def headers(given: Mapping[str, str], salt: str) -> dict[str, str]:
    """Headers as they may be shown: the scheme of an authorization stays readable."""
    return {
        name: _authorization(value, salt) if name in SECRET_HEADERS else value
        for name, value in given.items()
    }


def value(given: Any, salt: str) -> Any:
    """A JSON value as it may be shown, whatever stands under a secret name masked."""
    if isinstance(given, Mapping):
        return {name: _named(name, inner, salt) for name, inner in given.items()}
    if isinstance(given, list | tuple):
        return [value(inner, salt) for inner in given]
    return given


def query(given: str, salt: str) -> str:
    return "&".join(_pair(pair, salt) for pair in given.split("&")) if given else ""


def _named(name: str, inner: Any, salt: str) -> Any:
    if name.lower() in SECRET_NAMES and isinstance(inner, str | int):
        return mask(str(inner), salt)
    return value(inner, salt)


def _pair(pair: str, salt: str) -> str:
    name, equals, inner = pair.partition("=")
    return f"{name}={mask(inner, salt)}" if equals and name.lower() in SECRET_NAMES else pair


def _authorization(given: str, salt: str) -> str:
    scheme, blank, secret = given.partition(" ")
    return f"{scheme} {mask(secret, salt)}" if blank else mask(given, salt)
