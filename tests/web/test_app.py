"""The application routes requests to the control API and the vendors, and runs the lifespan."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox import Timing
from mockserver.web.problems import TYPE_PREFIX
from mockserver.web.vendor import handler
from mockserver.web.vendor.response import AsgiResponse
from tests.support.dispatchers import RecordingDispatcher
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import PROBLEM_MEDIA_TYPE, build_site, read_problem
from tests.support.site_client import SiteClient


def run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    async def call_app() -> None:
        await app(scope, receive, send)

    asyncio.run(call_app())


@pytest.mark.parametrize(
    ("method", "path", "status", "problem"),
    [
        ("GET", "/_mock/health", 200, None),
        ("HEAD", "/_mock/health", 200, None),
        ("GET", "/_mock/nothing", 404, "unknown-route"),
        ("GET", "/_mock/", 404, "unknown-route"),
        ("DELETE", "/_mock/calls", 405, "method-not-allowed"),
        ("GET", "/_mock/clock/advance", 405, "method-not-allowed"),
        ("GET", "/_mock", 404, "unknown-path"),
        ("GET", "/_mocked/calls", 404, "unknown-path"),
        ("GET", "/mobtexting/_mock/health", 404, "unknown-path"),
        ("POST", "/api/v2/voice/c2c", 302, None),
    ],
)
def test_a_path_belongs_to_the_control_api_or_to_the_vendors(
    site: SiteClient, method: str, path: str, status: int, problem: str | None
) -> None:
    response = site.request(method, path)
    assert (response.status_code, response.headers.get("x-mock-problem")) == (status, problem)
    assert (response.headers.get("content-type") == PROBLEM_MEDIA_TYPE) == (problem is not None)


def test_a_wrong_method_on_a_control_route_gets_405_with_allow(site: SiteClient) -> None:
    response = site.request("DELETE", "/_mock/clock/advance")
    assert read_problem(response) == (405, "method-not-allowed", "Method Not Allowed")
    assert response.headers["allow"] == "POST"


def test_an_error_in_a_control_route_is_a_500_problem(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.sandbox.state, "peek", None)
    detail = "this is a fault of the mock server: TypeError(\"'NoneType' object is not callable\")"
    assert read_problem(site.request("GET", "/_mock/clock")) == (500, "internal-error", detail)


def break_responses(monkeypatch: pytest.MonkeyPatch, *field: bytes) -> None:
    """Give every vendor response this header."""
    response = AsgiResponse(status=200, headers=[(field[0], field[1])], body=b"")
    monkeypatch.setattr(handler, "build_response", lambda *_: response)


@pytest.mark.parametrize("field", [(b"x-a", b"a\nb"), (b"x-a", b"\0"), (b"x a", b"b")])
def test_a_response_that_cannot_be_sent_becomes_a_500_problem_and_is_counted(
    site: SiteClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    field: tuple[bytes, bytes],
) -> None:
    break_responses(monkeypatch, *field)
    status, kind, detail = read_problem(site.click_to_call())
    assert (status, kind) == (500, "internal-error")
    assert detail.startswith("this is a fault of the mock server: UnsendableHeader(")
    assert site.get_json("/_mock/health")["errors"] == 1
    [message] = caplog.messages
    assert message.startswith("a request failed\nTraceback (most recent call last):\n")


def test_over_a_socket_too_a_response_that_cannot_be_sent_becomes_a_500_problem(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_responses(monkeypatch, b"x-a", b"a\nb")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        responses = [client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL)) for _ in range(2)]
        assert [read_problem(response)[0] for response in responses] == [500, 500]
        assert client.get("/_mock/health").json()["errors"] == 2


def test_an_error_in_a_control_route_is_counted(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(site.sandbox.state, "peek", None)
        assert site.request("GET", "/_mock/clock").status_code == 500
    assert site.get_json("/_mock/health")["errors"] == 1


def test_an_echoed_control_character_reaches_the_client_escaped(site: SiteClient) -> None:
    """A trailing line end in a field once broke the response."""
    body = {
        "call_type": "Voice Inbound (API)",
        "menu_id": 9,
        "end_user_number": "+1 859-657-9625",
        "recording_permission": "recording_permission_granted",
        "lang": "a\n\x1b[31m\x7f" + "\u00e9" * 40_000,
    }
    response = site.request("POST", "/ccai/apps/api/v1/calls", json=body, auth=("acme", "t"))
    explanation = response.headers["x-mock-explain"]
    assert response.status_code == 400
    assert r"a\x0a\x1b[31m\x7f\xe9" in explanation
    assert len(explanation) <= 4_000


def test_the_lifespan_is_entered_at_startup_and_left_at_shutdown(
    configuration: Configuration,
) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        steps.append("start")
        yield
        steps.append("stop")

    messages = ["lifespan.startup", "lifespan.shutdown"]

    async def receive() -> Message:
        return {"type": messages.pop(0)}

    async def send(message: Message) -> None:
        steps.append(message["type"])

    _, app = build_site(
        configuration, Timing(mode="manual", start=START), RecordingDispatcher(), lifespan=lifespan
    )
    run(app, {"type": "lifespan", "state": {}}, receive, send)
    assert steps == ["start", "lifespan.startup.complete", "stop", "lifespan.shutdown.complete"]


def test_a_websocket_is_closed(site: SiteClient) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/_mock/events", "headers": [], "query_string": b""}
    run(site.app, scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


# --- shutdown ------------------------------------------------------------------------------------


def run_canceled(
    site: SiteClient, sent_before: list[Message], *, is_stopping: bool = False
) -> list[Message]:
    """Return what is sent for a request canceled while it waits, `sent_before` first.

    With `is_stopping`, the server is told to end after the request has arrived.
    """
    sent: list[Message] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and any(
            other["type"] == message["type"] for other in sent
        ):
            raise RuntimeError("its response had begun already")
        sent.append(message)

    async def receive() -> Message:
        for message in sent_before:
            await send(message)
        waiting.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> None:
        scope = {"type": "http", "method": "POST", "path": "/x", "headers": []}
        running: Coroutine[Any, Any, None] = site.app(scope, receive, send)  # type: ignore[assignment] # it is one
        task = asyncio.create_task(running)
        await waiting.wait()
        site.registry.is_stopping = is_stopping
        task.cancel()
        await task

    waiting = asyncio.Event()
    asyncio.run(main())
    return sent


def test_a_request_canceled_at_shutdown_gets_503(site: SiteClient) -> None:
    start, body = run_canceled(site, [], is_stopping=True)
    assert (start["status"], json.loads(body["body"])["type"]) == (
        503,
        f"{TYPE_PREFIX}shutting-down",
    )
    assert dict(start["headers"])[b"x-mock-now"] == b"2026-01-01T09:00:00.000Z"


def test_a_request_canceled_at_shutdown_after_its_response_began_gets_nothing_more(
    site: SiteClient,
) -> None:
    sent_before: Message = {"type": "http.response.start", "status": 200, "headers": []}
    assert run_canceled(site, [sent_before], is_stopping=True) == [sent_before]


def test_a_cancellation_without_a_shutdown_propagates(site: SiteClient) -> None:
    with pytest.raises(asyncio.CancelledError):
        run_canceled(site, [])


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/_mock/clock", "GET, HEAD, PUT"),
        ("/_mock/accounts/ccai/ccai-default", "GET, HEAD, PATCH, PUT"),
        ("/_mock/activations", "DELETE, GET, HEAD, POST"),
        ("/_sandbox/t1/_mock/reset", "POST"),
    ],
)
def test_a_405_response_lists_every_method_of_the_path(
    site: SiteClient, path: str, allowed: str
) -> None:
    response = site.request("OPTIONS", path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
