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

NONE: Final[Mapping[str, str]] = MappingProxyType({})
PART: Final = re.compile(r"\\\{(\w+)\\\}")
"""A part of a path that stands for a field, in what `re.escape` makes of it."""


class Found(NamedTuple):
    """`allowed` is empty, or the methods that the path knows when the method is none of them.

    `others` come after it at the same method and path; `fields` are the parts of the path that
    stand for something.
    """

    listing: BoundProvider
    endpoint: Endpoint
    allowed: tuple[str, ...] = ()
    others: tuple[Endpoint, ...] = ()
    fields: Mapping[str, str] = NONE

    @property
    def body_limit(self) -> int:
        if not self.others:
            return self.endpoint.body_limit
        return max(one.body_limit for one in (self.endpoint, *self.others))

    def meant(self, request: Request) -> Endpoint:
        """The first whose condition holds, else the last."""
        if not self.others:
            return self.endpoint
        here = (self.endpoint, *self.others)
        return next((one for one in here if one.when(request)), here[-1])


class Unknown(NamedTuple):
    """The operations that come nearest, as `METHOD path`."""

    nearest: tuple[str, ...]


class Wanted(NamedTuple):
    """What is left to find once prefix and host have been read: None leaves it open."""

    provider: str | None
    host: str | None
    path: str


OURS: Final = Wanted(None, None, "/")
"""The bare root of this server: a vendor's own door has its prefix or its Host."""


class _Table(NamedTuple):
    """What there is to find: the hosts of each provider, and all that is at a path.

    `templates` are the paths with parts such as `{id}`, by how many slashes they have.
    """

    hosts: Mapping[str, tuple[str, ...]]
    exact: Mapping[str, tuple[Found, ...]]
    templates: Mapping[int, tuple[tuple[re.Pattern[str], Found], ...]]


class _Same:
    """Listings as a cache knows them again: they never change, so the same are the same."""

    __slots__ = ("listings",)

    def __init__(self, listings: Mapping[str, BoundProvider]) -> None:
        self.listings = listings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.listings is self.listings

    def __hash__(self) -> int:
        return id(self.listings)


def find(
    listings: Mapping[str, BoundProvider], method: str, host: str, path: str
) -> Found | Unknown:
    """The operation at a native path, below a prefix, below prefix and host, or of a Host header.

    A known path with a wrong method is found too: the vendor answers it.
    """
    return _find(_Same(listings), method, host, path)


@lru_cache(maxsize=256)
def _find(same: "_Same", method: str, host: str, path: str) -> Found | Unknown:
    table, listings = _table(same), same.listings
    wanted = _wanted(table, host, path)
    if wanted == OURS:
        return Unknown(nearest(listings, method, path))
    there = [found for found in _at(table, wanted.path) if _suits(found, wanted)]
    right = [found for found in there if found.endpoint.method == method]
    if right:
        return _together(right)
    if not there:
        return Unknown(nearest(listings, method, wanted.path))
    first = there[0]
    methods = [one.endpoint.method for one in there if one.listing is first.listing]
    return first._replace(allowed=tuple(methods))


def addressed(listings: Mapping[str, BoundProvider], host: str) -> str | None:
    """The vendor's host that a Host header names, None for any other."""
    return _addressed(_table(_Same(listings)), host)


def nearest(listings: Mapping[str, BoundProvider], method: str, path: str) -> tuple[str, ...]:
    endpoints = (found.endpoint for found in _all(listings.values()))
    known = [*dict.fromkeys(f"{one.method} {one.path}" for one in endpoints)]
    return closest_words(f"{method} {path}", known) or tuple(known[:3])


@lru_cache(maxsize=8)
def _table(same: _Same) -> _Table:
    exact: dict[str, tuple[Found, ...]] = {}
    templates: dict[int, tuple[tuple[re.Pattern[str], Found], ...]] = {}
    for found in _all(same.listings.values()):
        path = found.endpoint.path
        if "{" in path:
            row = (_pattern(path), found)
            templates[path.count("/")] = (*templates.get(path.count("/"), ()), row)
        else:
            exact[path] = (*exact.get(path, ()), found)
    hosts = {name: _hosts(listing) for name, listing in same.listings.items()}
    return _Table(hosts, exact, templates)


def _all(listings: Iterable[BoundProvider]) -> Iterator[Found]:
    for listing in listings:
        for endpoint in listing.provider.endpoints:
            yield Found(listing, endpoint)


def _hosts(listing: BoundProvider) -> tuple[str, ...]:
    return tuple(dict.fromkeys(endpoint.host for endpoint in listing.provider.endpoints))


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(PART.sub(r"(?P<\1>[^/]+)", re.escape(path)))


def _wanted(table: _Table, host: str, path: str) -> Wanted:
    name, _, rest = path.removeprefix("/").partition("/")
    if name in table.hosts:
        inner, _, deeper = rest.partition("/")
        if _knows(table.hosts[name], inner):
            return Wanted(name, inner, f"/{deeper}")
        return Wanted(name, None, f"/{rest}")
    return Wanted(None, _addressed(table, host), path)


def _addressed(table: _Table, host: str) -> str | None:
    bare = host.rsplit(":", 1)[0].lower()
    return bare if any(_knows(hosts, bare) for hosts in table.hosts.values()) else None


def _knows(hosts: Iterable[str], host: str) -> bool:
    return any(host == known or ("*" in known and fnmatchcase(host, known)) for known in hosts)


def _at(table: _Table, path: str) -> Iterator[Found]:
    """All operations at a path; one that spells it out comes before one with parts left open."""
    yield from table.exact.get(path, ())
    for pattern, found in table.templates.get(path.count("/"), ()):
        if match := pattern.fullmatch(path):
            yield found._replace(fields=match.groupdict())


def _suits(found: Found, wanted: Wanted) -> bool:
    if wanted.provider not in (None, found.listing.provider.name):
        return False
    return wanted.host is None or fnmatchcase(wanted.host, found.endpoint.host)


def _together(right: list[Found]) -> Found:
    """The first, with those that share its place."""
    first = right[0]
    place = (first.endpoint.host, first.endpoint.path)
    others = (one.endpoint for one in right[1:] if one.listing is first.listing)
    sharing = tuple(one for one in others if (one.host, one.path) == place)
    return first._replace(others=sharing) if sharing else first
