"""From method, host and path to an operation: every way in, and what comes nearest otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from mockserver.core.http import Reply, Request
from mockserver.core.provider import Endpoint, Listing, Outcome
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
    first = (f"POST {C2C}", "POST /outbound/create", "GET /outbound/status")
    assert find(listings, "GET", HERE, path) == Unknown(first)


def test_a_vendor_s_host_opens_no_other_vendor_s_path(listings: Mapping[str, Listing]) -> None:
    assert isinstance(find(listings, "GET", PORTAL, "/apps/v1/calls"), Unknown)
    assert isinstance(find(listings, "GET", HERE, "/apps/v1/calls"), Found)


def at(path: str, operation: str, **more: Any) -> Endpoint:
    return Endpoint(operation, "POST", "h.test", path, (), lambda _: Outcome(Reply(200)), **more)


def sole(*endpoints: Endpoint, listings: Mapping[str, Listing]) -> dict[str, Listing]:
    one = listings["mobtexting"]
    provider = replace(one.provider, name="p", endpoints=endpoints)
    return {"p": replace(one, provider=provider)}


@pytest.mark.parametrize(
    ("path", "operation", "fields"),
    [
        ("/calls", "list", {}),
        ("/calls/7", "read", {"id": "7"}),
        ("/calls/a b", "read", {"id": "a b"}),
        ("/calls/7/flags/x", "flag", {"id": "7", "name": "x"}),
        ("/calls/scheduled", "booked", {}),
    ],
)
def test_find_with_parts_that_stand_for_something(
    listings: Mapping[str, Listing], path: str, operation: str, fields: dict[str, str]
) -> None:
    known = sole(
        at("/calls", "list"),
        at("/calls/scheduled", "booked"),
        at("/calls/{id}", "read"),
        at("/calls/{id}/flags/{name}", "flag"),
        listings=listings,
    )
    found = find(known, "POST", HERE, f"/p{path}")
    assert isinstance(found, Found)
    assert (found.endpoint.operation, found.fields) == (operation, fields)


@pytest.mark.parametrize("path", ["/calls/", "/calls//flags/x", "/calls/7/8"])
def test_find_nothing_where_a_part_is_empty_or_too_many(
    listings: Mapping[str, Listing], path: str
) -> None:
    known = sole(at("/calls/{id}", "read"), at("/calls/{id}/flags/{name}", "f"), listings=listings)
    assert isinstance(find(known, "POST", HERE, f"/p{path}"), Unknown)


def test_meant_is_the_first_whose_condition_holds_else_the_last(
    listings: Mapping[str, Listing],
) -> None:
    def says(word: str) -> Any:
        return lambda request: request.fields.get("type") == word

    known = sole(
        at("/calls", "one", when=says("1"), body_limit=5),
        at("/other", "other"),
        at("/calls", "two", when=says("2"), body_limit=9),
        at("/calls", "three", when=says("3"), body_limit=7),
        listings=listings,
    )
    found = find(known, "POST", HERE, "/p/calls")
    assert isinstance(found, Found)
    asked = [found.meant(Request("POST", "/", fields={"type": one})) for one in "1234"]
    assert [one.operation for one in asked] == ["one", "two", "three", "three"]
    assert found.body_limit == 9
