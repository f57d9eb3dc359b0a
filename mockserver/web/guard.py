"""Who may do what: no web page drives the mock, and beyond loopback a token is asked for."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from mockserver.web.problems import problem

LOCAL: Final = ("localhost", "127.0.0.1", "::1")
OPEN: Final = "none"
VARIABLE: Final = "MOCKSERVER_TOKEN"

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Guard:
    """`token` is empty where the server is only reached from this machine: then Host counts."""

    token: str = ""
    hosts: tuple[str, ...] = ()

    def refusal(self, headers: Headers) -> Response | None:
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

    def foreign(self, headers: Headers) -> Response | None:
        """Whether a web page of somebody else has sent this; also asked for vendors' routes."""
        for origin in headers.getlist("origin"):
            parts = urlsplit(origin)
            # behind a token any name may be ours; on loopback a rebound name would be its own Host
            hosts = {one.lower() for one in headers.getlist("host")} if self.token else set()
            if not (parts.netloc.lower() in hosts or self._knows(parts.netloc)):
                return problem(403, "foreign origin", f"the Origin header is {origin!r}: {ADVICE}")
        return None

    def _knows(self, authority: str) -> bool:
        """A name of this machine, or one that `--allow-host` adds."""
        try:
            name = (urlsplit(f"//{authority}").hostname or "").removesuffix(".")
        except ValueError:
            return False
        known = (*LOCAL, *(host.lower() for host in self.hosts))
        return name in known or name.endswith(".localhost")

    def _told(self, headers: Headers) -> bool:
        if self.token == OPEN:
            return True
        scheme, _, told = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(told.strip().encode("latin-1"), self.token.encode())
        return scheme.lower() == "bearer" and same


ADVICE: Final = "a web page may not drive the mock; --allow-host NAME lets another name in"


def guarded(handler: Handler) -> Handler:
    """The handler behind the guard of its application; it sits on the route that has matched."""

    async def checked(request: Request) -> Response:
        guard: Guard = request.app.state.guard
        return guard.refusal(request.headers) or await handler(request)

    return checked


def _unknown() -> Response:
    detail = f"send `Authorization: Bearer ...` with {VARIABLE}, or what the start has printed"
    refusal = problem(401, "token needed", detail)
    refusal.headers["www-authenticate"] = "Bearer"
    return refusal


def _list(names: list[str]) -> str:
    return " and ".join(map(repr, names)) or "nothing"
