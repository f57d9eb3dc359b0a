"""Method, host and path select an operation, or yield the nearest ones."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.web.router import Router, UnknownPath, VendorRoute

LOCALHOST = "localhost:8080"
C2C = "/api/v2/voice/c2c"
PORTAL = "portal.mobtexting.com"
MOBTEXTING = ("mobtexting", "c2c")

ENDPOINTS = {
    "phonon": (
        ("call", "POST", "central-api.phonon.io", "/outbound/create"),
        ("bulk", "POST", "bulk-api.phonon.io", "/outbound/create"),
        ("bulk-status", "GET", "bulk-api.phonon.io", "/outbound/status"),
    ),
    "ccai": (
        ("create", "POST", "*.uc1.ccaiplatform.com", "/apps/v1/calls"),
        ("list", "GET", "*.uc1.ccaiplatform.com", "/apps/v1/calls"),
        ("c2c", "PATCH", "*.uc1.ccaiplatform.com", C2C),
        ("finish", "POST", "*.uc1.ccaiplatform.com", "/apps/v1/calls/{call_id}/finish"),
        ("show", "GET", "*.uc1.ccaiplatform.com", "/apps/v1/calls/{call_id}"),
        ("plan", "POST", "*.uc1.ccaiplatform.com", "/apps/v1/calls/planned"),
    ),
    "innocalls": (("door", "GET", "api.innocalls.com", "/"),),
}


@pytest.fixture(scope="module")
def providers(configuration: Configuration) -> Mapping[str, BoundProvider]:
    return build_providers(configuration)


def build_providers(configuration: Configuration) -> Mapping[str, BoundProvider]:
    """Build Mobtexting, and vendors with two hosts, with a host per customer, and at `/`."""
    mobtexting = configuration.providers["mobtexting"]

    def build_provider(name: str, routes: tuple[tuple[str, str, str, str], ...]) -> BoundProvider:
        template = mobtexting.provider.endpoints[0]
        endpoints = tuple(
            template._replace(operation=operation, method=method, host=host, path=path)
            for operation, method, host, path in routes
        )
        return mobtexting._replace(
            provider=mobtexting.provider._replace(name=name, endpoints=endpoints)
        )

    return {
        "mobtexting": mobtexting,
        **{name: build_provider(name, routes) for name, routes in ENDPOINTS.items()},
    }


@pytest.mark.parametrize(
    ("method", "host", "path", "expected"),
    [
        # native path
        ("POST", LOCALHOST, C2C, MOBTEXTING),
        ("POST", "", C2C, MOBTEXTING),
        ("POST", "[::1]:8080", C2C, MOBTEXTING),
        ("POST", "[::1]", C2C, MOBTEXTING),
        ("POST", LOCALHOST, "/outbound/create", ("phonon", "call")),
        ("GET", LOCALHOST, "/outbound/status", ("phonon", "bulk-status")),
        ("GET", LOCALHOST, "/apps/v1/calls", ("ccai", "list")),
        # the method decides between vendors that share a path
        ("PATCH", LOCALHOST, C2C, ("ccai", "c2c")),
        # prefix
        ("POST", LOCALHOST, f"/mobtexting{C2C}", MOBTEXTING),
        ("POST", LOCALHOST, "/phonon/outbound/create", ("phonon", "call")),
        # a prefix takes precedence over the Host header
        ("POST", "bulk-api.phonon.io", f"/mobtexting{C2C}", MOBTEXTING),
        # prefix and host
        ("POST", LOCALHOST, f"/mobtexting/{PORTAL}{C2C}", MOBTEXTING),
        ("POST", LOCALHOST, "/phonon/central-api.phonon.io/outbound/create", ("phonon", "call")),
        ("POST", LOCALHOST, "/phonon/bulk-api.phonon.io/outbound/create", ("phonon", "bulk")),
        ("POST", LOCALHOST, "/ccai/acme.uc1.ccaiplatform.com/apps/v1/calls", ("ccai", "create")),
        # Host header
        ("POST", PORTAL, C2C, MOBTEXTING),
        ("POST", f"{PORTAL}:8080", C2C, MOBTEXTING),
        ("POST", "Portal.MobTexting.COM:443", C2C, MOBTEXTING),
        ("POST", "bulk-api.phonon.io", "/outbound/create", ("phonon", "bulk")),
        ("GET", "acme.uc1.ccaiplatform.com", "/apps/v1/calls", ("ccai", "list")),
        ("PATCH", "ACME.uc1.ccaiplatform.com:443", C2C, ("ccai", "c2c")),
        # a vendor's root path
        ("GET", LOCALHOST, "/innocalls", ("innocalls", "door")),
        ("GET", LOCALHOST, "/innocalls/", ("innocalls", "door")),
        ("GET", LOCALHOST, "/innocalls/api.innocalls.com", ("innocalls", "door")),
        ("GET", LOCALHOST, "/innocalls/api.innocalls.com/", ("innocalls", "door")),
        ("GET", "api.innocalls.com", "/", ("innocalls", "door")),
        # a path parameter is one segment, and literal segments take precedence
        ("GET", LOCALHOST, "/apps/v1/calls/7", ("ccai", "show")),
        ("POST", LOCALHOST, "/ccai/apps/v1/calls/7/finish", ("ccai", "finish")),
        ("POST", LOCALHOST, "/apps/v1/calls/planned", ("ccai", "plan")),
        ("GET", LOCALHOST, "/apps/v1/calls/planned", ("ccai", "show")),
        ("GET", "acme.uc1.ccaiplatform.com", "/apps/v1/calls/7", ("ccai", "show")),
    ],
)
def test_a_request_is_routed_to_an_operation_by_method_host_and_path(
    providers: Mapping[str, BoundProvider],
    method: str,
    host: str,
    path: str,
    expected: tuple[str, str],
) -> None:
    route = Router(providers).find(method, host, path)
    assert isinstance(route, VendorRoute)
    selected = (route.bound.provider.name, route.endpoint.operation)
    assert (selected, route.allowed_methods) == (expected, ())


@pytest.mark.parametrize(
    ("method", "host", "path", "expected"),
    [
        ("PUT", LOCALHOST, C2C, ("mobtexting", ("POST", "GET"))),
        ("get", LOCALHOST, f"/mobtexting{C2C}", ("mobtexting", ("POST", "GET"))),
        ("HEAD", PORTAL, C2C, ("mobtexting", ("POST", "GET"))),
        ("DELETE", LOCALHOST, "/apps/v1/calls", ("ccai", ("POST", "GET"))),
        ("GET", LOCALHOST, "/outbound/create", ("phonon", ("POST",))),
        ("GET", "bulk-api.phonon.io", "/outbound/create", ("phonon", ("POST",))),
        ("PUT", LOCALHOST, "/apps/v1/calls/planned", ("ccai", ("POST", "GET"))),
        ("GET", LOCALHOST, "/apps/v1/calls/7/finish", ("ccai", ("POST",))),
        ("POST", LOCALHOST, "/innocalls/", ("innocalls", ("GET",))),
    ],
)
def test_a_wrong_method_yields_the_allowed_methods_of_the_vendor(
    providers: Mapping[str, BoundProvider], method: str, host: str, path: str, expected: object
) -> None:
    route = Router(providers).find(method, host, path)
    assert isinstance(route, VendorRoute)
    assert (route.bound.provider.name, route.allowed_methods) == expected


@pytest.mark.parametrize(
    ("host", "path", "nearest"),
    [
        (LOCALHOST, f"{C2C}/", f"POST {C2C}"),
        (LOCALHOST, f"/{C2C}", f"POST {C2C}"),
        (LOCALHOST, C2C.upper(), f"POST {C2C}"),
        (LOCALHOST, "/api/v2/voice//c2c", f"POST {C2C}"),
        (LOCALHOST, "/api/v2/voice/c2b", f"POST {C2C}"),
        (LOCALHOST, f"/mobtexting{C2C}x", f"POST {C2C}"),
        (LOCALHOST, f"/mobtexting/{C2C}", f"POST {C2C}"),
        (LOCALHOST, f"//mobtexting{C2C}", f"POST {C2C}"),
        (LOCALHOST, f"/phonon/{PORTAL}{C2C}", f"POST {C2C}"),
        (LOCALHOST, "/mobtexting/outbound/create", "POST /outbound/create"),
        ("bulk-api.phonon.io", C2C, f"POST {C2C}"),
        (LOCALHOST, "/apps/v1/calls//finish", "POST /apps/v1/calls/{call_id}/finish"),
        (LOCALHOST, "/apps/v1/calls/7/8/finish", "POST /apps/v1/calls/{call_id}/finish"),
    ],
)
def test_an_unknown_path_names_the_nearest_operation(
    providers: Mapping[str, BoundProvider], host: str, path: str, nearest: str
) -> None:
    route = Router(providers).find("POST", host, path)
    assert isinstance(route, UnknownPath)
    assert route.nearest[0] == nearest


@pytest.mark.parametrize("path", ["", "/", "/mobtexting", "/mobtexting/", "/" + "x" * 100_000])
def test_a_path_near_no_operation_names_the_first_operations(
    providers: Mapping[str, BoundProvider], path: str
) -> None:
    others = {name: bound for name, bound in providers.items() if name != "innocalls"}
    first = (f"POST {C2C}", f"GET {C2C}", "POST /outbound/create")
    assert Router(others).find("GET", LOCALHOST, path) == UnknownPath(nearest=first)


def test_a_vendor_host_does_not_serve_the_paths_of_another_vendor(
    providers: Mapping[str, BoundProvider],
) -> None:
    assert isinstance(Router(providers).find("GET", PORTAL, "/apps/v1/calls"), UnknownPath)
    assert isinstance(Router(providers).find("GET", LOCALHOST, "/apps/v1/calls"), VendorRoute)


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
def test_path_parameters_are_returned_as_fields(
    providers: Mapping[str, BoundProvider], path: str, fields: Mapping[str, str]
) -> None:
    route = Router(providers).find("GET", LOCALHOST, path)
    assert isinstance(route, VendorRoute)
    assert route.path_fields == fields


@given(st.from_regex(r"[^/]+", fullmatch=True))
def test_any_text_without_a_slash_is_the_value_of_a_path_parameter(
    configuration: Configuration, text: str
) -> None:
    route = Router(build_providers(configuration)).find("GET", LOCALHOST, f"/apps/v1/calls/{text}")
    assert isinstance(route, VendorRoute)
    assert (route.endpoint.operation, route.path_fields) == ("show", {"call_id": text})


def build_providers_at_one_path(
    configuration: Configuration, hosts: tuple[str, ...]
) -> Mapping[str, BoundProvider]:
    """Build a vendor with three operations at one path, selected by the field `kind`."""
    mobtexting = configuration.providers["mobtexting"]
    template = mobtexting.provider.endpoints[0]._replace(path="/calls")
    endpoints = (
        template._replace(operation="a", host=hosts[0], when=has_kind("a"), body_limit=5),
        template._replace(operation="b", host=hosts[1], when=has_kind("b"), body_limit=9),
        template._replace(operation="c", host=hosts[2], when=has_kind("c"), body_limit=7),
        template._replace(operation="d", method="GET"),
    )
    return {
        "acme": mobtexting._replace(
            provider=mobtexting.provider._replace(name="acme", endpoints=endpoints)
        )
    }


def has_kind(name: str) -> Callable[[Request], bool]:
    return lambda request: request.fields.get("kind") == name


@pytest.mark.parametrize(
    ("sent", "operation"), [("a", "a"), ("b", "b"), ("c", "c"), ("x", "c"), (None, "c")]
)
def test_the_first_operation_whose_condition_holds_is_selected_else_the_last(
    configuration: Configuration, sent: object, operation: str
) -> None:
    route = Router(build_providers_at_one_path(configuration, ("h", "h", "h"))).find(
        "POST", LOCALHOST, "/calls"
    )
    assert isinstance(route, VendorRoute)
    assert route.body_limit == 9
    assert (
        route.select_endpoint(
            Request(method="POST", path="/calls", fields={"kind": sent})
        ).operation
        == operation
    )


@pytest.mark.parametrize(
    ("host", "operation", "limit"), [(LOCALHOST, "c", 7), ("one", "c", 7), ("two", "b", 9)]
)
def test_operations_on_different_hosts_do_not_share_a_path(
    configuration: Configuration, host: str, operation: str, limit: int
) -> None:
    route = Router(build_providers_at_one_path(configuration, ("one", "two", "one"))).find(
        "POST", host, "/calls"
    )
    assert isinstance(route, VendorRoute)
    assert route.select_endpoint(Request(method="POST", path="/calls")).operation == operation
    assert route.body_limit == limit


def test_routes_are_not_shared_between_different_providers(configuration: Configuration) -> None:
    """Routes found for some providers do not apply to others."""
    assert isinstance(
        Router(build_providers(configuration)).find("GET", LOCALHOST, "/apps/v1/calls"), VendorRoute
    )
    others = {"mobtexting": configuration.providers["mobtexting"]}
    assert isinstance(Router(others).find("GET", LOCALHOST, "/apps/v1/calls"), UnknownPath)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_root_path_belongs_to_no_vendor(
    providers: Mapping[str, BoundProvider], method: str
) -> None:
    assert isinstance(Router(providers).find(method, LOCALHOST, "/"), UnknownPath)
