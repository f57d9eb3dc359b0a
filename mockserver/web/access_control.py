"""Controls access: rejects requests of foreign web pages, and checks the token.

Without a token, the server is reachable from this machine only, and `Host` must name this machine
or, in a vendor request, a vendor's host: this stops DNS rebinding.
"""

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.web.hosts import HostsByProvider, vendor_host
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
"""Names of this machine, including those by which its containers reach it.

No third party can own one of them.
"""

OPEN_ACCESS: Final = "none"
TOKEN_VARIABLE: Final = "MOCKSERVER_TOKEN"  # noqa: S105 - the name of a variable
AUTHORITY_PATTERN: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::[0-9]*)?", re.ASCII)
"""Host and port. Anything more, such as a user name before the host, is an attempt to deceive."""

Handler = Callable[["Request"], Awaitable["Response"]]


class AccessControl(NamedTuple):
    """Checks requests by token, `Origin` and `Host`.

    `token` is empty if the server is reachable from this machine only: `Host` is checked instead.
    The token `none` admits every client. `allowed_hosts` are the names of `--allow-host`.
    """

    token: str = ""
    allowed_hosts: tuple[str, ...] = ()

    def check_control_request(self, headers: "Headers") -> "Response | None":
        """Return a 401 or 403 problem, or None if the request may use the control API."""
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
        self, headers: "Headers", vendor_hosts: HostsByProvider
    ) -> "Response | None":
        """Return a 403 problem, or None if the request may reach a vendor."""
        names = headers.getlist("host")
        is_own_page = _is_page_of_vendor(headers, names[0], vendor_hosts)
        return (None if is_own_page else self.check_origin(headers)) or (
            None if self.allows_host(names[0], vendor_hosts) else foreign_host_problem(names)
        )

    def allows_host(self, authority: str, vendor_hosts: HostsByProvider) -> bool:
        """Whether a vendor request may have this Host, which may be one of the vendors' own."""
        return (
            bool(self.token)
            or self._is_own_host(authority)
            or _is_vendor_host(vendor_hosts, authority)
        )

    def check_origin(self, headers: "Headers") -> "Response | None":
        """Return a 403 problem if a web page of another site has sent the request."""
        for origin in headers.getlist("origin"):
            authority = origin.partition("://")[2]
            # With a token, any Host may be the server's own. Without one, Host proves nothing: a
            # page that reaches the server by DNS rebinding sends its own name in both headers.
            hosts = {name.lower() for name in headers.getlist("host")} if self.token else set()
            is_own = authority != "" and authority.lower() in hosts
            if not (is_own or self._is_own_host(authority)):
                return problem("foreign-origin", f"the Origin header is {origin!r}: {ADVICE}")
        if headers.get("sec-fetch-site") == "cross-site" and not _is_navigation(headers):
            return problem("foreign-origin", f"a page of another site has sent this: {ADVICE}")
        return None

    def _is_own_host(self, authority: str) -> bool:
        """Whether this is a name of this machine, or one that `--allow-host` adds."""
        name = _host_name(authority)
        is_local = name in LOCAL_HOSTS or name.endswith(".localhost")
        return is_local or name in [host.lower() for host in self.allowed_hosts]

    def _has_token(self, headers: "Headers") -> bool:
        if self.token == OPEN_ACCESS:
            return True
        scheme, _, sent_token = headers.get("authorization", "").partition(" ")
        is_same = hmac.compare_digest(sent_token.strip().encode("latin-1"), self.token.encode())
        return scheme.lower() == "bearer" and is_same


def _host_name(authority: str) -> str:
    """The host in lower case, without port, brackets and final dot; empty if malformed."""
    match = AUTHORITY_PATTERN.fullmatch(authority)
    return match[1].strip("[]").lower().removesuffix(".") if match else ""


def _is_vendor_host(vendor_hosts: HostsByProvider, authority: str) -> bool:
    name = _host_name(authority)
    return name != "" and vendor_host(vendor_hosts, name) is not None


def _is_page_of_vendor(headers: "Headers", host: str, vendor_hosts: HostsByProvider) -> bool:
    """Whether a page that this server serves over TLS in a vendor's place has sent the request.

    A foreign page cannot have that Origin: it would need a certificate for the vendor's host.
    """
    is_same_site = headers.get("sec-fetch-site", "same-origin") == "same-origin"
    is_same_host = [each.lower() for each in headers.getlist("origin")] == [
        f"https://{host.lower()}"
    ]
    return is_same_site and is_same_host and _is_vendor_host(vendor_hosts, host)


def foreign_host_problem(names: list[str]) -> "Response":
    """A 403 problem for a Host header that names another host than this server."""
    return problem("foreign-host", f"the Host header names {_format_names(names)}: {ADVICE}")


def _is_navigation(headers: "Headers") -> bool:
    """Whether a user has followed a link to this server; False for what a page fetches."""
    return headers.get("sec-fetch-dest") == "document" and headers.get("sec-fetch-mode") == (
        "navigate"
    )


ADVICE: Final = "a web page may not drive the mock; --allow-host NAME lets another name in"


def require_access(handler: Handler) -> Handler:
    """Wrap the handler of a control route in the access check."""

    async def check_and_handle(request: "Request") -> "Response":
        access_control: AccessControl = request.state.dependencies.access_control
        return access_control.check_control_request(request.headers) or await handler(request)

    return check_and_handle


def _token_problem() -> "Response":
    detail = (
        f"send `Authorization: Bearer ...` with {TOKEN_VARIABLE}, or what the start has printed"
    )
    response = problem("token-required", detail)
    response.headers["www-authenticate"] = "Bearer"
    return response


def _format_names(names: list[str]) -> str:
    return " and ".join(map(repr, names)) or "nothing"
