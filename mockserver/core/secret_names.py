"""The names of headers, parameters and JSON members whose values are secrets."""

import re
from typing import Final

SECRET_ENDINGS: Final = (
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "credential",
    "signature",
    "api[_-]?key",
    "app[_-]?key",
    "auth[_-]?key",
    "access[_-]?key",
    "private[_-]?key",
    "secret[_-]?key",
    "signing[_-]?key",
    "security[_-]?id",
)
"""A name that ends with one of these is secret, such as `X-Auth-Token` and `clientSecret`."""

SECRET_WORDS: Final = ("auth", "session", "pass", "pwd", "sig", "jwt")
"""Names that are secret as a whole: many other names end with them."""

SECRET_PARAMETERS: Final = (*SECRET_WORDS, "credentials", "key")
"""Names that are secret as a whole in a query or form; in JSON, `key` is also that of a phone."""

SECRET_HEADERS: Final = ("authorization", "cookie", "proxy-authorization", "set-cookie")

_ENDING: Final = re.compile(f"(?:{'|'.join(SECRET_ENDINGS)})$")


def is_secret_name(name: str) -> bool:
    """Whether the value of a JSON member or header is a secret; a form may append `[...]`."""
    lower = name.partition("[")[0].lower()
    return lower.removeprefix("x-") in SECRET_WORDS or _ENDING.search(lower) is not None


def is_secret_parameter(name: str) -> bool:
    """Whether the value of a parameter of a query or form is a secret."""
    return name.partition("[")[0].lower() in SECRET_PARAMETERS or is_secret_name(name)


def is_secret_segment(segment: str) -> bool:
    """Whether the segment of a path that comes after this one is a secret, as in `/token/abc`."""
    return _ENDING.search(segment.lower()) is not None


def is_secret_header(name: str) -> bool:
    return name.lower() in SECRET_HEADERS or is_secret_name(name)
