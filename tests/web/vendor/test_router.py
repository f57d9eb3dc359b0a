"""From method, host and path to an operation: every way in, and what comes nearest otherwise."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import BoundProvider, Endpoint
from mockserver.web.vendor.router import UnknownPath, VendorRoute, find_route

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
        ("finish", "POST", "*.uc1.ccaiplatform.com", "/apps/v1/calls/{call_id}/finish"),
        ("show", "GET", "*.uc1.ccaiplatform.com", "/apps/v1/calls/{call_id}"),
        ("plan", "POST", "*.uc1.ccaiplatform.com", "/apps/v1/calls/planned"),
    ),
    "innocalls": (("door", "GET", "api.innocalls.com", "/"),),
}


@pytest.fixture(scope="module")
def listings(configuration: Configuration) -> Mapping[str, BoundProvider]:
    return known(configuration)


def known(configuration: Configuration) -> Mapping[str, BoundProvider]:
    """Mobtexting, a vendor with two hosts, one whose customers have their own, one at `/`."""
    mine = configuration.providers["mobtexting"]

    def other(name: str, places: tuple[tuple[str, str, str, str], ...]) -> BoundProvider:
        model = mine.provider.endpoints[0]
        endpoints = tuple(Endpoint(*place, model.rules, model.respond) for place in places)
        return mine._replace(provider=mine.provider._replace(name=name, endpoints=endpoints))

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
        # a vendor's own door
        ("GET", HERE, "/innocalls", ("innocalls", "door")),
        ("GET", HERE, "/innocalls/", ("innocalls", "door")),
        ("GET", HERE, "/innocalls/api.innocalls.com", ("innocalls", "door")),
        ("GET", HERE, "/innocalls/api.innocalls.com/", ("innocalls", "door")),
        ("GET", "api.innocalls.com", "/", ("innocalls", "door")),
        # one path part each, and what is spelled out comes first
        ("GET", HERE, "/apps/v1/calls/7", ("ccai", "show")),
        ("POST", HERE, "/ccai/apps/v1/calls/7/finish", ("ccai", "finish")),
        ("POST", HERE, "/apps/v1/calls/planned", ("ccai", "plan")),
        ("GET", HERE, "/apps/v1/calls/planned", ("ccai", "show")),
        ("GET", "acme.uc1.ccaiplatform.com", "/apps/v1/calls/7", ("ccai", "show")),
    ],
)
def test_find_an_operation(
    listings: Mapping[str, BoundProvider],
    method: str,
    host: str,
    path: str,
    expected: tuple[str, str],
) -> None:
    found = find_route(listings, method, host, path)
    assert isinstance(found, VendorRoute)
    told = (found.bound.provider.name, found.endpoint.operation)
    assert (told, found.allowed_methods) == (expected, ())


@pytest.mark.parametrize(
    ("method", "host", "path", "expected"),
    [
        ("PUT", HERE, C2C, ("mobtexting", ("POST",))),
        ("get", HERE, f"/mobtexting{C2C}", ("mobtexting", ("POST",))),
        ("HEAD", PORTAL, C2C, ("mobtexting", ("POST",))),
        ("DELETE", HERE, "/apps/v1/calls", ("ccai", ("POST", "GET"))),
        ("GET", HERE, "/outbound/create", ("phonon", ("POST", "POST"))),
        ("GET", "bulk-api.phonon.io", "/outbound/create", ("phonon", ("POST",))),
        ("PUT", HERE, "/apps/v1/calls/planned", ("ccai", ("POST", "GET"))),
        ("GET", HERE, "/apps/v1/calls/7/finish", ("ccai", ("POST",))),
        ("POST", HERE, "/innocalls/", ("innocalls", ("GET",))),
    ],
)
def test_find_a_known_path_with_a_wrong_method(
    listings: Mapping[str, BoundProvider], method: str, host: str, path: str, expected: object
) -> None:
    found = find_route(listings, method, host, path)
    assert isinstance(found, VendorRoute)
    assert (found.bound.provider.name, found.allowed_methods) == expected


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
        (HERE, "/apps/v1/calls//finish", "POST /apps/v1/calls/{call_id}/finish"),
        (HERE, "/apps/v1/calls/7/8/finish", "POST /apps/v1/calls/{call_id}/finish"),
    ],
)
def test_find_nothing_names_what_is_near(
    listings: Mapping[str, BoundProvider], host: str, path: str, nearest: str
) -> None:
    found = find_route(listings, "POST", host, path)
    assert isinstance(found, UnknownPath)
    assert found.nearest[0] == nearest


@pytest.mark.parametrize("path", ["", "/", "/mobtexting", "/mobtexting/", "/" + "x" * 100_000])
def test_find_nothing_near_names_the_first_operations(
    listings: Mapping[str, BoundProvider], path: str
) -> None:
    others = {name: one for name, one in listings.items() if name != "innocalls"}
    first = (f"POST {C2C}", "POST /outbound/create", "GET /outbound/status")
    assert find_route(others, "GET", HERE, path) == UnknownPath(nearest=first)


def test_a_vendor_s_host_opens_no_other_vendor_s_path(
    listings: Mapping[str, BoundProvider],
) -> None:
    assert isinstance(find_route(listings, "GET", PORTAL, "/apps/v1/calls"), UnknownPath)
    assert isinstance(find_route(listings, "GET", HERE, "/apps/v1/calls"), VendorRoute)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/apps/v1/calls/7", {"call_id": "7"}),
        ("/apps/v1/calls/a b+ü%2.{x}", {"call_id": "a b+ü%2.{x}"}),
        ("/ccai/apps/v1/calls/7", {"call_id": "7"}),
        ("/ccai/acme.uc1.ccaiplatform.com/apps/v1/calls/7", {"call_id": "7"}),
        ("/apps/v1/calls", {}),
    ],
)
def test_parts_of_the_path_are_fields(
    listings: Mapping[str, BoundProvider], path: str, fields: Mapping[str, str]
) -> None:
    found = find_route(listings, "GET", HERE, path)
    assert isinstance(found, VendorRoute)
    assert found.path_fields == fields


@given(st.from_regex(r"[^/]+", fullmatch=True))
def test_whatever_stands_in_a_part_is_its_value(configuration: Configuration, part: str) -> None:
    found = find_route(known(configuration), "GET", HERE, f"/apps/v1/calls/{part}")
    assert isinstance(found, VendorRoute)
    assert (found.endpoint.operation, found.path_fields) == ("show", {"call_id": part})


def sharing(configuration: Configuration, hosts: tuple[str, ...]) -> Mapping[str, BoundProvider]:
    """A vendor with three operations at one path, told apart by `kind`."""
    mine = configuration.providers["mobtexting"]
    model = mine.provider.endpoints[0]._replace(path="/calls")
    ends = (
        model._replace(operation="a", host=hosts[0], when=kind("a"), body_limit=5),
        model._replace(operation="b", host=hosts[1], when=kind("b"), body_limit=9),
        model._replace(operation="c", host=hosts[2], when=kind("c"), body_limit=7),
        model._replace(operation="d", method="GET"),
    )
    return {"acme": mine._replace(provider=mine.provider._replace(name="acme", endpoints=ends))}


def kind(name: str) -> Callable[[Request], bool]:
    return lambda request: request.fields.get("kind") == name


@pytest.mark.parametrize(
    ("sent", "operation"), [("a", "a"), ("b", "b"), ("c", "c"), ("x", "c"), (None, "c")]
)
def test_of_several_operations_the_first_that_is_meant_else_the_last(
    configuration: Configuration, sent: object, operation: str
) -> None:
    found = find_route(sharing(configuration, ("h", "h", "h")), "POST", HERE, "/calls")
    assert isinstance(found, VendorRoute)
    assert found.body_limit == 9
    assert (
        found.select_endpoint(
            Request(method="POST", path="/calls", fields={"kind": sent})
        ).operation
        == operation
    )


@pytest.mark.parametrize(
    ("host", "operation", "limit"), [(HERE, "c", 7), ("one", "c", 7), ("two", "b", 9)]
)
def test_operations_on_another_host_share_no_place(
    configuration: Configuration, host: str, operation: str, limit: int
) -> None:
    found = find_route(sharing(configuration, ("one", "two", "one")), "POST", host, "/calls")
    assert isinstance(found, VendorRoute)
    assert found.select_endpoint(Request(method="POST", path="/calls")).operation == operation
    assert found.body_limit == limit


def test_other_listings_are_found_anew(configuration: Configuration) -> None:
    """What has been found out about some listings says nothing of others."""
    assert isinstance(find_route(known(configuration), "GET", HERE, "/apps/v1/calls"), VendorRoute)
    others = {"mobtexting": configuration.providers["mobtexting"]}
    assert isinstance(find_route(others, "GET", HERE, "/apps/v1/calls"), UnknownPath)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_bare_root_is_no_vendor_s(listings: Mapping[str, BoundProvider], method: str) -> None:
    assert isinstance(find_route(listings, method, HERE, "/"), UnknownPath)
