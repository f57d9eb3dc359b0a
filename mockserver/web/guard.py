"""Who may do what: no web page drives the mock, and beyond loopback a token is asked for."""

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.web.problems import problem

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.responses import Response

LOCAL: Final = ("localhost", "127.0.0.1", "::1")
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
        if len(names) != 1 or not self._knows(names[0]):
            return problem(403, "foreign host", f"the Host header names {_list(names)}: {ADVICE}")
        return None

    def foreign(self, headers: "Headers") -> "Response | None":
        """Whether a web page of somebody else has sent this; also asked for vendors' routes."""
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
        found = AUTHORITY.fullmatch(authority)
        if found is None:
            return False
        name = found[1].strip("[]").lower().removesuffix(".")
        known = (*LOCAL, *(host.lower() for host in self.hosts))
        return name in known or name.endswith(".localhost")

    def _told(self, headers: "Headers") -> bool:
        if self.token == OPEN:
            return True
        scheme, _, told = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(told.strip().encode("latin-1"), self.token.encode())
        return scheme.lower() == "bearer" and same


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
