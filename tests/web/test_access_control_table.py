"""Every control route has a line in the table, and its guard is the one that the line says."""

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
from tests.support.edge_site import (
    EdgeSite,
    build_edge_site,
    build_request,
    control_state,
    read_problem,
)
from tests.support.site import ORIGIN

TOKEN = "let-me-in"
BEARER = {"authorization": f"Bearer {TOKEN}"}
Route = tuple[str, str]

SHUT = [route for route, line in ROUTE_CASES.items() if line.guard == GUARDED]
FREE = [route for route, line in ROUTE_CASES.items() if line.guard == OPEN]

# what -> how it is asked on loopback, and the title of the refusal of a guarded route
FOREIGN: dict[str, tuple[dict[str, Any], str]] = {
    "a foreign host": ({"hosts": ["evil.test"]}, "foreign host"),
    "no host": ({"hosts": []}, "foreign host"),
    "an empty host": ({"hosts": [""]}, "foreign host"),
    "two hosts": ({"hosts": ["localhost", "evil.test"]}, "foreign host"),
    "two equal hosts": ({"hosts": ["localhost", "localhost"]}, "foreign host"),
    "a foreign origin": ({"headers": {"origin": "http://evil.test"}}, "foreign origin"),
    "a null origin": ({"headers": {"origin": "null"}}, "foreign origin"),
    "an origin beside a good one": (
        {"headers": [("origin", ORIGIN), ("origin", "http://evil.test")]},
        "foreign origin",
    ),
}
UNTOLD: dict[str, dict[str, Any]] = {
    "no token": {},
    "an empty token": {"authorization": "Bearer "},
    "a wrong token": {"authorization": "Bearer let-me-ins"},
    "a part of the token": {"authorization": "Bearer let-me"},
    "letters that are no ASCII": {"authorization": "Bearer let-me-\xefn".encode()},
    "another scheme": {"authorization": f"Basic {TOKEN}"},
    "no scheme": {"authorization": TOKEN},
    "another header": {"x-mock-token": TOKEN},
}


def furnished(configuration: Configuration, guard: AccessControl | None = None) -> EdgeSite:
    """One of everything: a call that waits, one that is over, a webhook, a scenario, inboxes."""
    edge = build_edge_site(configuration, guard)
    edge.click_to_call("waits-for-a-person")
    edge.click_to_call()
    for method, path, body in (
        ("POST", "/clock/advance", {"until": "idle"}),
        ("PUT", "/scenarios/mine", {"legs": {"callee": "busy"}}),
        ("POST", "/activations", {"scenario": "callee-busy"}),
        ("PUT", "/sandboxes/old", {}),
        ("POST", "/inbox/old", {"a": 1}),
    ):
        answer = edge.request(method, f"/_mock{path}", json=body, headers=BEARER)
        assert answer.is_success, answer.text
    return edge


def names(routes_: list[Route]) -> Any:
    return {"argnames": "route", "argvalues": routes_, "ids": [" ".join(one) for one in routes_]}


async def started(edge: EdgeSite, request: httpx.Request) -> int:
    """The status with which an answer begins that never ends by itself."""
    left, begun = asyncio.Event(), asyncio.Queue[int]()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.put_nowait(message["status"])

    scope = {
        "type": "http",
        "method": request.method,
        "path": request.url.path,
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }
    running: Any = edge.app(scope, receive, send)
    task: asyncio.Task[None] = asyncio.create_task(running)
    status = await begun.get()
    left.set()
    await task
    return status


def status(edge: EdgeSite, route: Route, **more: Any) -> int:
    request = build_request(route[0], request_path(route), **request_content(route), **more)
    if route == STREAM:
        return asyncio.run(started(edge, request))
    return edge.send(request).status_code


def test_the_table_has_exactly_the_routes_that_there_are() -> None:
    there = {(method, route.path) for route in build_routes() for method in route.methods or ()}
    heads = {("HEAD", path) for method, path in ROUTE_CASES if method == "GET"}
    assert there == ROUTE_CASES.keys() | heads


def test_no_route_hides_another() -> None:
    """The first of two that match answers, whatever guard the second has."""
    paths = [(method, request_path((method, path))) for method, path in ROUTE_CASES]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize(**names(list(ROUTE_CASES)))
