"""Controls access: rejects requests of foreign web pages, and checks the token.

On loopback, `Host` must name this machine or, in a vendor request, a vendor's host: this stops DNS
rebinding. A token changes nothing about that. A server that other machines reach has names that it
does not know: there, a program may use any name, a browser only one that cannot be rebound.
"""

import hmac
import re
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from types import MappingProxyType
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

PRIVATE_SUFFIXES: Final = (
    ".local",
    ".internal",
    ".lan",
    ".home.arpa",
    ".home",
    ".corp",
    ".intranet",
    ".private",
)
"""Ends of names that exist in private networks only (RFC 6762 appendix G, RFC 8375)."""

BROWSER_HEADERS: Final = frozenset({"origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"})
"""Headers that only browsers send."""

BROWSER_AGENT: Final = "Mozilla/"
"""How every browser begins its User-Agent. It is all that a page without TLS shows of itself."""

NO_VENDOR_HOSTS: Final[HostsByProvider] = MappingProxyType({})
OPEN_ACCESS: Final = "none"
TOKEN_VARIABLE: Final = "MOCKSERVER_TOKEN"  # noqa: S105 - the name of a variable
AUTHORITY_PATTERN: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::[0-9]*)?", re.ASCII)
"""Host and port. Anything more, such as a user name before the host, is an attempt to deceive."""

Handler = Callable[["Request"], Awaitable["Response"]]


class AccessControl(NamedTuple):
    """Checks requests by `Host`, `Origin` and token.

    An empty token admits every client, and so does `none`. `allowed_hosts` are the names of
    `--allow-host`. `is_exposed` is true if other machines reach the server. `cors_origins` are
    those of web pages that may call the vendors' routes.
    """

    token: str = ""
    allowed_hosts: tuple[str, ...] = ()
    is_exposed: bool = False
    cors_origins: tuple[str, ...] = ()

    def check_control_request(self, headers: "Headers") -> "Response | None":
        """Return a 401 or 403 problem, or None if the request may use the control API."""
        foreign = self._check_page(headers, is_visit_allowed=True)
        if foreign:
            return foreign
        return None if not self.token or self._has_token(headers) else _token_problem()

    def check_page_request(self, headers: "Headers") -> "Response | None":
        """Return a 403 problem, or None if the request may read the files of the page."""
        return self._check_page(headers, is_visit_allowed=True)

    def check_inbox_request(self, headers: "Headers") -> "Response | None":
        """Return a 403 problem, or None if an inbox may receive the request.

        A page may not even lead its user to an inbox, who would take a response meant for a
        webhook.
        """
        return self._check_page(headers, is_visit_allowed=False)

    def check_vendor_request(
        self, headers: "Headers", vendor_hosts: HostsByProvider
    ) -> "Response | None":
        """Return a 403 problem, or None if the request may reach a vendor."""
        host = headers.get("host", "")
        is_trusted = self.is_cors_request(headers) or _is_page_of_vendor(
            headers, host, vendor_hosts
        )
        foreign = None if is_trusted else self._check_origin(headers, is_visit_allowed=True)
        return foreign or self._check_host(headers, vendor_hosts)

    def is_cors_request(self, headers: "Headers") -> bool:
        """Whether a page whose origin `--cors` lists has sent the request."""
        origins = headers.getlist("origin")
        return len(origins) == 1 and origins[0].lower() in self.cors_origins

    def allows_host(self, authority: str, vendor_hosts: HostsByProvider) -> bool:
        """Whether any client may send this Host, which may be one of the vendors' own."""
        return self._is_safe_host(authority) or _is_vendor_host(vendor_hosts, authority)

    def allows_any_host(self, user_agent: str) -> bool:
        """Whether a client may send any Host: with a token, a program on another machine."""
        is_browser = user_agent.startswith(BROWSER_AGENT)
        return self.is_exposed and self.token != OPEN_ACCESS and not is_browser

    def _check_page(self, headers: "Headers", *, is_visit_allowed: bool) -> "Response | None":
        return self._check_origin(headers, is_visit_allowed=is_visit_allowed) or self._check_host(
            headers, NO_VENDOR_HOSTS
        )

    def _check_origin(self, headers: "Headers", *, is_visit_allowed: bool) -> "Response | None":
        """Return a 403 problem if a web page of another site has sent the request."""
        hosts = {name.lower() for name in headers.getlist("host")}
        for origin in headers.getlist("origin"):
            authority = origin.partition("://")[2].lower()
            is_same_site = authority in hosts and self._is_safe_host(authority)
            if not (is_same_site or self._is_own_host(authority)):
                return problem("foreign-origin", f"the Origin header is {origin!r}: {ADVICE}")
        is_visit = is_visit_allowed and _is_navigation(headers)
        if headers.get("sec-fetch-site") == "cross-site" and not is_visit:
            return problem(
                "foreign-origin", f"a web page of another site sent this request: {ADVICE}"
            )
        return None

    def _check_host(self, headers: "Headers", vendor_hosts: HostsByProvider) -> "Response | None":
        """Return a 403 problem unless the one Host header is accepted."""
        names = headers.getlist("host")
        if len(names) == 1 and self.allows_host(names[0], vendor_hosts):
            return None
        is_page = not BROWSER_HEADERS.isdisjoint(headers.keys())
        if not is_page and self.allows_any_host(headers.get("user-agent", "")):
            return None
        return foreign_host_problem(names)

    def _is_own_host(self, authority: str) -> bool:
        """Whether this is a name of this machine, or one that `--allow-host` adds."""
        name = _host_name(authority)
        is_local = name in LOCAL_HOSTS or name.endswith(".localhost")
        return is_local or name in [host.lower() for host in self.allowed_hosts]

    def _is_safe_host(self, authority: str) -> bool:
        """Whether a page under this name is one of this server: nobody can rebind the name."""
        return self._is_own_host(authority) or (
            self.is_exposed and _is_private_name(_host_name(authority))
        )

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


def _is_private_name(name: str) -> bool:
    """Whether no public name server can answer for this name: an address, or a local name."""
    if ":" in name or name.replace(".", "").isdigit():
        return _is_address(name)
    return name != "" and ("." not in name or name.endswith(PRIVATE_SUFFIXES))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


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


ADVICE: Final = "a web page may not control the mock; --allow-host NAME allows another host name"


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
