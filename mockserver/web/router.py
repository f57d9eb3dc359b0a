"""Routes vendor requests: method, host and path -> operation."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.core.suggestions import closest_words
from mockserver.web.access_control import AccessControl
from mockserver.web.hosts import HostsByProvider, has_host, hosts_by_provider, vendor_host

NO_FIELDS: Final[Mapping[str, str]] = MappingProxyType({})
PATH_PARAMETER: Final = re.compile(r"\\\{(\w+)\\\}")
"""A path parameter such as `{id}`, as `re.escape` renders it."""

CACHE_SIZE: Final = 256
"""How many (method, host, path) a router remembers, and how many hosts."""


class VendorRoute(NamedTuple):
    """The endpoint at a path.

    `body_limit` is in bytes, the largest of its endpoints. `allowed_methods` are the methods of the
    path if the request's is not one of them, else empty. `alternatives` are further endpoints with
    the same method and path. `path_fields` maps path parameters to values. `host` is the vendor's
    host name that the request addresses, empty for none.
    """

    bound: BoundProvider
    endpoint: Endpoint
    body_limit: int
    allowed_methods: tuple[str, ...] = ()
    alternatives: tuple[Endpoint, ...] = ()
    path_fields: Mapping[str, str] = NO_FIELDS
    host: str = ""

    def select_endpoint(self, request: Request) -> Endpoint:
        """Return the first endpoint whose condition (`when`) holds, else the last."""
        endpoints = (self.endpoint, *self.alternatives)
        return next((endpoint for endpoint in endpoints if endpoint.when(request)), endpoints[-1])


class UnknownPath(NamedTuple):
    """No operation has this path; `nearest` are similar ones as `METHOD path`."""

    nearest: tuple[str, ...]


class RoutingKey(NamedTuple):
    """What prefix, Host header and path ask for; None matches any provider or host."""

    provider: str | None
    host: str | None
    path: str


ROOT_KEY: Final = RoutingKey(None, None, "/")
"""The root of this server; that of a vendor has the vendor's prefix or Host."""


class _RouteTable(NamedTuple):
    """All routes: `exact` by path, `templates` (paths with parameters) by number of slashes.

    An element of `templates` is (pattern of the path, route).
    """

    providers: Mapping[str, BoundProvider]
    hosts: HostsByProvider
    exact: Mapping[str, tuple[VendorRoute, ...]]
    templates: Mapping[int, tuple[tuple[re.Pattern[str], VendorRoute], ...]]


class Router:
    """Finds the routes of the providers of one server; `hosts` are the host names of each.

    Built once. `find` takes method, host and path; `allows_host` asks the access control about a
    Host. Both remember their results, as clients repeat their requests. `has_been_asked` tells
    whether any request has looked for its route.
    """

    def __init__(self, providers: Mapping[str, BoundProvider]) -> None:
        table = _build_table(providers)
        self.hosts = table.hosts
        find = lru_cache(CACHE_SIZE)(partial(_find_route, table))
        self.find: Callable[[str, str, str], VendorRoute | UnknownPath] = find
        self.has_been_asked: Callable[[], bool] = lambda: find.cache_info().misses > 0
        self.allows_host: Callable[[AccessControl, str], bool] = lru_cache(CACHE_SIZE)(
            lambda access_control, host: access_control.allows_host(host, table.hosts)
        )


def _find_route(table: _RouteTable, method: str, host: str, path: str) -> VendorRoute | UnknownPath:
    """Find the operation of a path: native, or below `/provider` or `/provider/host`.

    A native path with a vendor's Host header belongs to that vendor. A known path with a wrong
    method is found too, because the vendor responds to it.
    """
    target = _routing_key(table, host, path)
    if target == ROOT_KEY:
        return UnknownPath(nearest_operations(table.providers, method, path))
    at_path = [route for route in _routes_at(table, target.path) if _matches_key(route, target)]
    matching = [route for route in at_path if route.endpoint.method == method]
    if matching:
        return _join_alternatives(matching)._replace(host=target.host or "")
    if not at_path:
        return UnknownPath(nearest_operations(table.providers, method, target.path))
    first = at_path[0]
    methods = dict.fromkeys(
        route.endpoint.method for route in at_path if route.bound is first.bound
    )
    return first._replace(allowed_methods=tuple(methods), host=target.host or "")


def nearest_operations(
    providers: Mapping[str, BoundProvider], method: str, path: str
) -> tuple[str, ...]:
    endpoints = (route.endpoint for route in _all_routes(providers.values()))
    known = [*dict.fromkeys(f"{endpoint.method} {endpoint.path}" for endpoint in endpoints)]
    return closest_words(f"{method} {path}", known) or tuple(known[:3])


def _build_table(providers: Mapping[str, BoundProvider]) -> _RouteTable:
    exact: dict[str, tuple[VendorRoute, ...]] = {}
    templates: dict[int, tuple[tuple[re.Pattern[str], VendorRoute], ...]] = {}
    for route in _all_routes(providers.values()):
        path = route.endpoint.path
        if "{" in path:
            entry = (_path_pattern(path), route)
            templates[path.count("/")] = (*templates.get(path.count("/"), ()), entry)
        else:
            exact[path] = (*exact.get(path, ()), route)
    return _RouteTable(providers, hosts_by_provider(providers), exact, templates)


def _all_routes(providers: Iterable[BoundProvider]) -> Iterator[VendorRoute]:
    for bound in providers:
        for endpoint in bound.provider.endpoints:
            yield VendorRoute(bound, endpoint, endpoint.body_limit)


def _path_pattern(path: str) -> re.Pattern[str]:
    return re.compile(PATH_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path)))


def _routing_key(table: _RouteTable, host: str, path: str) -> RoutingKey:
    name, _, rest = path.removeprefix("/").partition("/")
    if name in table.hosts:
        inner, _, deeper = rest.partition("/")
        if has_host(table.hosts[name], inner):
            return RoutingKey(name, inner, f"/{deeper}")
        return RoutingKey(name, None, f"/{rest}")
    return RoutingKey(None, vendor_host(table.hosts, host), path)


def _routes_at(table: _RouteTable, path: str) -> Iterator[VendorRoute]:
    """All routes at a path: first those with exactly this path, then those with parameters."""
    yield from table.exact.get(path, ())
    for pattern, route in table.templates.get(path.count("/"), ()):
        if match := pattern.fullmatch(path):
            yield route._replace(path_fields=match.groupdict())


def _matches_key(route: VendorRoute, key: RoutingKey) -> bool:
    if key.provider not in (None, route.bound.provider.name):
        return False
    return key.host is None or fnmatchcase(key.host, route.endpoint.host)


def _join_alternatives(routes: list[VendorRoute]) -> VendorRoute:
    """The first route, with the others of its provider, host and path as `alternatives`."""
    first = routes[0]
    location = (first.endpoint.host, first.endpoint.path)
    others = (route.endpoint for route in routes[1:] if route.bound is first.bound)
    alternatives = tuple(
        endpoint for endpoint in others if (endpoint.host, endpoint.path) == location
    )
    limit = max(endpoint.body_limit for endpoint in (first.endpoint, *alternatives))
    return first._replace(alternatives=alternatives, body_limit=limit)
