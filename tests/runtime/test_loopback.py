"""A webhook to an inbox of this server is delivered as it would be over a socket."""

import asyncio
from typing import Any

import httpx
import pytest

from mockserver import app
from mockserver.app import run_server
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import DeliveryResult
from mockserver.core.webhook_url import ParsedUrl
from mockserver.delivery.http_request import HttpRequest, build_request
from mockserver.runtime.inboxes import Inbox, ReceivedRequest
from mockserver.runtime.loopback import MAX_BODY, deliver_to_inbox
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import parse_settings
from tests.support.builders import build_webhook
from tests.support.dispatchers import RecordingDispatcher
from tests.support.simulation import START
from tests.support.sockets import free_port

QUERY = "access_token=k&bridge=918068281234&from=918867135000&to=918867136000"
CALL = f"/mobtexting/api/v2/voice/c2c?{QUERY}"


@pytest.fixture
def sandboxes(configuration: Configuration) -> SandboxRegistry:
    registry = SandboxRegistry(
        RecordingDispatcher(), (configuration, Timing(mode="manual", start=START)), lambda _: None
    )
    registry.get_or_create("mine")
    return registry


def build_inbox_request(
    path: str, body: object = None, method: str = "POST", **headers: str
) -> HttpRequest:
    webhook_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    webhook = build_webhook(url="", body=body, method=method, headers=webhook_headers)
    return build_request(
        ParsedUrl(host="127.0.0.1", port=8080, is_secure=False, path=path), webhook
    )


@pytest.mark.parametrize(
    ("path", "sandbox", "query"),
    [
        ("/_mock/receive/x", "default", ""),
        ("/_mock/receive/x?a=1&b=%20", "default", "a=1&b=%20"),
        ("/_sandbox/mine/_mock/receive/x", "mine", ""),
        ("/_sandbox/mine/_mock/receive/x?a", "mine", "a"),
    ],
)
def test_a_webhook_to_an_own_inbox_is_delivered_without_a_socket(
    path: str, sandbox: str, query: str, sandboxes: SandboxRegistry
) -> None:
    request = build_inbox_request(path, {"a": 1}, x_sign="s")
    sandboxes.get_or_create(sandbox).program_inbox("x", [503], delay=0)
    assert asyncio.run(deliver_to_inbox(sandboxes, request)) == DeliveryResult(status=503)
    received = ReceivedRequest(
        at=START,
        method="POST",
        path="/_mock/receive/x",
        query=query,
        headers=request.headers,
        body=b'{"a":1}',
        status=503,
    )
    assert {
        each.name: {name: list(inbox.requests) for name, inbox in each.inboxes.items()}
        for each in sandboxes
    } == {"default": {}, "mine": {}, sandbox: {"x": [received]}}


@pytest.mark.parametrize(
    "http_request",
    [
        build_inbox_request("/_mock/receive/x", method="HEAD"),
        build_inbox_request("/_mock/receive/x", method="REPORT"),
        build_inbox_request("/_mock/receive/x", "a" * MAX_BODY),
        build_inbox_request("/_mock/receive/x", x_mock_sandbox="mine"),
        build_inbox_request("/_mock/receive/x", x_mock_webhook_depth="1"),
        build_inbox_request("/_mock/receive/x", content_encoding="gzip"),
        build_inbox_request("/_mock/receive/x", connection="keep-alive"),
        build_inbox_request("/_mock/receive/"),
        build_inbox_request("/_mock/receive/x/y"),
        build_inbox_request("/_mock/receive/%78"),
        build_inbox_request("/_mock/health"),
        build_inbox_request("//_mock/receive/x"),
        build_inbox_request("/_sandbox/other/_mock/receive/x"),
        build_inbox_request("/_sandbox/%6dine/_mock/receive/x"),
        build_inbox_request("/api/v2/voice/c2c"),
    ],
    ids=str,
)
def test_other_requests_are_left_to_the_socket(
    http_request: HttpRequest, sandboxes: SandboxRegistry
) -> None:
    assert asyncio.run(deliver_to_inbox(sandboxes, http_request)) is None
    assert [sandbox.inboxes for sandbox in sandboxes] == [{}, {}]


def test_a_loopback_delivery_waits_for_the_delay_of_the_inbox(sandboxes: SandboxRegistry) -> None:
    async def run() -> Inbox:
        sandbox = sandboxes.get_or_create("default")
        sandbox.program_inbox("x", (), 60.0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await deliver_to_inbox(sandboxes, build_inbox_request("/_mock/receive/x"))
        return sandbox.inboxes["x"]

    assert len(asyncio.run(run()).requests) == 1


def run_call(port: int, prefix: str, hook: tuple[str, ...]) -> tuple[Any, ...]:
    """Return all that the control API shows of a call whose webhook goes to an own inbox."""
    flags = {"port": str(port), "clock": "manual", "start_at": "2026-01-01T09:00Z", "seed": "s"}
    with (
        run_server(parse_settings({**flags, "quiet": True, "webhook": hook}, {})),
        httpx.Client(base_url=f"http://127.0.0.1:{port}{prefix}", trust_env=False) as client,
    ):
        client.post(CALL, json={}).raise_for_status()
        client.post("/_mock/clock/advance", json={"until": "idle"}).raise_for_status()
        hooks = client.get("/_mock/webhooks").json()["webhooks"]
        for webhook in hooks:
            del webhook["attempts"][0]["duration_ms"]
        paths = ("/_mock/inboxes/mobtexting", "/_mock/journal", "/_mock/calls")
        return hooks, *[client.get(path).text for path in paths]


@pytest.mark.parametrize(
    ("prefix", "host"),
    [("", ""), ("/_sandbox/mine", ""), ("", "127.0.0.1"), ("", "localhost"), ("", "a.localhost")],
)
def test_a_loopback_delivery_looks_like_a_delivery_by_socket(
    prefix: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def record(sandboxes: SandboxRegistry, request: HttpRequest) -> DeliveryResult | None:
        results.append(await deliver_to_inbox(sandboxes, request) if is_loopback else None)
        return results[-1]

    results, port = list[DeliveryResult | None](), free_port()
    monkeypatch.setattr(app, "deliver_to_inbox", record)
    hook = (f"mobtexting=http://{host}:{port}/_mock/receive/mobtexting?a=1",) if host else ()
    is_loopback = True
    by_loopback = run_call(port, prefix, hook)
    is_loopback = False
    assert run_call(port, prefix, hook) == by_loopback
    assert results == [DeliveryResult(status=200), None]
    assert "call-mockserver" in by_loopback[1]
