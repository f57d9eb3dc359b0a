"""From method, host and path to an operation; no store is touched."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from mockserver.core.nearest import closest
from mockserver.core.provider import Endpoint, Listing


class Found(NamedTuple):
    """`allowed` is empty, or the methods that the path knows when the method is none of them."""

    listing: Listing
    endpoint: Endpoint
    allowed: tuple[str, ...] = ()


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
    there = [found for found in _all(listings.values()) if _suits(found, wanted)]
    right = next((found for found in there if found.endpoint.method == method), None)
    if right or not there:
        return right or Unknown(nearest(listings, method, wanted.path))
    first = there[0]
    methods = [one.endpoint.method for one in there if one.listing is first.listing]
    return first._replace(allowed=tuple(methods))


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


def _suits(found: Found, wanted: Wanted) -> bool:
    if wanted.provider not in (None, found.listing.provider.name):
        return False
    if wanted.host is not None and not fnmatchcase(wanted.host, found.endpoint.host):
        return False
    return found.endpoint.path == wanted.path


def nearest(listings: Mapping[str, Listing], method: str, path: str) -> tuple[str, ...]:
    known = [f"{one.endpoint.method} {one.endpoint.path}" for one in _all(listings.values())]
    return closest(f"{method} {path}", known) or tuple(known[:3])
