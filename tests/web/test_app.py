"""Who gets which path: the control API, the vendors, the lifespan."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox import Timing
from tests.support.simulation import START
from tests.support.site import build_site
from tests.support.site_client import (
    PROBLEM_MEDIA_TYPE,
    RecordingDispatcher,
    SiteClient,
    read_problem,
)


def run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    async def called() -> None:
        await app(scope, receive, send)

    asyncio.run(called())


@pytest.mark.parametrize(
    ("method", "path", "status", "problem"),
    [
        ("GET", "/_mock/health", 200, None),
        ("HEAD", "/_mock/health", 200, None),
        ("GET", "/_mock/nothing", 404, "not-found"),
        ("GET", "/_mock/", 404, "not-found"),
        ("DELETE", "/_mock/calls", 405, "method-not-allowed"),
        ("GET", "/_mock/clock/advance", 405, "method-not-allowed"),
        ("GET", "/_mock", 404, "unknown-path"),
        ("GET", "/_mocked/calls", 404, "unknown-path"),
        ("GET", "/mobtexting/_mock/health", 404, "unknown-path"),
        ("POST", "/api/v2/voice/c2c", 302, None),
    ],
)
def test_who_answers(
    site: SiteClient, method: str, path: str, status: int, problem: str | None
) -> None:
    answer = site.request(method, path)
    assert (answer.status_code, answer.headers.get("x-mock-problem")) == (status, problem)
    assert (answer.headers.get("content-type") == PROBLEM_MEDIA_TYPE) == (problem is not None)


def test_a_wrong_method_names_the_right_ones(site: SiteClient) -> None:
    answer = site.request("DELETE", "/_mock/clock/advance")
    assert read_problem(answer) == (405, "method not allowed", "Method Not Allowed")
    assert answer.headers["allow"] == "POST"


def test_a_fault_of_a_control_route_is_our_own_problem(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.sandbox.state, "peek", None)
    detail = "this is a fault of the mock server: TypeError(\"'NoneType' object is not callable\")"
    assert read_problem(site.request("GET", "/_mock/clock")) == (500, "mock failed", detail)


def test_the_lifespan_is_run(configuration: Configuration) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        seen.append("start")
        yield
        seen.append("stop")

    messages = ["lifespan.startup", "lifespan.shutdown"]

    async def receive() -> Message:
        return {"type": messages.pop(0)}

    async def send(message: Message) -> None:
        seen.append(message["type"])

    _, app = build_site(
        configuration, Timing(mode="manual", start=START), RecordingDispatcher(), lifespan=lifespan
    )
    run(app, {"type": "lifespan", "state": {}}, receive, send)
    assert seen == ["start", "lifespan.startup.complete", "stop", "lifespan.shutdown.complete"]


def test_a_websocket_is_refused(site: SiteClient) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/_mock/events", "headers": [], "query_string": b""}
    run(site.app, scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


# --- the end of the server -----------------------------------------------------------------------


def cancelled(site: SiteClient, begun: list[Message]) -> list[Message]:
    """What is sent for a request that is cancelled while it waits; `begun` was sent before."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and any(
            one["type"] == message["type"] for one in sent
        ):
            raise RuntimeError("its answer had begun already")
        sent.append(message)

    async def receive() -> Message:
        for message in begun:
            await send(message)
        waiting.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def scenario() -> None:
        scope = {"type": "http", "method": "POST", "path": "/x", "headers": []}
        running: Coroutine[Any, Any, None] = site.app(scope, receive, send)  # type: ignore[assignment] # it is one
        task = asyncio.create_task(running)
        await waiting.wait()
        task.cancel()
        await task

    waiting = asyncio.Event()
    asyncio.run(scenario())
    return sent


def test_a_request_that_the_server_gives_up_at_its_end_is_told(site: SiteClient) -> None:
    site.registry.is_stopping = True
    start, body = cancelled(site, [])
    assert (start["status"], json.loads(body["body"])["title"]) == (503, "mock ends")
    assert dict(start["headers"])[b"x-mock-now"] == b"2026-01-01T09:00:00.000Z"


def test_a_request_whose_answer_had_begun_is_given_up_silently(site: SiteClient) -> None:
    site.registry.is_stopping = True
    begun: Message = {"type": "http.response.start", "status": 200, "headers": []}
    assert cancelled(site, [begun]) == [begun]


def test_a_request_that_its_client_cancels_is_cancelled(site: SiteClient) -> None:
    with pytest.raises(asyncio.CancelledError):
        cancelled(site, [])


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/_mock/clock", "GET, HEAD, PUT"),
        ("/_mock/accounts/ccai/ccai-default", "GET, HEAD, PATCH, PUT"),
        ("/_mock/activations", "DELETE, GET, HEAD, POST"),
        ("/_sandbox/t1/_mock/reset", "POST"),
    ],
)
def test_a_wrong_method_is_told_all_that_there_are(
    site: SiteClient, path: str, allowed: str
) -> None:
    answer = site.request("OPTIONS", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
