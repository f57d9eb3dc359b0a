"""From method, host and path to an operation; no store is touched."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.http import Request
from mockserver.core.provider import BoundProvider, Endpoint
from mockserver.core.suggestions import closest_words
from mockserver.web.hosts import (
    HostsByProvider,
    ProvidersKey,
    find_vendor_host,
    has_host,
    hosts_by_provider,
)

NO_FIELDS: Final[Mapping[str, str]] = MappingProxyType({})
PATH_PARAMETER: Final = re.compile(r"\\\{(\w+)\\\}")
"""A part of a path that stands for a field, in what `re.escape` makes of it."""


class VendorRoute(NamedTuple):
    """`allowed` is empty, or the methods that the path knows when the method is none of them.

    `others` come after it at the same method and path; `fields` are the parts of the path that
    stand for something.
    """

    bound: BoundProvider
    endpoint: Endpoint
    allowed_methods: tuple[str, ...] = ()
    alternatives: tuple[Endpoint, ...] = ()
    path_fields: Mapping[str, str] = NO_FIELDS

    @property
    def body_limit(self) -> int:
        if not self.alternatives:
            return self.endpoint.body_limit
        return max(one.body_limit for one in (self.endpoint, *self.alternatives))

    def select_endpoint(self, request: Request) -> Endpoint:
        """The first whose condition holds, else the last."""
        if not self.alternatives:
            return self.endpoint
        here = (self.endpoint, *self.alternatives)
        return next((one for one in here if one.when(request)), here[-1])


class UnknownPath(NamedTuple):
    """The operations that come nearest, as `METHOD path`."""

    nearest: tuple[str, ...]


class RoutingKey(NamedTuple):
    """What is left to find once prefix and host have been read: None leaves it open."""

    provider: str | None
    host: str | None
    path: str


ROOT_KEY: Final = RoutingKey(None, None, "/")
"""The bare root of this server: a vendor's own door has its prefix or its Host."""


class _RouteTable(NamedTuple):
    """What there is to find: the hosts of each provider, and all that is at a path.

    `templates` are the paths with parts such as `{id}`, by how many slashes they have.
    """

    hosts: HostsByProvider
    exact: Mapping[str, tuple[VendorRoute, ...]]
    templates: Mapping[int, tuple[tuple[re.Pattern[str], VendorRoute], ...]]


def find_route(
    providers: Mapping[str, BoundProvider], method: str, host: str, path: str
) -> VendorRoute | UnknownPath:
    """The operation at a native path, below a prefix, below prefix and host, or of a Host header.

    A known path with a wrong method is found too: the vendor answers it.
    """
    return _find_cached(ProvidersKey(providers), method, host, path)


@lru_cache(maxsize=256)
def _find_cached(key: ProvidersKey, method: str, host: str, path: str) -> VendorRoute | UnknownPath:
    table, listings = _build_table(key), key.providers
    wanted = _routing_key(table, host, path)
    if wanted == ROOT_KEY:
        return UnknownPath(nearest_operations(listings, method, path))
    there = [found for found in _routes_at(table, wanted.path) if _matches_key(found, wanted)]
    right = [found for found in there if found.endpoint.method == method]
    if right:
        return _join_alternatives(right)
    if not there:
        return UnknownPath(nearest_operations(listings, method, wanted.path))
    first = there[0]
    methods = [one.endpoint.method for one in there if one.bound is first.bound]
    return first._replace(allowed_methods=tuple(methods))


def nearest_operations(
    providers: Mapping[str, BoundProvider], method: str, path: str
) -> tuple[str, ...]:
    endpoints = (found.endpoint for found in _all_routes(providers.values()))
    known = [*dict.fromkeys(f"{one.method} {one.path}" for one in endpoints)]
    return closest_words(f"{method} {path}", known) or tuple(known[:3])


@lru_cache(maxsize=8)
def _build_table(key: ProvidersKey) -> _RouteTable:
    exact: dict[str, tuple[VendorRoute, ...]] = {}
    templates: dict[int, tuple[tuple[re.Pattern[str], VendorRoute], ...]] = {}
    for found in _all_routes(key.providers.values()):
        path = found.endpoint.path
        if "{" in path:
            row = (_path_pattern(path), found)
            templates[path.count("/")] = (*templates.get(path.count("/"), ()), row)
        else:
            exact[path] = (*exact.get(path, ()), found)
    return _RouteTable(hosts_by_provider(key), exact, templates)


def _all_routes(providers: Iterable[BoundProvider]) -> Iterator[VendorRoute]:
    for listing in providers:
        for endpoint in listing.provider.endpoints:
            yield VendorRoute(listing, endpoint)


def _path_pattern(path: str) -> re.Pattern[str]:
    return re.compile(PATH_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path)))


def _routing_key(table: _RouteTable, host: str, path: str) -> RoutingKey:
    name, _, rest = path.removeprefix("/").partition("/")
    if name in table.hosts:
        inner, _, deeper = rest.partition("/")
        if has_host(table.hosts[name], inner):
            return RoutingKey(name, inner, f"/{deeper}")
        return RoutingKey(name, None, f"/{rest}")
    return RoutingKey(None, find_vendor_host(table.hosts, host), path)


def _routes_at(table: _RouteTable, path: str) -> Iterator[VendorRoute]:
    """All operations at a path; one that spells it out comes before one with parts left open."""
    yield from table.exact.get(path, ())
    for pattern, found in table.templates.get(path.count("/"), ()):
        if match := pattern.fullmatch(path):
            yield found._replace(path_fields=match.groupdict())


def _matches_key(route: VendorRoute, key: RoutingKey) -> bool:
    if key.provider not in (None, route.bound.provider.name):
        return False
    return key.host is None or fnmatchcase(key.host, route.endpoint.host)


def _join_alternatives(routes: list[VendorRoute]) -> VendorRoute:
    """The first, with those that share its place."""
    first = routes[0]
    place = (first.endpoint.host, first.endpoint.path)
    others = (one.endpoint for one in routes[1:] if one.bound is first.bound)
    sharing = tuple(one for one in others if (one.host, one.path) == place)
    return first._replace(alternatives=sharing) if sharing else first