def test_a_local_program_is_let_in(configuration: Configuration, route: Route) -> None:
    edge = furnished(configuration)
    before = control_state(edge)
    line = ROUTE_CASES[route]
    assert (status(edge, route), control_state(edge) != before) == (line.status, line.changes)


@pytest.mark.parametrize(**names(list(ROUTE_CASES)))
def test_the_right_token_is_let_in(configuration: Configuration, route: Route) -> None:
    edge = furnished(configuration, AccessControl(token=TOKEN))
    before = control_state(edge)
    told = {"headers": BEARER, "hosts": ["mock.test:8080"]}
    line = ROUTE_CASES[route]
    assert (status(edge, route, **told), control_state(edge) != before) == (
        line.status,
        line.changes,
    )


@pytest.mark.parametrize(**names(SHUT))
def test_without_the_token_nothing_is_served_and_nothing_changes(
    configuration: Configuration, route: Route
) -> None:
    edge = furnished(configuration, AccessControl(token=TOKEN))
    before = control_state(edge)
    for headers in UNTOLD.values():
        answer = edge.request(
            route[0], request_path(route), headers=headers, **request_content(route)
        )
        code, title, detail = read_problem(answer)
        assert (code, title, answer.headers["www-authenticate"]) == (401, "token needed", "Bearer")
        assert "MOCKSERVER_TOKEN" in detail
        assert TOKEN not in answer.text
    assert control_state(edge) == before


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize(**names(SHUT))
def test_a_web_page_is_served_nothing_and_changes_nothing(
    configuration: Configuration, route: Route, foreign: str
) -> None:
    edge = furnished(configuration)
    before = control_state(edge)
    how, title = FOREIGN[foreign]
    answer = edge.request(route[0], request_path(route), **request_content(route), **how)
    assert read_problem(answer)[:2] == (403, title)
    assert "access-control-allow-origin" not in answer.headers
    assert control_state(edge) == before


@pytest.mark.parametrize("prefix", ["/_sandbox/never-seen", ""], ids=["prefix", "header"])
@pytest.mark.parametrize(
    ("guard", "how"),
    [
        (AccessControl(token=TOKEN), {"headers": {}}),
        (AccessControl(), FOREIGN["a foreign origin"][0]),
    ],
    ids=["no token", "a foreign origin"],
)
def test_who_is_refused_brings_no_sandbox_about(
    configuration: Configuration, guard: AccessControl, how: dict[str, Any], prefix: str
) -> None:
    edge = build_edge_site(configuration, guard)
    named = {} if prefix else {"x-mock-sandbox": "never-seen"}
    answer = edge.request("GET", f"{prefix}/_mock/calls", headers={**how["headers"], **named})
    assert read_problem(answer)[0] in (401, 403)
    assert [one.name for one in edge.registry] == ["default"]


@pytest.mark.parametrize(**names(FREE))
def test_an_open_route_answers_in_every_case(configuration: Configuration, route: Route) -> None:
    behind, here = furnished(configuration, AccessControl(token=TOKEN)), furnished(configuration)
    told = [status(behind, route, headers=headers) for headers in UNTOLD.values()]
    told += [status(here, route, **how) for how, _ in FOREIGN.values()]
    told += [status(behind, route, **how) for how, _ in FOREIGN.values()]
    assert set(told) == {200}


@pytest.mark.parametrize("route", [one for one in SHUT if one[0] == "GET" and one != STREAM])
def test_head_has_the_guard_of_get(configuration: Configuration, route: Route) -> None:
    behind, here = furnished(configuration, AccessControl(token=TOKEN)), furnished(configuration)
    heads = [
        behind.request("HEAD", request_path(route)).status_code,
        here.request("HEAD", request_path(route), hosts=["evil.test"]).status_code,
        here.request("HEAD", request_path(route)).status_code,
    ]
    assert heads == [401, 403, 200]


def _refused(edge: EdgeSite) -> Iterator[httpx.Response]:
    for path in dict.fromkeys(path for _, path in SHUT):
        for other in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            if (other, path) not in ROUTE_CASES:
                yield edge.request(other, request_path(next(one for one in SHUT if one[1] == path)))


def test_a_method_that_a_route_lacks_is_refused_without_a_token_too(
    configuration: Configuration,
) -> None:
    edge = furnished(configuration, AccessControl(token=TOKEN))
    before = control_state(edge)
    for answer in _refused(edge):
        assert read_problem(answer)[:2] == (405, "method not allowed")
    assert control_state(edge) == before
