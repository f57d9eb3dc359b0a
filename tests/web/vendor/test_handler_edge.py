"""A vendor request at the edge: what is refused before a vendor sees it, and what goes wrong."""

import asyncio
import logging
from collections import Counter
from typing import Any

import httpx
import pytest

from mockserver.compiler import ScenarioCompiler
from mockserver.config.registry import load_control_openapi
from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from mockserver.web.app import build_app
from mockserver.web.dependencies import Dependencies
from mockserver.web.vendor import handler
from tests.support import read
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    EdgeSite,
    LoopbackDispatcher,
    build_edge_site,
    control_state,
    read_problem,
)
from tests.support.simulation import CLICK_TO_CALL, START
from tests.support.site import ORIGIN, no_lifespan


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def with_public_url(configuration: Configuration, url: str) -> EdgeSite:
    postman = LoopbackDispatcher()
    sandboxes = SandboxRegistry(
        postman, (configuration, Timing(mode="manual", start=START)), lambda _: None
    )
    parts = Dependencies(
        sandboxes=sandboxes,
        origins=lambda: (ORIGIN,),
        compile_scenarios=ScenarioCompiler(Settings()),
        control_document=load_control_openapi,
        rejections=Counter(),
        public_url=url,
    )
    return EdgeSite(sandboxes, build_app(parts, no_lifespan), postman)


def broken_by(configuration: Configuration, **changes: Any) -> EdgeSite:
    """A house whose Mobtexting is another one."""
    listing = configuration.providers["mobtexting"]
    changed = listing._replace(provider=listing.provider._replace(**changes))
    return build_edge_site(configuration._replace(providers={"mobtexting": changed}))


def spoken(edge: EdgeSite, scope: dict[str, Any], *messages: dict[str, Any]) -> list[Any]:
    """What the application sends when it hears just this."""
    sent: list[Any] = []
    rest = list(messages)

    async def receive() -> dict[str, Any]:
        return rest.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(edge.app(scope, receive, send))  # type: ignore[arg-type]
    return sent


HTTP = {
    "type": "http",
    "method": "POST",
    "path": CLICK_TO_CALL_PATH,
    "query_string": b"",
    "scheme": "http",
    "headers": [(b"host", b"localhost")],
}


def test_who_has_left_is_told_nothing(edge: EdgeSite) -> None:
    before = control_state(edge)
    told = [
        spoken(edge, dict(HTTP), {"type": "http.disconnect"}),
        spoken(
            edge,
            dict(HTTP),
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ),
    ]
    assert (told, control_state(edge)) == ([[], []], before)


def test_two_lengths_are_none(edge: EdgeSite) -> None:
    headers = [*HTTP["headers"], (b"content-length", b"0"), (b"transfer-encoding", b"chunked")]
    scope = {**HTTP, "headers": headers}
    start, _ = spoken(edge, scope, {"type": "http.request", "body": b""})
    assert (start["status"], read.request_count(edge.default.state)) == (400, 0)


@pytest.mark.parametrize(
    ("stories", "told"),
    [
        (
            "callee-bussy",
            (422, "unknown scenario", ("no scenario is named 'callee-bussy': "
             "did you mean 'callee-busy'?")),
        ),
        ("callee-busy, nobody", (422, "unknown scenario", "no scenario is named 'nobody': ")),
        ("qqq", (422, "unknown scenario", "no scenario is named 'qqq': known: ")),
    ],
)  # fmt: skip
def test_a_story_that_nobody_knows(
    edge: EdgeSite, stories: str, told: tuple[int, str, str]
) -> None:
    code, title, detail = read_problem(edge.click_to_call(stories))
    assert (code, title, detail.startswith(told[2])) == (*told[:2], True)
    assert read.request_count(edge.default.state) == 0


def test_a_story_that_does_not_fit(edge: EdgeSite) -> None:
    told = read_problem(edge.click_to_call("second-leg-no-answer", to="flow:220"))
    detail = "second-leg-no-answer cannot play here: it needs a leg b"
    assert told == (422, "scenario does not fit", detail)


@pytest.mark.parametrize("header", [" , ,", "answered,", " answered , callee-busy "])
def test_names_of_stories_may_stand_loosely(edge: EdgeSite, header: str) -> None:
    headers = {**HEADERS, "x-mock-scenario": header}
    assert (
        edge.request(
            "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers
        ).status_code
        == 200
    )


def test_an_answer_may_take_its_time(edge: EdgeSite) -> None:
    text = b"answers: [{after: 0.001s}]"
    assert edge.request("PUT", "/_mock/scenarios/slow", content=text).status_code == 200
    assert edge.click_to_call("slow").status_code == 200


def test_a_report_may_come_before_the_answer(edge: EdgeSite) -> None:
    answer = edge.click_to_call("report-before-reply")
    assert (answer.status_code, len(edge.dispatcher.deliveries)) == (200, 1)


def test_a_stranger_with_a_browser_is_sent_to_the_login(edge: EdgeSite) -> None:
    answer = edge.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL))
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, "/login", b"")


def test_a_wrong_method_is_the_vendor_s_to_answer(edge: EdgeSite) -> None:
    answer = edge.request("GET", CLICK_TO_CALL_PATH, headers=HEADERS)
    assert (answer.status_code, answer.headers["x-mock-fault"]) == (405, "wrong-method")


def test_what_is_explained_in_a_header_is_ascii(edge: EdgeSite) -> None:
    answer = edge.click_to_call(bridge="\u0967\u0968\r\nx: y")
    explained = answer.headers["x-mock-explain"]
    assert answer.status_code == 422
    assert "\\u0967\\u0968" in explained
    assert "x" not in answer.headers


def test_a_provider_that_fails_is_a_fault_of_ours(
    configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    edge = broken_by(configuration, new_call_id=None)
    with caplog.at_level(logging.CRITICAL, "mockserver"):
        code, title, detail = read_problem(edge.click_to_call())
    assert (code, title) == (500, "mock failed")
    assert "TypeError" in detail
    [fact] = edge.get_json("/_mock/journal")["facts"]
    assert (fact["fact"], "TypeError" in fact["error"]) == ("error", True)


def test_how_long_an_answer_took_is_remembered_for_so_many(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "MAX_ITEMS", 2)
    for _ in range(3):
        edge.click_to_call()
    told = [one["duration_ms"] is None for one in edge.get_json("/_mock/requests")["requests"]]
    assert told == [True, False, False]


@pytest.mark.parametrize(
    ("url", "start"),
    [("", f"{ORIGIN}/_media/"), ("https://mock.example", "https://mock.example/_media/")],
)
def test_links_start_with_the_public_url(
    configuration: Configuration, url: str, start: str
) -> None:
    edge = with_public_url(configuration, url)
    edge.click_to_call(record=1)
    edge.advance()
    body = edge.dispatcher.deliveries[0].webhook.body or {}
    link = str(body["recording_url"])
    assert link.startswith(f"{start}default/")
    assert edge.request("GET", httpx.URL(link).path).status_code == 200


def test_what_is_no_http_is_none_of_the_vendors(edge: EdgeSite) -> None:
    """The server's own lifespan, and a WebSocket, for which nothing here has a route."""
    told = spoken(
        edge, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
    )
    assert [one["type"] for one in told] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    socket = {**HTTP, "type": "websocket", "path": "/_mock/events", "subprotocols": []}
    told = spoken(edge, socket, {"type": "websocket.connect"})
    assert [one["type"] for one in told] == ["websocket.close"]
