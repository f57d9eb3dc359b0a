"""Every route that takes a body rejects a hostile one in its own format."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from mockserver.config.registry import load_providers
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import all_faults
from mockserver.core.rulebook import RequestContext
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT
from tests.corpus.form_bodies import FORMS
from tests.corpus.json_bodies import BODIES
from tests.support import read
from tests.support.control_routes import ACCOUNT, ROUTE_CASES, STREAM, request_path
from tests.support.edge_site import EdgeSite, build_edge_site, control_state, respond_promptly
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site import HEADERS, read_problem

UNKNOWN_FIELD = "spoilt"
ALL_BODIES = BODIES | FORMS
CHUNKED_BODIES = ("empty", "NaN", "over the limit", "invalid UTF-8", "half a megabyte in a value")

CONTROL_REQUESTS = [
    ("POST", "/_mock/calls/c1/events"),
    ("POST", "/_mock/wait"),
    ("POST", "/_mock/verify"),
    ("PATCH", "/_mock/receivers"),
    ("POST", "/_mock/samples/mobtexting/c2c"),
    ("PUT", "/_mock/clock"),
    ("POST", "/_mock/clock/advance"),
    ("PUT", "/_mock/scenarios/spoilt"),
    ("POST", "/_mock/activations"),
    ("PUT", f"/_mock{ACCOUNT}"),
    ("PUT", "/_mock/accounts/mobtexting/new"),
    ("PATCH", f"/_mock{ACCOUNT}"),
    ("PUT", "/_mock/sandboxes/new"),
    ("POST", "/_mock/sandboxes/default/snapshots"),
    ("PUT", "/_mock/inboxes/mine"),
    ("POST", "/_sandbox/default/_mock/clock/advance"),
]
ROUTES_WITHOUT_BODY = {
    ("POST", "/webhooks/{id}/redeliver"),
    ("POST", "/reset"),
    ("DELETE", "/scenarios/{name}"),
    ("DELETE", "/activations"),
    ("DELETE", "/activations/{id}"),
    ("DELETE", "/sandboxes/{name}"),
    ("DELETE", "/inboxes/{name}"),
}
VENDOR_PATHS = [
    (name, f"{prefix}{bound.provider.endpoints[0].path}")
    for name, bound in load_providers().items()
    for prefix in (f"/{name}", f"/_sandbox/default/{name}")
]
"""The path at which each vendor places calls, with and without a sandbox prefix."""

REQUEST = Request(method="POST", path="/", headers={"accept": "application/json"})
EMPTY_CONTEXT = RequestContext(request=REQUEST, now=0)


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site with a waiting call, an ended call and a webhook."""
    edge = build_edge_site(configuration)
    edge.click_to_call("waits-for-a-person")
    edge.click_to_call()
    edge.advance()
    return edge


async def _split(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 50_000):
        yield body[start : start + 50_000]


def read_routes(edge: EdgeSite) -> Iterator[tuple[str, int, int]]:
    """Request every GET route of the control API, and yield its status and the expected one."""
    for route, case in ROUTE_CASES.items():
        if route[0] == "GET" and route != STREAM and not route[1].startswith("/receive/"):
            path = request_path(route)
            yield path, edge.request("GET", path).status_code, case.status


def failing_routes(edge: EdgeSite) -> list[tuple[str, int, int]]:
    return [route for route in read_routes(edge) if route[1] != route[2]]


def test_the_corpus_has_the_promised_number_of_bodies() -> None:
    assert (len(BODIES) >= 60, len(FORMS) >= 40) == (True, True)


def test_the_table_lists_every_control_route_with_a_body() -> None:
    writing_routes = {
        route for route in ROUTE_CASES if route[0] != "GET" and not route[1].startswith("/receive/")
    }
    tested_routes = {
        route
        for route in writing_routes
        for method, path in CONTROL_REQUESTS
        if method == route[0] and path.endswith(request_path(route).replace("/other", "/spoilt"))
    }
    assert tested_routes | ROUTES_WITHOUT_BODY == writing_routes


@pytest.mark.parametrize(
    ("body_name", "chunked"),
    [*((name, False) for name in ALL_BODIES), *((name, True) for name in CHUNKED_BODIES)],
)
@pytest.mark.parametrize(("method", "path"), CONTROL_REQUESTS)
def test_control_routes_reject_a_hostile_body(
    edge: EdgeSite,
    method: str,
    path: str,
    body_name: str,
    chunked: bool,  # noqa: FBT001
) -> None:
    before = control_state(edge)
    content_type, body = ALL_BODIES[body_name]
    headers = {"content-type": content_type}
    response = respond_promptly(
        lambda: edge.request(
            method, path, headers=headers, content=_split(body) if chunked else body
        )
    )
    expected = 413 if len(body) > DEFAULT_BODY_LIMIT else 422
    assert read_problem(response)[0] == expected
    assert control_state(edge) == before


