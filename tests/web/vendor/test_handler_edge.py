"""A vendor request may be rejected before a vendor sees it, or fail in the vendor."""

import asyncio
import logging
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox import Timing
from mockserver.web.vendor import handler
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.edge_site import EdgeSite, build_edge_site, control_state
from tests.support.simulation import (
    CLICK_TO_CALL,
    CLICK_TO_CALL_PATH,
    START,
    configuration_with_provider,
)
from tests.support.site import HEADERS, ORIGIN, build_site, read_problem


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def build_site_with_public_url(configuration: Configuration, url: str) -> EdgeSite:
    dispatcher = RecordingDispatcher()
    timing = Timing(mode="manual", start=START)
    sandboxes, app = build_site(configuration, timing, dispatcher, public_url=url)
    return EdgeSite(sandboxes, app, dispatcher)


def run_app(edge: EdgeSite, scope: dict[str, Any], *messages: dict[str, Any]) -> list[Any]:
    """Return what the application sends when it receives only these messages."""
    sent: list[Any] = []
    remaining = list(messages)

    async def receive() -> dict[str, Any]:
        return remaining.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(edge.app(scope, receive, send))  # type: ignore[arg-type]
    return sent


SCOPE = {
    "type": "http",
    "method": "POST",
    "path": CLICK_TO_CALL_PATH,
    "query_string": b"",
    "scheme": "http",
    "headers": [(b"host", b"localhost")],
}


def test_a_client_that_disconnects_gets_no_response_and_changes_nothing(edge: EdgeSite) -> None:
    before = control_state(edge)
    sent = [
        run_app(edge, dict(SCOPE), {"type": "http.disconnect"}),
        run_app(
            edge,
            dict(SCOPE),
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ),
    ]
    assert (sent, control_state(edge)) == ([[], []], before)


def test_a_content_length_beside_a_transfer_encoding_gets_400(edge: EdgeSite) -> None:
    headers = [*SCOPE["headers"], (b"content-length", b"0"), (b"transfer-encoding", b"chunked")]
    scope = {**SCOPE, "headers": headers}
    start, _ = run_app(edge, scope, {"type": "http.request", "body": b""})
    [exchange] = read.exchanges(edge.default.state)
    assert (start["status"], exchange.problem) == (400, "bad-request")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            "callee-bussy",
            (422, "unknown-scenario", ("no scenario is named 'callee-bussy': "
             "did you mean 'callee-busy'?")),
        ),
        ("callee-busy, nobody", (422, "unknown-scenario", "no scenario is named 'nobody': ")),
        ("qqq", (422, "unknown-scenario", "no scenario is named 'qqq': known: ")),
    ],
)  # fmt: skip
def test_a_request_with_an_unknown_scenario_is_recorded(
    edge: EdgeSite, names: str, expected: tuple[int, str, str]
) -> None:
    status, kind, detail = read_problem(edge.click_to_call(names))
    assert (status, kind, detail.startswith(expected[2])) == (*expected[:2], True)
    assert [each.problem for each in read.exchanges(edge.default.state)] == [kind]


def test_a_scenario_that_needs_a_missing_leg_is_a_422_problem(edge: EdgeSite) -> None:
    problem = read_problem(edge.click_to_call("second-leg-no-answer", to="flow:220"))
    detail = "second-leg-no-answer cannot be in force here: it needs a leg b"
    assert problem == (422, "scenario-not-applicable", detail)


@pytest.mark.parametrize("header", [" , ,", "answered,", " answered , callee-busy "])
def test_blanks_and_empty_names_in_the_scenario_header_are_ignored(
    edge: EdgeSite, header: str
) -> None:
    headers = {**HEADERS, "x-mock-scenario": header}
    assert (
        edge.request(
            "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers
        ).status_code
        == 200
    )


def test_a_scenario_may_delay_a_response(edge: EdgeSite) -> None:
    text = b"responses: [{after: 0.001s}]"
    assert edge.request("PUT", "/_mock/scenarios/slow", content=text).status_code == 200
    assert edge.click_to_call("slow").status_code == 200


def test_a_webhook_may_be_delivered_before_the_response(edge: EdgeSite) -> None:
    response = edge.click_to_call("report-before-reply")
    assert (response.status_code, len(edge.dispatcher.deliveries)) == (200, 1)


def test_an_unauthenticated_request_that_accepts_anything_is_redirected_to_the_login(
    edge: EdgeSite,
) -> None:
    response = edge.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL))
    assert (response.status_code, response.headers["location"], response.content) == (
        302,
        "/login",
        b"",
    )


def test_a_wrong_method_has_the_wrong_method_fault(edge: EdgeSite) -> None:
    response = edge.request("PUT", CLICK_TO_CALL_PATH, headers=HEADERS)
    assert (response.status_code, response.headers["x-mock-fault"]) == (405, "wrong-method")


def test_the_explain_header_is_escaped_ascii(edge: EdgeSite) -> None:
    response = edge.click_to_call(bridge="\u0967\u0968\r\nx: y")
    explanation = response.headers["x-mock-explain"]
    assert response.status_code == 422
    assert "\\u0967\\u0968" in explanation
    assert "x" not in response.headers


def test_a_type_error_in_a_provider_is_a_500_problem_and_in_the_journal(
    configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    edge = build_edge_site(configuration_with_provider(configuration, new_call_id=None))
    with caplog.at_level(logging.CRITICAL, "mockserver"):
        status, kind, detail = read_problem(edge.click_to_call())
    assert (status, kind) == (500, "internal-error")
    assert "TypeError" in detail
    [entry] = edge.get_json("/_mock/journal")["entries"]
    assert (entry["type"], "TypeError" in entry["error"]) == ("error", True)


def test_durations_are_shown_for_the_latest_requests_only(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "MAX_ITEMS", 2)
    for _ in range(3):
        edge.click_to_call()
    missing = [
        request["duration_ms"] is None for request in edge.get_json("/_mock/requests")["requests"]
    ]
    assert missing == [True, False, False]


@pytest.mark.parametrize(
    ("url", "prefix"),
    [("", f"{ORIGIN}/_media/"), ("https://mock.example", "https://mock.example/_media/")],
)
def test_recording_urls_start_with_the_public_url(
    configuration: Configuration, url: str, prefix: str
) -> None:
    edge = build_site_with_public_url(configuration, url)
    edge.click_to_call(record=1)
    edge.advance()
    body = edge.dispatcher.deliveries[0].webhook.body or {}
    link = str(body["recording_url"])
    assert link.startswith(f"{prefix}default/")
    assert edge.request("GET", httpx.URL(link).path).status_code == 200


def test_lifespan_and_websocket_scopes_do_not_reach_the_vendors(edge: EdgeSite) -> None:
    sent = run_app(
        edge, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
    )
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    websocket = {**SCOPE, "type": "websocket", "path": "/_mock/events", "subprotocols": []}
    sent = run_app(edge, websocket, {"type": "websocket.connect"})
    assert [message["type"] for message in sent] == ["websocket.close"]
