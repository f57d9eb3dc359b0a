"""Bodies that are no JSON, or hardly: every route that takes one refuses it in its own shape."""

from collections.abc import Iterator
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
from tests.support.edge_site import (
    HEADERS,
    EdgeSite,
    build_edge_site,
    control_state,
    read_problem,
    respond_promptly,
)
from tests.support.simulation import CLICK_TO_CALL

SPOILT = "spoilt"
ALL = BODIES | FORMS
IN_CHUNKS = ("empty", "NaN", "over the limit", "invalid UTF-8", "half a megabyte in a value")

CONTROL = [
    ("POST", "/_mock/calls/c1/events"),
    ("POST", "/_mock/wait"),
    ("PUT", "/_mock/clock"),
    ("POST", "/_mock/clock/advance"),
    ("PUT", "/_mock/scenarios/spoilt"),
    ("POST", "/_mock/activations"),
    ("PUT", f"/_mock{ACCOUNT}"),
    ("PUT", "/_mock/accounts/mobtexting/new"),
    ("PATCH", f"/_mock{ACCOUNT}"),
    ("PUT", "/_mock/sandboxes/new"),
    ("PUT", "/_mock/inboxes/mine"),
    ("POST", "/_sandbox/default/_mock/clock/advance"),
]
BODILESS = {
    ("POST", "/webhooks/{id}/redeliver"),
    ("POST", "/reset"),
    ("DELETE", "/scenarios/{name}"),
    ("DELETE", "/activations"),
    ("DELETE", "/sandboxes/{name}"),
    ("DELETE", "/inboxes/{name}"),
}
VENDORS = [
    (name, f"{prefix}{listing.provider.endpoints[0].path}")
    for name, listing in load_providers().items()
    for prefix in (f"/{name}", f"/_sandbox/default/{name}")
]
"""Where each of them places its calls."""

REQUEST = Request(method="POST", path="/", headers={"accept": "application/json"})
BARE = RequestContext(request=REQUEST, now=0, build_call=lambda *_: None)  # type: ignore[arg-type]


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """With a call on record that waits for somebody, and a webhook."""
    edge = build_edge_site(configuration)
    edge.click_to_call("waits-for-a-person")
    edge.click_to_call()
    edge.advance()
    return edge


async def _chunks_of(body: bytes) -> Any:
    for start in range(0, len(body), 50_000):
        yield body[start : start + 50_000]


def _chunks(body: bytes) -> Any:
    return _chunks_of(body)


def readable(edge: EdgeSite) -> Iterator[tuple[str, int]]:
    """Every GET route of the control API, and its status."""
    for route in ROUTE_CASES:
        if route[0] == "GET" and route != STREAM and not route[1].startswith("/inbox/"):
            yield request_path(route), edge.request("GET", request_path(route)).status_code


def unread(edge: EdgeSite) -> list[tuple[str, int]]:
    return [one for one in readable(edge) if one[1] != 200]


def test_the_corpus_has_as_many_as_promised() -> None:
    assert (len(BODIES) >= 60, len(FORMS) >= 40) == (True, True)


def test_every_route_that_takes_a_body_is_here() -> None:
    writing = {one for one in ROUTE_CASES if one[0] != "GET" and not one[1].startswith("/inbox/")}
    tried = {
        route
        for route in writing
        for method, path in CONTROL
        if method == route[0] and path.endswith(request_path(route).replace("/other", "/spoilt"))
    }
    assert tried | BODILESS == writing


@pytest.mark.parametrize(
    ("hostile", "chunked"),
    [*((name, False) for name in ALL), *((name, True) for name in IN_CHUNKS)],
)
@pytest.mark.parametrize(("method", "path"), CONTROL)
def test_control_routes_refuse_it(
    edge: EdgeSite,
    method: str,
    path: str,
    hostile: str,
    chunked: bool,  # noqa: FBT001
) -> None:
    before = control_state(edge)
    content_type, body = ALL[hostile]
    headers = {"content-type": content_type}
    answer = respond_promptly(
        lambda: edge.request(
            method, path, headers=headers, content=_chunks(body) if chunked else body
        )
    )
    wanted = 413 if len(body) > DEFAULT_BODY_LIMIT else 422
    assert read_problem(answer)[0] == wanted
    assert control_state(edge) == before


