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
from tests.conftest import CLICK, START
from tests.house import ORIGIN, no_lifespan
from tests.web.edge import C2C, HEADERS, Edge, Postman, opened, refusal, state


@pytest.fixture
def edge(world: Configuration) -> Edge:
    return opened(world)


def with_public_url(world: Configuration, url: str) -> Edge:
    postman = Postman()
    sandboxes = SandboxRegistry(postman, (world, Timing("manual", START)), lambda _: None)
    parts = Dependencies(
        sandboxes,
        lambda: (ORIGIN,),
        ScenarioCompiler(Settings()),
        load_control_openapi,
        Counter(),
        public_url=url,
    )
    return Edge(sandboxes, build_app(parts, no_lifespan), postman)


def broken_by(world: Configuration, **changes: Any) -> Edge:
    """A house whose Mobtexting is another one."""
    listing = world.providers["mobtexting"]
    changed = listing._replace(provider=listing.provider._replace(**changes))
    return opened(world._replace(providers={"mobtexting": changed}))


def spoken(edge: Edge, scope: dict[str, Any], *messages: dict[str, Any]) -> list[Any]:
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
    "path": C2C,
    "query_string": b"",
    "scheme": "http",
    "headers": [(b"host", b"localhost")],
}


def test_who_has_left_is_told_nothing(edge: Edge) -> None:
    before = state(edge)
    told = [
        spoken(edge, dict(HTTP), {"type": "http.disconnect"}),
        spoken(
            edge,
            dict(HTTP),
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ),
    ]
    assert (told, state(edge)) == ([[], []], before)


def test_two_lengths_are_none(edge: Edge) -> None:
    headers = [*HTTP["headers"], (b"content-length", b"0"), (b"transfer-encoding", b"chunked")]
    scope = {**HTTP, "headers": headers}
    start, _ = spoken(edge, scope, {"type": "http.request", "body": b""})
    assert (start["status"], edge.default.state.request_count) == (400, 0)


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
def test_a_story_that_nobody_knows(edge: Edge, stories: str, told: tuple[int, str, str]) -> None:
    code, title, detail = refusal(edge.place(stories))
    assert (code, title, detail.startswith(told[2])) == (*told[:2], True)
    assert edge.default.state.request_count == 0


def test_a_story_that_does_not_fit(edge: Edge) -> None:
    told = refusal(edge.place("second-leg-no-answer", to="flow:220"))
    detail = "second-leg-no-answer cannot play here: it needs a leg b"
    assert told == (422, "scenario does not fit", detail)


@pytest.mark.parametrize("header", [" , ,", "answered,", " answered , callee-busy "])
def test_names_of_stories_may_stand_loosely(edge: Edge, header: str) -> None:
    headers = {**HEADERS, "x-mock-scenario": header}
    assert edge.ask("POST", C2C, json=dict(CLICK), headers=headers).status_code == 200


def test_an_answer_may_take_its_time(edge: Edge) -> None:
    text = b"answers: [{after: 0.001s}]"
    assert edge.ask("PUT", "/_mock/scenarios/slow", content=text).status_code == 200
    assert edge.place("slow").status_code == 200


def test_a_report_may_come_before_the_answer(edge: Edge) -> None:
    answer = edge.place("report-before-reply")
    assert (answer.status_code, len(edge.postman.carried)) == (200, 1)


def test_a_stranger_with_a_browser_is_sent_to_the_login(edge: Edge) -> None:
    answer = edge.ask("POST", C2C, json=dict(CLICK))
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, "/login", b"")


def test_a_wrong_method_is_the_vendor_s_to_answer(edge: Edge) -> None:
    answer = edge.ask("GET", C2C, headers=HEADERS)
    assert (answer.status_code, answer.headers["x-mock-fault"]) == (405, "wrong-method")


def test_what_is_explained_in_a_header_is_ascii(edge: Edge) -> None:
    answer = edge.place(bridge="\u0967\u0968\r\nx: y")
    explained = answer.headers["x-mock-explain"]
    assert answer.status_code == 422
    assert "\\u0967\\u0968" in explained
    assert "x" not in answer.headers


def test_a_provider_that_fails_is_a_fault_of_ours(
    world: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    edge = broken_by(world, new_call_id=None)
    with caplog.at_level(logging.CRITICAL, "mockserver"):
        code, title, detail = refusal(edge.place())
    assert (code, title) == (500, "mock failed")
    assert "TypeError" in detail
    [fact] = edge.read("/_mock/journal")["facts"]
    assert (fact["fact"], "TypeError" in fact["error"]) == ("error", True)


def test_how_long_an_answer_took_is_remembered_for_so_many(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "MAX_ITEMS", 2)
    for _ in range(3):
        edge.place()
    told = [one["duration_ms"] is None for one in edge.read("/_mock/requests")["requests"]]
    assert told == [True, False, False]


@pytest.mark.parametrize(
    ("url", "start"),
    [("", f"{ORIGIN}/_media/"), ("https://mock.example", "https://mock.example/_media/")],
)
def test_links_start_with_the_public_url(world: Configuration, url: str, start: str) -> None:
    edge = with_public_url(world, url)
    edge.place(record=1)
    edge.advance()
    body = edge.postman.carried[0].webhook.body or {}
    link = str(body["recording_url"])
    assert link.startswith(f"{start}default/")
    assert edge.ask("GET", httpx.URL(link).path).status_code == 200


def test_what_is_no_http_is_none_of_the_vendors(edge: Edge) -> None:
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
