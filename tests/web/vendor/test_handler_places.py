"""Where a request gets to: parts of paths as fields, operations that share a place, a door at /."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import BoundProvider, Endpoint, EndpointResult
from mockserver.core.rulebook import RequestContext
from tests.support.site_client import SiteClient, build_site_client, read_problem

HOST = "api.acme.test"
BROWSER = {"accept": "text/html"}


def told(case: RequestContext) -> EndpointResult:
    """Answers with what it was asked."""
    return EndpointResult(response=Response(status=200, body={**case.fields}))


def at(operation: str, place: str, **more: Any) -> Endpoint:
    method, path = place.split()
    return Endpoint(
        operation=operation, method=method, host=HOST, path=path, rules=(), respond=told, **more
    )


def small(request: Request) -> bool:
    return request.fields.get("kind") == "small"


def named(operation: str) -> Any:
    return lambda _: EndpointResult(response=Response(status=200, body={"operation": operation}))


PLACES = (
    at("door", "GET /"),
    at("show", "POST /calls/{id}/show"),
    at("small", "POST /calls", when=small, body_limit=40)._replace(respond=named("small")),
    at("large", "POST /calls", body_limit=400)._replace(respond=named("large")),
)


@pytest.fixture
def acme(configuration: Configuration) -> SiteClient:
    """A site with one vendor more."""
    mine = configuration.providers["mobtexting"]
    provider = mine.provider._replace(name="acme", endpoints=PLACES)
    checks = {one.operation: lambda _: () for one in PLACES}
    listing: BoundProvider = mine._replace(provider=provider, checks=checks)
    return build_site_client(
        configuration._replace(providers={"mobtexting": mine, "acme": listing})
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
def test_parts_of_the_path_are_fields(
    acme: SiteClient, path: str, fields: Mapping[str, str]
) -> None:
    assert acme.request("POST", path).json() == fields


def test_no_body_says_otherwise_than_the_path(acme: SiteClient) -> None:
    answer = acme.request("POST", "/calls/7/show", json={"id": 8, "x": 1})
    assert answer.json() == {"id": "7", "x": 1}


def test_parts_of_the_path_stand_on_record(acme: SiteClient) -> None:
    acme.request("POST", "/calls/7/show")
    [asked] = acme.get_json("/_mock/requests")["requests"]
    assert (asked["operation"], asked["path"]) == ("show", "/calls/7/show")


@pytest.mark.parametrize(
    ("sent", "operation"), [({"kind": "small"}, "small"), ({"kind": "x"}, "large"), ({}, "large")]
)
def test_one_of_several_operations_at_a_place(
    acme: SiteClient, sent: Mapping[str, str], operation: str
) -> None:
    assert acme.request("POST", "/calls", json=sent).json() == {"operation": operation}
    [asked] = acme.get_json("/_mock/requests")["requests"]
    assert asked["operation"] == operation


@pytest.mark.parametrize(("size", "status"), [(400, 200), (401, 413)])
def test_at_one_place_the_largest_limit_holds(acme: SiteClient, size: int, status: int) -> None:
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
def test_a_vendor_s_door_opens_to_whoever_names_it(
    acme: SiteClient, path: str, host: str, accept: str
) -> None:
    answer = acme.request("GET", f"{path}?x=1", headers={"host": host, "accept": accept})
    assert answer.json() == {"x": "1"}


def test_the_bare_door_is_ours_for_a_browser(acme: SiteClient) -> None:
    answer = acme.request("GET", "/?x=1", headers=BROWSER)
    assert "Emulated here" in answer.text


def test_the_bare_door_is_nobody_s_for_a_program(acme: SiteClient) -> None:
    assert read_problem(acme.request("GET", "/?x=1"))[:2] == (404, "unknown path")