@pytest.mark.parametrize("body_name", ALL_BODIES)
@pytest.mark.parametrize(("name", "path"), VENDOR_PATHS)
def test_vendors_refuse_a_hostile_body_in_their_own_format(
    edge: EdgeSite, name: str, path: str, body_name: str
) -> None:
    content_type, body = ALL_BODIES[body_name]
    headers = HEADERS | {"content-type": content_type}
    response = respond_promptly(lambda: edge.request("POST", path, headers=headers, content=body))
    calls = len(read.calls(edge.default.state))
    if len(body) > load_providers()[name].provider.endpoints[0].body_limit:
        assert read_problem(response)[:2] == (413, "body-too-large")
    else:
        provider = load_providers()[name].provider
        fault = {fault.name: fault for fault in all_faults(provider)}[
            response.headers["x-mock-fault"]
        ]
        assert response.status_code == fault.status
        assert response.headers["content-type"] == "application/json"
        assert response.json() == provider.refuse((fault,), EMPTY_CONTEXT).body
        assert response.headers["x-mock-explain"]
    assert calls == 2
    assert failing_routes(edge) == []


@pytest.mark.parametrize("body_name", ALL_BODIES)
def test_an_inbox_stores_and_shows_a_hostile_body(edge: EdgeSite, body_name: str) -> None:
    content_type, body = ALL_BODIES[body_name]
    headers = {"content-type": content_type}
    response = edge.request("POST", "/_mock/receive/mine", headers=headers, content=body)
    assert response.status_code == (413 if len(body) > DEFAULT_BODY_LIMIT else 200)
    assert failing_routes(edge) == []
    received = edge.get_json("/_mock/inboxes/mine")["received"]
    assert len(received) == int(len(body) <= DEFAULT_BODY_LIMIT)


@pytest.mark.parametrize("body_name", BODIES)
@pytest.mark.parametrize("encoding", ["fields", "form", "query"])
def test_hostile_text_in_a_field_can_be_shown(
    edge: EdgeSite, body_name: str, encoding: str
) -> None:
    """The field is one that no vendor knows."""
    text = BODIES[body_name][1][:1_000].decode("latin-1")
    options: dict[str, Any] = {
        "fields": {"json": {**CLICK_TO_CALL, UNKNOWN_FIELD: {text: [text]}}},
        "form": {"data": {**CLICK_TO_CALL, UNKNOWN_FIELD: text, text: UNKNOWN_FIELD}},
        "query": {"params": {**CLICK_TO_CALL, UNKNOWN_FIELD: text}},
    }[encoding]
    assert edge.request("POST", "/api/v2/voice/c2c", headers=HEADERS, **options).status_code == 200
    edge.advance()
    assert failing_routes(edge) == []


@pytest.mark.parametrize("field", ["bridge", "mid", "variables", "extra", "access_token"])
def test_a_file_uploaded_in_place_of_text_can_be_shown(edge: EdgeSite, field: str) -> None:
    """Accepted or refused, the request can be read on every control route and explained."""
    files = {field: ("a.bin", b"\x00\xff\xfe", "image/png")}
    data = {name: value for name, value in CLICK_TO_CALL.items() if name != field}
    response = edge.request("POST", "/api/v2/voice/c2c", headers=HEADERS, data=data, files=files)
    assert response.status_code in (200, 422)
    edge.advance()
    assert failing_routes(edge) == []
    name = response.headers["x-mock-request"]
    assert edge.request("GET", f"/_mock/explain/{name}").status_code == 200


def test_a_sandbox_still_plays_calls_after_every_hostile_body(configuration: Configuration) -> None:
    edge = build_edge_site(configuration._replace(seed="after all"))
    for content_type, body in ALL_BODIES.values():
        headers = {**HEADERS, "content-type": content_type}
        edge.request("POST", "/api/v2/voice/c2c", headers=headers, content=body)
    assert edge.click_to_call().status_code == 200
    edge.advance()
    [call] = edge.get_json("/_mock/calls")["calls"]
    assert call["outcome"] == "completed"
