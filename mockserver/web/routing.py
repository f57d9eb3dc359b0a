"""From method, host and path to an operation; no store is touched."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.http import Request
from mockserver.core.nearest import closest
from mockserver.core.provider import Endpoint, Listing

NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Found(NamedTuple):
    """`allowed` is empty, or the methods that the path knows when the method is none of them.

    `others` come after it at the same method and path; `fields` are the parts of the path that
    stand for something.
    """

    listing: Listing
    endpoint: Endpoint
    allowed: tuple[str, ...] = ()
    others: tuple[Endpoint, ...] = ()
    fields: Mapping[str, str] = NONE

    @property
    def body_limit(self) -> int:
        return max(one.body_limit for one in (self.endpoint, *self.others))

    def meant(self, request: Request) -> Endpoint:
        """The first whose condition holds, else the last."""
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


def find(listings: Mapping[str, Listing], method: str, host: str, path: str) -> Found | Unknown:
    """The operation at a native path, below a prefix, below prefix and host, or of a Host header.

    A known path with a wrong method is found too: the vendor answers it.
    """
    wanted = _wanted(listings, host, path)
    there = list(_suiting(listings, wanted))
    right = [found for found in there if found.endpoint.method == method]
    if right:
        return _together(right)
    if not there:
        return Unknown(nearest(listings, method, wanted.path))
    first = there[0]
    methods = [one.endpoint.method for one in there if one.listing is first.listing]
    return first._replace(allowed=tuple(methods))


def _together(right: list[Found]) -> Found:
    """The first, with those that share its place."""
    first = right[0]
    place = (first.endpoint.host, first.endpoint.path)
    others = (one.endpoint for one in right[1:] if one.listing is first.listing)
    sharing = tuple(one for one in others if (one.host, one.path) == place)
    return first._replace(others=sharing) if sharing else first


def _wanted(listings: Mapping[str, Listing], host: str, path: str) -> Wanted:
    name, _, rest = path.removeprefix("/").partition("/")
    if name in listings:
        inner, _, deeper = rest.partition("/")
        if _knows(listings[name], inner):
            return Wanted(name, inner, f"/{deeper}")
        return Wanted(name, None, f"/{rest}")
    return Wanted(None, addressed(listings, host), path)


def addressed(listings: Mapping[str, Listing], host: str) -> str | None:
    """The vendor's host that a Host header names, None for any other."""
    bare = host.rsplit(":", 1)[0].lower()
    return bare if any(_knows(listing, bare) for listing in listings.values()) else None


def _knows(listing: Listing, host: str) -> bool:
    return any(fnmatchcase(host, endpoint.host) for endpoint in listing.provider.endpoints)


def _all(listings: Iterable[Listing]) -> Iterator[Found]:
    for listing in listings:
        for endpoint in listing.provider.endpoints:
            yield Found(listing, endpoint)


def _suiting(listings: Mapping[str, Listing], wanted: Wanted) -> Iterator[Found]:
    """All endpoints there, each with what the path says; the bare root of this server is ours."""
    if wanted == (None, None, "/"):
        return
    for found in _all(listings.values()):
        fields = _fields(found.endpoint.path, wanted.path)
        if fields is not None and _suits(found, wanted):
            yield found._replace(fields=fields) if fields else found


def _suits(found: Found, wanted: Wanted) -> bool:
    if wanted.provider not in (None, found.listing.provider.name):
        return False
    return wanted.host is None or fnmatchcase(wanted.host, found.endpoint.host)


def _fields(template: str, path: str) -> Mapping[str, str] | None:
    """What the parts of the path stand for; None if it is another path."""
    if "{" not in template:
        return NONE if template == path else None
    match = _pattern(template).fullmatch(path)
    return match and match.groupdict()


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)))


def nearest(listings: Mapping[str, Listing], method: str, path: str) -> tuple[str, ...]:
    places = (f"{one.endpoint.method} {one.endpoint.path}" for one in _all(listings.values()))
    known = list(dict.fromkeys(places))
    return closest(f"{method} {path}", known) or tuple(known[:3])
