"""Who may do what: no web page drives the mock, and beyond loopback a token is asked for."""

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.core.provider import BoundProvider
from mockserver.web.hosts import vendor_host
from mockserver.web.problems import problem

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.responses import Response

LOCAL_HOSTS: Final = (
    "localhost",
    "127.0.0.1",
    "::1",
    "host.docker.internal",
    "host.containers.internal",
)
"""Names of this machine, those among them that containers on it have for it: nobody owns these."""

OPEN_ACCESS: Final = "none"
TOKEN_VARIABLE: Final = "MOCKSERVER_TOKEN"  # noqa: S105 - the name of a variable
AUTHORITY_PATTERN: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::[0-9]*)?", re.ASCII)
"""Host and port; who writes more than that, such as a user before the host, wants to deceive."""

Handler = Callable[["Request"], Awaitable["Response"]]


class AccessControl(NamedTuple):
    """`token` is empty where the server is only reached from this machine: then Host counts."""

    token: str = ""
    allowed_hosts: tuple[str, ...] = ()

    def check_control_request(self, headers: "Headers") -> "Response | None":
        """Why this request may not drive the mock; None if it may."""
        foreign = self.check_origin(headers)
        if foreign:
            return foreign
        if self.token:
            return None if self._has_token(headers) else _token_problem()
        names = headers.getlist("host")
        return (
            None if len(names) == 1 and self._is_own_host(names[0]) else foreign_host_problem(names)
        )

    def check_vendor_request(
        self, headers: "Headers", providers: Mapping[str, BoundProvider]
    ) -> "Response | None":
        """Why this may not even go to a vendor."""
        names = headers.getlist("host")
        return self.check_origin(headers) or (
            None if self.allows_host(names[0], providers) else foreign_host_problem(names)
        )

    def allows_host(self, authority: str, providers: Mapping[str, BoundProvider]) -> bool:
        """Whether a vendor's request may have this Host: the vendors' own names are known too."""
        return (
            bool(self.token)
            or self._is_own_host(authority)
            or _is_vendor_host(providers, authority)
        )

    def check_origin(self, headers: "Headers") -> "Response | None":
        """Whether a web page of somebody else has sent this."""
        for origin in headers.getlist("origin"):
            authority = origin.partition("://")[2]
            # behind a token any name may be ours; on loopback a rebound name would be its own Host
            hosts = {one.lower() for one in headers.getlist("host")} if self.token else set()
            ours = authority != "" and authority.lower() in hosts
            if not (ours or self._is_own_host(authority)):
                return problem(403, "foreign origin", f"the Origin header is {origin!r}: {ADVICE}")
        if headers.get("sec-fetch-site") == "cross-site" and not _is_navigation(headers):
            return problem(403, "foreign origin", f"a page of another site has sent this: {ADVICE}")
        return None

    def _is_own_host(self, authority: str) -> bool:
        """A name of this machine, or one that `--allow-host` adds."""
        name = _host_name(authority)
        ours = name in LOCAL_HOSTS or name.endswith(".localhost")
        return ours or name in [host.lower() for host in self.allowed_hosts]

    def _has_token(self, headers: "Headers") -> bool:
        if self.token == OPEN_ACCESS:
            return True
        scheme, _, told = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(told.strip().encode("latin-1"), self.token.encode())
        return scheme.lower() == "bearer" and same


@lru_cache(maxsize=256)
def _host_name(authority: str) -> str:
    """The host alone as all spell it, nothing if it is none."""
    found = AUTHORITY_PATTERN.fullmatch(authority)
    return found[1].strip("[]").lower().removesuffix(".") if found else ""


def _is_vendor_host(providers: Mapping[str, BoundProvider], authority: str) -> bool:
    name = _host_name(authority)
    return name != "" and vendor_host(providers, name) is not None


def foreign_host_problem(names: list[str]) -> "Response":
    """The refusal of a name that is another's, though it leads here."""
    return problem(403, "foreign host", f"the Host header names {_format_names(names)}: {ADVICE}")


def _is_navigation(headers: "Headers") -> bool:
    """Somebody has followed a link to here; what a page fetches for itself is no visit."""
    return headers.get("sec-fetch-dest") == "document" and headers.get("sec-fetch-mode") == (
        "navigate"
    )


ADVICE: Final = "a web page may not drive the mock; --allow-host NAME lets another name in"


def require_access(handler: Handler) -> Handler:
    """The handler behind the guard of its application; it sits on the route that has matched."""

    async def checked(request: "Request") -> "Response":
        guard: AccessControl = request.scope["dependencies"].access_control
        return guard.check_control_request(request.headers) or await handler(request)

    return checked


def _token_problem() -> "Response":
    detail = (
        f"send `Authorization: Bearer ...` with {TOKEN_VARIABLE}, or what the start has printed"
    )
    refusal = problem(401, "token needed", detail)
    refusal.headers["www-authenticate"] = "Bearer"
    return refusal


def _format_names(names: list[str]) -> str:
    return " and ".join(map(repr, names)) or "nothing"
