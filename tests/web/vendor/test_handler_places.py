"""Requests reach operations with path parameters, at a shared path, or at a vendor's root."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.bound_provider import BoundProvider, no_acceptor
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import RequestContext
from tests.support.site_client import SiteClient, build_site_client

HOST = "api.acme.test"
BROWSER = {"accept": "text/html"}


def respond_with_fields(context: RequestContext) -> EndpointResult:
    """Respond with the fields of the request."""
    return EndpointResult(response=Response(status=200, body={**context.fields}))


def build_endpoint(operation: str, route: str, **more: Any) -> Endpoint:
    method, path = route.split()
    return Endpoint(
        operation=operation,
        method=method,
        host=HOST,
        path=path,
        rules=(),
        respond=respond_with_fields,
        **more,
    )


def is_small(request: Request) -> bool:
    return request.fields.get("kind") == "small"


def respond_with_operation(operation: str) -> Any:
    return lambda _: EndpointResult(response=Response(status=200, body={"operation": operation}))


ENDPOINTS = (
    build_endpoint("door", "GET /"),
    build_endpoint("show", "POST /calls/{id}/show"),
    build_endpoint("small", "POST /calls", when=is_small, body_limit=40)._replace(
        respond=respond_with_operation("small")
    ),
    build_endpoint("large", "POST /calls", body_limit=400)._replace(
        respond=respond_with_operation("large")
    ),
)


@pytest.fixture
def acme(configuration: Configuration) -> SiteClient:
    """A site with an additional vendor."""
    mobtexting = configuration.providers["mobtexting"]
    provider = mobtexting.provider._replace(name="acme", endpoints=ENDPOINTS)
    checks = {endpoint.operation: lambda _: () for endpoint in ENDPOINTS}
    bound: BoundProvider = mobtexting._replace(
        provider=provider, checks=checks, acceptor=no_acceptor
    )
    return build_site_client(
        configuration._replace(providers={"mobtexting": mobtexting, "acme": bound})
    )


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/calls/7/show", {"id": "7"}),
        ("/acme/calls/7/show", {"id": "7"}),
        (f"/acme/{HOST}/calls/7/show", {"id": "7"}),
        ("/_sandbox/t1/acme/calls/7/show", {"id": "7"}),
        ("/calls/a%20b%C3%BC/show", {"id": "a bü"}),
        ("/calls/7/show?id=8&x=1", {"id": "7", "x": "1"}),
    ],
)
def test_path_parameters_are_fields_however_the_vendor_is_reached(
    acme: SiteClient, path: str, fields: Mapping[str, str]
) -> None:
    assert acme.request("POST", path).json() == fields


def test_a_path_parameter_overrides_a_body_field(acme: SiteClient) -> None:
    response = acme.request("POST", "/calls/7/show", json={"id": 8, "x": 1})
    assert response.json() == {"id": "7", "x": 1}


def test_a_request_with_path_parameters_is_recorded_with_its_full_path(acme: SiteClient) -> None:
    acme.request("POST", "/calls/7/show")
    [request] = acme.get_json("/_mock/requests")["requests"]
    assert (request["operation"], request["path"]) == ("show", "/calls/7/show")


@pytest.mark.parametrize(
    ("sent", "operation"), [({"kind": "small"}, "small"), ({"kind": "x"}, "large"), ({}, "large")]
)
def test_fields_select_one_of_several_operations_at_a_path(
    acme: SiteClient, sent: Mapping[str, str], operation: str
) -> None:
    assert acme.request("POST", "/calls", json=sent).json() == {"operation": operation}
    [request] = acme.get_json("/_mock/requests")["requests"]
    assert request["operation"] == operation


@pytest.mark.parametrize(("size", "status"), [(400, 200), (401, 413)])
def test_the_largest_body_limit_of_the_operations_at_a_path_applies(
    acme: SiteClient, size: int, status: int
) -> None:
    body = b'{"kind":"small","x":"' + b"x" * (size - 23) + b'"}'
    assert len(body) == size
    assert acme.request("POST", "/calls", content=body).status_code == status


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/acme", "mock.test"),
        ("/acme/", "mock.test"),
        (f"/acme/{HOST}/", "mock.test"),
        ("/", HOST),
        ("/_sandbox/t1/acme/", "mock.test"),
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_a_root_operation_of_a_vendor_is_reached_by_prefix_or_host(
    acme: SiteClient, path: str, host: str, accept: str
) -> None:
    response = acme.request("GET", f"{path}?x=1", headers={"host": host, "accept": accept})
    assert response.json() == {"x": "1"}


def test_the_root_path_leads_a_browser_to_the_page(acme: SiteClient) -> None:
    response = acme.request("GET", "/?x=1", headers=BROWSER)
    assert (response.status_code, response.headers["location"]) == (303, "/_mock/ui/")


def test_the_root_path_tells_a_program_where_everything_is(acme: SiteClient) -> None:
    assert "control API:" in acme.request("GET", "/?x=1").text
