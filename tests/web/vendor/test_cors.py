"""Web pages that `--cors` lists may call the vendors' routes, and no others."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest

from mockserver.app import run_server
from mockserver.core.configuration import Configuration
from mockserver.settings import parse_settings
from mockserver.web.access_control import AccessControl
from tests.support import read
from tests.support.edge_site import EdgeSite, build_edge_site, control_state
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem

PAGE: Final = "http://localhost:3000"
REMOTE_PAGE: Final = "https://app.example.com"
LISTED: Final = AccessControl(cors_origins=(PAGE, REMOTE_PAGE))
PREFLIGHT: Final[Mapping[str, str]] = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
}
EXPOSED: Final = (
    "X-Mock-Request, X-Mock-Call, X-Mock-Now, X-Mock-Fault, X-Mock-Explain, X-Mock-Ignored, "
    "X-Mock-Problem, Retry-After"
)


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration, LISTED)


def place_call(edge: EdgeSite, origin: str, path: str = CLICK_TO_CALL_PATH, **more: Any) -> Any:
    headers = {**HEADERS, "origin": origin, **more.pop("headers", {})}
    return edge.request("POST", path, headers=headers, **({"json": dict(CLICK_TO_CALL)} | more))


def cors_headers(response: httpx.Response) -> dict[str, str]:
    return {
        name: value
        for name, value in response.headers.items()
        if name.startswith("access-control-") or name == "vary"
    }


def allowed(origin: str) -> dict[str, str]:
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": EXPOSED,
        "vary": "Origin",
    }


@pytest.mark.parametrize("origin", [PAGE, REMOTE_PAGE])
@pytest.mark.parametrize("prefix", ["", "/mobtexting", "/_sandbox/t1"])
def test_a_preflight_of_a_listed_page_is_answered_and_leaves_no_trace(
    edge: EdgeSite, origin: str, prefix: str
) -> None:
    before = control_state(edge)
    response = edge.request(
        "OPTIONS", f"{prefix}{CLICK_TO_CALL_PATH}", headers={**PREFLIGHT, "origin": origin}
    )
    assert (response.status_code, response.content) == (204, b"")
    assert cors_headers(response) == {
        **allowed(origin),
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-allow-private-network": "true",
        "access-control-max-age": "600",
    }
    assert control_state(edge) == before
    assert read.own_refusal_count(edge.default.state) == 0


@pytest.mark.parametrize("origin", [PAGE, REMOTE_PAGE])
def test_a_listed_page_places_calls_and_reads_the_response(edge: EdgeSite, origin: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    response = place_call(edge, origin, headers=headers)
    assert (response.status_code, response.headers["x-mock-call"]) == (200, "c1")
    assert cors_headers(response) == allowed(origin)


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        (CLICK_TO_CALL_PATH, {"json": {}}, 422),
        ("/nowhere", {}, 404),
        ("/_sandbox/-/x", {}, 404),
        (CLICK_TO_CALL_PATH, {"json": None, "content": bytes(1_000_001)}, 413),
        (CLICK_TO_CALL_PATH, {"headers": {"content-encoding": "br"}}, 415),
        (CLICK_TO_CALL_PATH, {"headers": {"x-mock-scenario": "nobody"}}, 422),
    ],
)
def test_a_listed_page_reads_refusals_too(
    edge: EdgeSite, path: str, more: dict[str, Any], status: int
) -> None:
    response = place_call(edge, REMOTE_PAGE, path, **more)
    assert (response.status_code, cors_headers(response)) == (status, allowed(REMOTE_PAGE))


@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.test",
        "null",
        "https://app.example.com:444",
        "http://app.example.com",
        "https://app.example.com.evil.test",
        "https://sub.app.example.com",
    ],
)
def test_a_page_that_is_not_listed_is_foreign(edge: EdgeSite, method: str, origin: str) -> None:
    before = control_state(edge)
    response = edge.request(
        method, CLICK_TO_CALL_PATH, headers={**HEADERS, **PREFLIGHT, "origin": origin}
    )
    assert read_problem(response)[:2] == (403, "foreign-origin")
    assert cors_headers(response) == {}
    assert control_state(edge) == before


def test_a_listed_origin_beside_another_is_foreign(edge: EdgeSite) -> None:
    fields = [("origin", REMOTE_PAGE), ("origin", "http://evil.test")]
    response = edge.request("POST", CLICK_TO_CALL_PATH, headers=[*HEADERS.items(), *fields])
    assert read_problem(response)[:2] == (403, "foreign-origin")


def test_a_listed_page_on_a_foreign_host_is_refused(edge: EdgeSite) -> None:
    headers = {**PREFLIGHT, "origin": REMOTE_PAGE}
    response = edge.request("OPTIONS", CLICK_TO_CALL_PATH, headers=headers, hosts=("evil.test",))
    assert read_problem(response)[:2] == (403, "foreign-host")


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("path", ["/_mock/calls", "/_mock/receive/x", "/_sandbox/t/_mock/clock"])
def test_the_control_api_stays_closed_to_listed_pages(
    edge: EdgeSite, path: str, method: str
) -> None:
    response = edge.request(method, path, headers={**PREFLIGHT, "origin": REMOTE_PAGE})
    assert response.status_code in {403, 405}
    assert cors_headers(response) == {}


def test_an_options_request_that_is_no_preflight_is_the_vendor_s(edge: EdgeSite) -> None:
    response = edge.request("OPTIONS", CLICK_TO_CALL_PATH, headers={"origin": PAGE})
    assert (response.status_code, cors_headers(response)) == (405, allowed(PAGE))


def test_without_the_option_nothing_allows_a_page_to_read(configuration: Configuration) -> None:
    edge = build_edge_site(configuration)
    responses = [
        place_call(edge, PAGE),
        edge.request("OPTIONS", CLICK_TO_CALL_PATH, headers={**PREFLIGHT, "origin": PAGE}),
    ]
    assert [response.status_code for response in responses] == [200, 405]
    assert [cors_headers(response) for response in responses] == [{}, {}]


def test_a_server_with_the_option_serves_pages_and_slow_responses() -> None:
    settings = parse_settings({"port": "0", "clock": "manual", "quiet": True, "cors": (PAGE,)}, {})
    scenario = {"responses": [{"dribble": "100ms"}], "match": {"provider": "mobtexting"}}
    with (
        run_server(settings) as origin,
        httpx.Client(base_url=origin, trust_env=False, headers=HEADERS) as client,
    ):
        client.put("/_mock/scenarios/slow", content=json.dumps(scenario)).raise_for_status()
        for _ in range(2):
            response = client.post(
                CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers={"origin": PAGE}
            )
            assert (response.status_code, cors_headers(response)) == (200, allowed(PAGE))
        usual = client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL))
        assert (usual.status_code, cors_headers(usual)) == (200, {})
