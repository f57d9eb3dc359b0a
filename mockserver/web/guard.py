"""Who may do what: no web page drives the mock, and beyond loopback a token is asked for."""

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.core.provider import BoundProvider
from mockserver.web.problems import problem
from mockserver.web.routing import addressed

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.responses import Response

LOCAL: Final = (
    "localhost",
    "127.0.0.1",
    "::1",
    "host.docker.internal",
    "host.containers.internal",
)
"""Names of this machine, those among them that containers on it have for it: nobody owns these."""

OPEN: Final = "none"
VARIABLE: Final = "MOCKSERVER_TOKEN"
AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::[0-9]*)?", re.ASCII)
"""Host and port; who writes more than that, such as a user before the host, wants to deceive."""

Handler = Callable[["Request"], Awaitable["Response"]]


class Guard(NamedTuple):
    """`token` is empty where the server is only reached from this machine: then Host counts."""

    token: str = ""
    hosts: tuple[str, ...] = ()

    def refusal(self, headers: "Headers") -> "Response | None":
        """Why this request may not drive the mock; None if it may."""
        foreign = self.foreign(headers)
        if foreign:
            return foreign
        if self.token:
            return None if self._told(headers) else _unknown()
        names = headers.getlist("host")
        return None if len(names) == 1 and self._knows(names[0]) else rebound(names)

    def astray(
        self, headers: "Headers", listings: Mapping[str, BoundProvider]
    ) -> "Response | None":
        """Why this may not even go to a vendor."""
        names = headers.getlist("host")
        return self.foreign(headers) or (
            None if self.expects(names[0], listings) else rebound(names)
        )

    def expects(self, authority: str, listings: Mapping[str, BoundProvider]) -> bool:
        """Whether a vendor's request may have this Host: the vendors' own names are known too."""
        return bool(self.token) or self._knows(authority) or _vendors(listings, authority)

    def foreign(self, headers: "Headers") -> "Response | None":
        """Whether a web page of somebody else has sent this."""
        for origin in headers.getlist("origin"):
            authority = origin.partition("://")[2]
            # behind a token any name may be ours; on loopback a rebound name would be its own Host
            hosts = {one.lower() for one in headers.getlist("host")} if self.token else set()
            ours = authority != "" and authority.lower() in hosts
            if not (ours or self._knows(authority)):
                return problem(403, "foreign origin", f"the Origin header is {origin!r}: {ADVICE}")
        if headers.get("sec-fetch-site") == "cross-site" and not _visited(headers):
            return problem(403, "foreign origin", f"a page of another site has sent this: {ADVICE}")
        return None

    def _knows(self, authority: str) -> bool:
        """A name of this machine, or one that `--allow-host` adds."""
        name = _name(authority)
        ours = name in LOCAL or name.endswith(".localhost")
        return ours or name in [host.lower() for host in self.hosts]

    def _told(self, headers: "Headers") -> bool:
        if self.token == OPEN:
            return True
        scheme, _, told = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(told.strip().encode("latin-1"), self.token.encode())
        return scheme.lower() == "bearer" and same


@lru_cache(maxsize=256)
def _name(authority: str) -> str:
    """The host alone as all spell it, nothing if it is none."""
    found = AUTHORITY.fullmatch(authority)
    return found[1].strip("[]").lower().removesuffix(".") if found else ""


def _vendors(listings: Mapping[str, BoundProvider], authority: str) -> bool:
    name = _name(authority)
    return name != "" and addressed(listings, name) is not None


def rebound(names: list[str]) -> "Response":
    """The refusal of a name that is another's, though it leads here."""
    return problem(403, "foreign host", f"the Host header names {_list(names)}: {ADVICE}")


def _visited(headers: "Headers") -> bool:
    """Somebody has followed a link to here; what a page fetches for itself is no visit."""
    return headers.get("sec-fetch-dest") == "document" and headers.get("sec-fetch-mode") == (
        "navigate"
    )


ADVICE: Final = "a web page may not drive the mock; --allow-host NAME lets another name in"


def guarded(handler: Handler) -> Handler:
    """The handler behind the guard of its application; it sits on the route that has matched."""

    async def checked(request: "Request") -> "Response":
        guard: Guard = request.app.state.guard
        return guard.refusal(request.headers) or await handler(request)

    return checked


def _unknown() -> "Response":
    detail = f"send `Authorization: Bearer ...` with {VARIABLE}, or what the start has printed"
    refusal = problem(401, "token needed", detail)
    refusal.headers["www-authenticate"] = "Bearer"
    return refusal


def _list(names: list[str]) -> str:
    return " and ".join(map(repr, names)) or "nothing"