@pytest.mark.parametrize("hostile", ALL)
@pytest.mark.parametrize(("name", "path"), VENDORS)
def test_vendors_refuse_it_in_their_own_envelope(
    edge: EdgeSite, name: str, path: str, hostile: str
) -> None:
    content_type, body = ALL[hostile]
    headers = HEADERS | {"content-type": content_type}
    answer = respond_promptly(lambda: edge.request("POST", path, headers=headers, content=body))
    calls = len(read.calls(edge.default.state))
    if len(body) > load_providers()[name].provider.endpoints[0].body_limit:
        assert read_problem(answer)[:2] == (413, "body too large")
    else:
        provider = load_providers()[name].provider
        meant = {one.name: one for one in all_faults(provider)}[answer.headers["x-mock-fault"]]
        assert answer.status_code == meant.status
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == provider.refuse((meant,), BARE).body
        assert answer.headers["x-mock-explain"]
    assert calls == 2
    assert unread(edge) == []


@pytest.mark.parametrize("hostile", ALL)
def test_an_inbox_takes_it_and_can_show_it(edge: EdgeSite, hostile: str) -> None:
    content_type, body = ALL[hostile]
    headers = {"content-type": content_type}
    answer = edge.request("POST", "/_mock/inbox/mine", headers=headers, content=body)
    assert answer.status_code == (413 if len(body) > DEFAULT_BODY_LIMIT else 200)
    assert unread(edge) == []
    received = edge.get_json("/_mock/inboxes/mine")["received"]
    assert len(received) == int(len(body) <= DEFAULT_BODY_LIMIT)


@pytest.mark.parametrize("hostile", BODIES)
@pytest.mark.parametrize("spelled", ["fields", "form", "query"])
def test_it_may_be_a_field_s_value(edge: EdgeSite, hostile: str, spelled: str) -> None:
    """Whatever a client puts into a parameter that nobody knows can be shown again."""
    text = BODIES[hostile][1][:1_000].decode("latin-1")
    told: dict[str, Any] = {
        "fields": {"json": {**CLICK_TO_CALL, SPOILT: {text: [text]}}},
        "form": {"data": {**CLICK_TO_CALL, SPOILT: text, text: SPOILT}},
        "query": {"params": {**CLICK_TO_CALL, SPOILT: text}},
    }[spelled]
    assert edge.request("POST", "/api/v2/voice/c2c", headers=HEADERS, **told).status_code == 200
    edge.advance()
    assert unread(edge) == []


@pytest.mark.parametrize("field", ["bridge", "mid", "variables", "extra", "access_token"])
def test_a_file_in_place_of_a_text_can_be_shown(edge: EdgeSite, field: str) -> None:
    """Refused or not, calls, requests, journal and explanation still read."""
    files = {field: ("a.bin", b"\x00\xff\xfe", "image/png")}
    data = {name: value for name, value in CLICK_TO_CALL.items() if name != field}
    answer = edge.request("POST", "/api/v2/voice/c2c", headers=HEADERS, data=data, files=files)
    assert answer.status_code in (200, 422)
    edge.advance()
    assert unread(edge) == []
    name = answer.headers["x-mock-request"]
    assert edge.request("GET", f"/_mock/explain/{name}").status_code == 200


def test_no_request_of_a_hostile_client_ends_a_sandbox(configuration: Configuration) -> None:
    """All of them to one sandbox, one after another: it still plays a call."""
    edge = build_edge_site(configuration._replace(seed="after all"))
    for content_type, body in ALL.values():
        headers = {**HEADERS, "content-type": content_type}
        edge.request("POST", "/api/v2/voice/c2c", headers=headers, content=body)
    assert edge.click_to_call().status_code == 200
    edge.advance()
    [call] = edge.get_json("/_mock/calls")["calls"]
    assert call["outcome"] == "completed"
