"""From method, host and path to an operation: every way in, and what comes nearest otherwise."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mockserver.core.provider import Endpoint, Listing
from mockserver.engine.store import World
from mockserver.web.routing import Found, Unknown, find

HERE = "localhost:8080"
C2C = "/api/v2/voice/c2c"
PORTAL = "portal.mobtexting.com"
MINE = ("mobtexting", "c2c")

PLACES = {
    "phonon": (
        ("call", "POST", "central-api.phonon.io", "/outbound/create"),
        ("bulk", "POST", "bulk-api.phonon.io", "/outbound/create"),
        ("bulk-status", "GET", "bulk-api.phonon.io", "/outbound/status"),
    ),
    "ccai": (
        ("create", "POST", "*.uc1.ccaiplatform.com", "/apps/v1/calls"),
        ("list", "GET", "*.uc1.ccaiplatform.com", "/apps/v1/calls"),
        ("c2c", "GET", "*.uc1.ccaiplatform.com", C2C),
    ),
}


@pytest.fixture(scope="module")
def listings(world: World) -> Mapping[str, Listing]:
    """Mobtexting, a vendor with two hosts, and one whose customers have hosts of their own."""
    mine = world.listings["mobtexting"]

    def other(name: str, places: tuple[tuple[str, str, str, str], ...]) -> Listing:
        model = mine.provider.endpoints[0]
        endpoints = tuple(Endpoint(*place, model.rules, model.answer) for place in places)
        return replace(mine, provider=replace(mine.provider, name=name, endpoints=endpoints))

    return {"mobtexting": mine, **{name: other(name, places) for name, places in PLACES.items()}}


@pytest.mark.parametrize(
    ("method", "host", "path", "expected"),
    [
        # native path
        ("POST", HERE, C2C, MINE),
        ("POST", "", C2C, MINE),
        ("POST", "[::1]:8080", C2C, MINE),
        ("POST", "[::1]", C2C, MINE),
        ("POST", HERE, "/outbound/create", ("phonon", "call")),
        ("GET", HERE, "/outbound/status", ("phonon", "bulk-status")),
        ("GET", HERE, "/apps/v1/calls", ("ccai", "list")),
        # the method decides between vendors that share a path
        ("GET", HERE, C2C, ("ccai", "c2c")),
        # prefix
        ("POST", HERE, f"/mobtexting{C2C}", MINE),
        ("POST", HERE, "/phonon/outbound/create", ("phonon", "call")),
        # a prefix outweighs the Host header
        ("POST", "bulk-api.phonon.io", f"/mobtexting{C2C}", MINE),
        # prefix and host
        ("POST", HERE, f"/mobtexting/{PORTAL}{C2C}", MINE),
        ("POST", HERE, "/phonon/central-api.phonon.io/outbound/create", ("phonon", "call")),
        ("POST", HERE, "/phonon/bulk-api.phonon.io/outbound/create", ("phonon", "bulk")),
        ("POST", HERE, "/ccai/acme.uc1.ccaiplatform.com/apps/v1/calls", ("ccai", "create")),
        # Host header
        ("POST", PORTAL, C2C, MINE),
        ("POST", f"{PORTAL}:8080", C2C, MINE),
        ("POST", "Portal.MobTexting.COM:443", C2C, MINE),
        ("POST", "bulk-api.phonon.io", "/outbound/create", ("phonon", "bulk")),
        ("GET", "acme.uc1.ccaiplatform.com", "/apps/v1/calls", ("ccai", "list")),
        ("GET", "ACME.uc1.ccaiplatform.com:443", C2C, ("ccai", "c2c")),
    ],
)
def test_find_an_operation(
    listings: Mapping[str, Listing], method: str, host: str, path: str, expected: tuple[str, str]
) -> None:
    found = find(listings, method, host, path)
    assert isinstance(found, Found)
    told = (found.listing.provider.name, found.endpoint.operation)
    assert (told, found.allowed) == (expected, ())


@pytest.mark.parametrize(
    ("method", "host", "path", "expected"),
    [
        ("PUT", HERE, C2C, ("mobtexting", ("POST",))),
        ("get", HERE, f"/mobtexting{C2C}", ("mobtexting", ("POST",))),
        ("HEAD", PORTAL, C2C, ("mobtexting", ("POST",))),
        ("DELETE", HERE, "/apps/v1/calls", ("ccai", ("POST", "GET"))),
        ("GET", HERE, "/outbound/create", ("phonon", ("POST", "POST"))),
        ("GET", "bulk-api.phonon.io", "/outbound/create", ("phonon", ("POST",))),
    ],
)
def test_find_a_known_path_with_a_wrong_method(
    listings: Mapping[str, Listing], method: str, host: str, path: str, expected: object
) -> None:
    found = find(listings, method, host, path)
    assert isinstance(found, Found)
    assert (found.listing.provider.name, found.allowed) == expected


@pytest.mark.parametrize(
    ("host", "path", "nearest"),
    [
        (HERE, f"{C2C}/", f"POST {C2C}"),
        (HERE, f"/{C2C}", f"POST {C2C}"),
        (HERE, C2C.upper(), f"POST {C2C}"),
        (HERE, "/api/v2/voice//c2c", f"POST {C2C}"),
        (HERE, "/api/v2/voice/c2b", f"POST {C2C}"),
        (HERE, f"/mobtexting{C2C}x", f"POST {C2C}"),
        (HERE, f"/mobtexting/{C2C}", f"POST {C2C}"),
        (HERE, f"//mobtexting{C2C}", f"POST {C2C}"),
        (HERE, f"/phonon/{PORTAL}{C2C}", f"POST {C2C}"),
        (HERE, "/mobtexting/outbound/create", "POST /outbound/create"),
        ("bulk-api.phonon.io", C2C, f"POST {C2C}"),
    ],
)
def test_find_nothing_names_what_is_near(
    listings: Mapping[str, Listing], host: str, path: str, nearest: str
) -> None:
    found = find(listings, "POST", host, path)
    assert isinstance(found, Unknown)
    assert found.nearest[0] == nearest


@pytest.mark.parametrize("path", ["", "/", "/mobtexting", "/mobtexting/", "/" + "x" * 100_000])
def test_find_nothing_near_names_the_first_operations(
    listings: Mapping[str, Listing], path: str
) -> None:
    first = (f"POST {C2C}", "POST /outbound/create", "POST /outbound/create")
    assert find(listings, "GET", HERE, path) == Unknown(first)


def test_a_vendor_s_host_opens_no_other_vendor_s_path(listings: Mapping[str, Listing]) -> None:
    assert isinstance(find(listings, "GET", PORTAL, "/apps/v1/calls"), Unknown)
    assert isinstance(find(listings, "GET", HERE, "/apps/v1/calls"), Found)
