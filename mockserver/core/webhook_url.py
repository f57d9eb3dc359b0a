"""Parse the URL of a webhook, strictly: it is never read in two ways."""

import re
from base64 import b64encode
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from mockserver.core.value import Value

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f]")
HOST_PATTERN: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f.]*:[0-9a-f:.]*")
USER_INFO: Final = re.compile(r"(?:[\w.~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*", re.ASCII)
SAFE_CHARACTERS: Final = "!$%&'()*+,/:;=?@[]~"


class ParsedUrl(Value):
    """The parts of a valid webhook URL; `path` includes the query and is percent-encoded.

    `authorization` is the value of that header for the user-info of the URL; empty without one.
    """

    host: str
    port: int
    is_secure: bool
    path: str
    authorization: str = ""

    @property
    def authority(self) -> str:
        """The value of the `Host` header: no default port, IPv6 addresses in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            host
            if self.port == DEFAULT_PORTS["https" if self.is_secure else "http"]
            else f"{host}:{self.port}"
        )


class TargetRejection(Value):
    """Why a webhook is not sent, or why a tunnel is not passed on to its host.

    `error` says what failed: `protocol` if the URL is wrong, `dns` if no address was found,
    `refused-target` if no address is allowed, `connect` if a tunnel's host accepts no connection.
    """

    error: str
    reason: str


def parse_url(url: str) -> ParsedUrl | TargetRejection:
    """Parse a webhook URL strictly. Reasons never quote the URL, as it may contain a secret."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = DEFAULT_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        path = quote(
            f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", SAFE_CHARACTERS
        )
    except ValueError:
        return TargetRejection("protocol", "the URL cannot be read")
    checks = (
        (CONTROL_CHARACTER.search(url), "the URL has a control character"),
        (parts.scheme not in DEFAULT_PORTS, "the scheme of the URL is neither http nor https"),
        (
            not USER_INFO.fullmatch(parts.netloc.rpartition("@")[0]),
            "the user-info of the URL has a character that must be percent-encoded",
        ),
        (not port, "the port of the URL is not in 1 to 65535"),
        (not HOST_PATTERN.fullmatch(host), "the URL has no proper host"),
    )
    for is_flawed, reason in checks:
        if is_flawed:
            return TargetRejection("protocol", reason)
    return ParsedUrl(host, port, parts.scheme == "https", path, _build_authorization(parts))


def _build_authorization(parts: SplitResult) -> str:
    """Return the Basic credentials (RFC 7617) of a URL with user-info, else an empty text."""
    user_info = parts.netloc.rpartition("@")[0]
    if not user_info:
        return ""
    user, _, password = user_info.partition(":")
    credentials = f"{unquote(user)}:{unquote(password)}"
    return f"Basic {b64encode(credentials.encode()).decode()}"
