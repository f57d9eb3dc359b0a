"""Every control route is in the table, and has the access control that the table says."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.access_control import AccessControl
from mockserver.web.control.app import build_routes
from tests.support.control_routes import (
    GUARDED,
    OPEN,
    ROUTE_CASES,
    STREAM,
    request_content,
    request_path,
)
from tests.support.edge_site import EdgeSite, build_edge_site, build_request, control_state
from tests.support.site import ORIGIN, read_problem

TOKEN = "let-me-in"
BEARER = {"authorization": f"Bearer {TOKEN}"}
EXPOSED = AccessControl(token=TOKEN, is_exposed=True)
Route = tuple[str, str]

GUARDED_ROUTES = [route for route, case in ROUTE_CASES.items() if case.access == GUARDED]
OPEN_ROUTES = [route for route, case in ROUTE_CASES.items() if case.access == OPEN]

# name -> request options on loopback, and the kind of a guarded route's problem
FOREIGN: dict[str, tuple[dict[str, Any], str]] = {
    "a foreign host": ({"hosts": ["evil.test"]}, "foreign-host"),
    "no host": ({"hosts": []}, "foreign-host"),
    "an empty host": ({"hosts": [""]}, "foreign-host"),
    "two hosts": ({"hosts": ["localhost", "evil.test"]}, "foreign-host"),
    "two equal hosts": ({"hosts": ["localhost", "localhost"]}, "foreign-host"),
    "a foreign origin": ({"headers": {"origin": "http://evil.test"}}, "foreign-origin"),
    "a null origin": ({"headers": {"origin": "null"}}, "foreign-origin"),
    "an origin beside a good one": (
        {"headers": [("origin", ORIGIN), ("origin", "http://evil.test")]},
        "foreign-origin",
    ),
}
WRONG_TOKENS: dict[str, dict[str, Any]] = {
    "no token": {},
    "an empty token": {"authorization": "Bearer "},
    "a wrong token": {"authorization": "Bearer let-me-ins"},
    "a part of the token": {"authorization": "Bearer let-me"},
    "letters that are no ASCII": {"authorization": "Bearer let-me-\xefn".encode()},
    "another scheme": {"authorization": f"Basic {TOKEN}"},
    "no scheme": {"authorization": TOKEN},
    "another header": {"x-mock-token": TOKEN},
}


def build_filled_site(
    configuration: Configuration, access_control: AccessControl | None = None
) -> EdgeSite:
    """Build a site with calls, a webhook, a scenario, an activation, a sandbox and an inbox."""
    edge = build_edge_site(configuration, access_control)
    edge.click_to_call("waits-for-a-person")
    edge.click_to_call()
    for method, path, body in (
        ("POST", "/clock/advance", {"until": "idle"}),
        ("PUT", "/scenarios/mine", {"legs": {"callee": "busy"}}),
        ("POST", "/activations", {"scenario": "callee-busy"}),
        ("PUT", "/sandboxes/old", {}),
        ("POST", "/receive/old", {"a": 1}),
    ):
        response = edge.request(method, f"/_mock{path}", json=body, headers=BEARER)
        assert response.is_success, response.text
    return edge


def route_parameters(routes: list[Route]) -> Any:
    return {"argnames": "route", "argvalues": routes, "ids": [" ".join(route) for route in routes]}


async def first_status(edge: EdgeSite, request: httpx.Request) -> int:
    """Return the status of a response that never ends by itself."""
    disconnected, statuses = asyncio.Event(), asyncio.Queue[int]()

    async def receive() -> dict[str, Any]:
        await disconnected.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.put_nowait(message["status"])

    scope = {
        "type": "http",
        "method": request.method,
        "path": request.url.path,
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }
    running: Any = edge.app(scope, receive, send)
    task: asyncio.Task[None] = asyncio.create_task(running)
    status = await statuses.get()
    disconnected.set()
    await task
    return status


def request_status(edge: EdgeSite, route: Route, **more: Any) -> int:
    request = build_request(route[0], request_path(route), **request_content(route), **more)
    if route == STREAM:
        return asyncio.run(first_status(edge, request))
    return edge.send(request).status_code


def test_the_table_lists_exactly_the_control_routes() -> None:
    routes = {(method, route.path) for route in build_routes() for method in route.methods or ()}
    head_routes = {("HEAD", path) for method, path in ROUTE_CASES if method == "GET"}
    assert routes == ROUTE_CASES.keys() | head_routes


def test_no_control_route_shadows_another() -> None:
    """The first of two matching routes responds, whatever access control the second has."""
    paths = [(method, request_path((method, path))) for method, path in ROUTE_CASES]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize(**route_parameters(list(ROUTE_CASES)))
def test_a_local_program_may_use_every_control_route(
    configuration: Configuration, route: Route
) -> None:
    edge = build_filled_site(configuration)
    before = control_state(edge)
    case = ROUTE_CASES[route]
    assert (request_status(edge, route), control_state(edge) != before) == (
        case.status,
        case.changes,
    )


@pytest.mark.parametrize(**route_parameters(list(ROUTE_CASES)))
def test_the_right_token_opens_every_control_route(
    configuration: Configuration, route: Route
) -> None:
    edge = build_filled_site(configuration, EXPOSED)
    before = control_state(edge)
    options = {"headers": BEARER, "hosts": ["mock.test:8080"]}
    case = ROUTE_CASES[route]
    assert (request_status(edge, route, **options), control_state(edge) != before) == (
        case.status,
        case.changes,
    )


@pytest.mark.parametrize(**route_parameters(GUARDED_ROUTES))
def test_a_request_without_the_token_gets_401_and_changes_nothing(
    configuration: Configuration, route: Route
) -> None:
    edge = build_filled_site(configuration, EXPOSED)
    before = control_state(edge)
    for headers in WRONG_TOKENS.values():
        response = edge.request(
            route[0], request_path(route), headers=headers, **request_content(route)
        )
        status, kind, detail = read_problem(response)
        assert (status, kind, response.headers["www-authenticate"]) == (
            401,
            "token-required",
            "Bearer",
        )
        assert "MOCKSERVER_TOKEN" in detail
        assert TOKEN not in response.text
    assert control_state(edge) == before


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize(**route_parameters(GUARDED_ROUTES))
def test_a_request_of_a_foreign_web_page_gets_403_and_changes_nothing(
    configuration: Configuration, route: Route, foreign: str
) -> None:
    edge = build_filled_site(configuration)
    before = control_state(edge)
    options, kind = FOREIGN[foreign]
    response = edge.request(route[0], request_path(route), **request_content(route), **options)
    assert read_problem(response)[:2] == (403, kind)
    assert "access-control-allow-origin" not in response.headers
    assert control_state(edge) == before


@pytest.mark.parametrize("prefix", ["/_sandbox/never-seen", ""], ids=["prefix", "header"])
@pytest.mark.parametrize(
    ("access_control", "options"),
    [
        (EXPOSED, {"headers": {}}),
        (AccessControl(), FOREIGN["a foreign origin"][0]),
    ],
    ids=["no token", "a foreign origin"],
)
def test_a_rejected_request_creates_no_sandbox(
    configuration: Configuration,
    access_control: AccessControl,
    options: dict[str, Any],
    prefix: str,
) -> None:
    edge = build_edge_site(configuration, access_control)
    headers = {} if prefix else {"x-mock-sandbox": "never-seen"}
    response = edge.request(
        "GET", f"{prefix}/_mock/calls", headers={**options["headers"], **headers}
    )
    assert read_problem(response)[0] in (401, 403)
    assert [sandbox.name for sandbox in edge.registry] == ["default"]


@pytest.mark.parametrize(**route_parameters(OPEN_ROUTES))
def test_an_open_route_is_served_without_a_token(
    configuration: Configuration, route: Route
) -> None:
    edge = build_filled_site(configuration, EXPOSED)
    statuses = [request_status(edge, route, headers=headers) for headers in WRONG_TOKENS.values()]
    assert set(statuses) == {ROUTE_CASES[route].status}


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize(**route_parameters(OPEN_ROUTES))
def test_of_the_open_routes_only_health_and_probes_are_served_to_foreign_web_pages(
    configuration: Configuration, route: Route, foreign: str
) -> None:
    edge = build_filled_site(configuration)
    before = control_state(edge)
    options, kind = FOREIGN[foreign]
    response = edge.request(route[0], request_path(route), **request_content(route), **options)
    if route[1] in ("/health", "/live", "/ready"):
        assert response.status_code == ROUTE_CASES[route].status
    else:
        assert read_problem(response)[:2] == (403, kind)
    assert control_state(edge) == before


@pytest.mark.parametrize(
    "route", [route for route in GUARDED_ROUTES if route[0] == "GET" and route != STREAM]
)
def test_head_has_the_same_access_control_as_get(
    configuration: Configuration, route: Route
) -> None:
    with_token, local = (
        build_filled_site(configuration, EXPOSED),
        build_filled_site(configuration),
    )
    statuses = [
        with_token.request("HEAD", request_path(route)).status_code,
        local.request("HEAD", request_path(route), hosts=["evil.test"]).status_code,
        local.request("HEAD", request_path(route)).status_code,
    ]
    assert statuses == [401, 403, 200]


def _request_unsupported_methods(edge: EdgeSite) -> Iterator[httpx.Response]:
    for path in dict.fromkeys(path for _, path in GUARDED_ROUTES):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            if (method, path) not in ROUTE_CASES:
                yield edge.request(
                    method,
                    request_path(next(route for route in GUARDED_ROUTES if route[1] == path)),
                )


def test_an_unsupported_method_gets_405_even_without_the_token(
    configuration: Configuration,
) -> None:
    edge = build_filled_site(configuration, EXPOSED)
    before = control_state(edge)
    for response in _request_unsupported_methods(edge):
        assert read_problem(response)[:2] == (405, "method-not-allowed")
    assert control_state(edge) == before
