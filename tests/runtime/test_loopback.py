"""A webhook to an inbox of our own comes as it would by the socket."""

import asyncio
from typing import Any

import httpx
import pytest

from mockserver import app
from mockserver.app import run_server
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.address_policy import ParsedUrl
from mockserver.delivery.http_request import HttpRequest, build_request
from mockserver.runtime.inboxes import Inbox, ReceivedRequest
from mockserver.runtime.loopback import MAX_BODY, deliver_to_inbox
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import parse_settings
from tests.support.builders import build_webhook
from tests.support.dispatchers import RecordingDispatcher
from tests.support.simulation import START
from tests.web.test_loops import free

QUERY = "access_token=k&bridge=918068281234&from=918867135000&to=918867136000"
CALL = f"/mobtexting/api/v2/voice/c2c?{QUERY}"


@pytest.fixture
def sandboxes(configuration: Configuration) -> SandboxRegistry:
    made = SandboxRegistry(
        RecordingDispatcher(), (configuration, Timing(mode="manual", start=START)), lambda _: None
    )
    made.get("mine")
    return made


def letter(path: str, body: object = None, method: str = "POST", **headers: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    webhook = build_webhook(url="", body=body, method=method, headers=named)
    return build_request(
        ParsedUrl(host="127.0.0.1", port=8080, is_secure=False, path=path), webhook
    )


@pytest.mark.parametrize(
    ("path", "sandbox", "query"),
    [
        ("/_mock/inbox/x", "default", ""),
        ("/_mock/inbox/x?a=1&b=%20", "default", "a=1&b=%20"),
        ("/_sandbox/mine/_mock/inbox/x", "mine", ""),
        ("/_sandbox/mine/_mock/inbox/x?a", "mine", "a"),
    ],
)
def test_handed(path: str, sandbox: str, query: str, sandboxes: SandboxRegistry) -> None:
    sent = letter(path, {"a": 1}, x_sign="s")
    sandboxes.get(sandbox).inboxes["x"].statuses.append(503)
    assert asyncio.run(deliver_to_inbox(sandboxes, sent)) == DeliveryResult(status=503)
    come = ReceivedRequest(
        at=START,
        method="POST",
        path="/_mock/inbox/x",
        query=query,
        headers=sent.headers,
        body=b'{"a":1}',
        status=503,
    )
    assert {
        one.name: {name: list(box.requests) for name, box in one.inboxes.items()}
        for one in sandboxes
    } == {"default": {}, "mine": {}, sandbox: {"x": [come]}}


@pytest.mark.parametrize(
    "sent",
    [
        letter("/_mock/inbox/x", method="HEAD"),
        letter("/_mock/inbox/x", method="REPORT"),
        letter("/_mock/inbox/x", "a" * MAX_BODY),
        letter("/_mock/inbox/x", x_mock_sandbox="mine"),
        letter("/_mock/inbox/x", content_encoding="gzip"),
        letter("/_mock/inbox/x", connection="close"),
        letter("/_mock/inbox/"),
        letter("/_mock/inbox/x/y"),
        letter("/_mock/inbox/%78"),
        letter("/_mock/health"),
        letter("//_mock/inbox/x"),
        letter("/_sandbox/other/_mock/inbox/x"),
        letter("/_sandbox/%6dine/_mock/inbox/x"),
        letter("/api/v2/voice/c2c"),
    ],
    ids=str,
)
def test_what_goes_by_the_socket(sent: HttpRequest, sandboxes: SandboxRegistry) -> None:
    assert asyncio.run(deliver_to_inbox(sandboxes, sent)) is None
    assert [one.inboxes for one in sandboxes] == [{}, {}]


def test_a_delay_of_the_inbox_counts(sandboxes: SandboxRegistry) -> None:
    async def scenario() -> Inbox:
        box = sandboxes.get("default").inboxes["x"]
        box.delay = 60.0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await deliver_to_inbox(sandboxes, letter("/_mock/inbox/x"))
        return box

    assert len(asyncio.run(scenario()).requests) == 1


def told(port: int, prefix: str, hook: tuple[str, ...]) -> tuple[Any, ...]:
    """All that can be seen of a call whose report has gone to our own inbox."""
    flags = {"port": str(port), "clock": "manual", "start_at": "2026-01-01T09:00Z", "seed": "s"}
    with (
        run_server(parse_settings({**flags, "quiet": True, "webhook": hook}, {})),
        httpx.Client(base_url=f"http://127.0.0.1:{port}{prefix}", trust_env=False) as client,
    ):
        client.post(CALL, json={}).raise_for_status()
        client.post("/_mock/clock/advance", json={"until": "idle"}).raise_for_status()
        hooks = client.get("/_mock/webhooks").json()["webhooks"]
        for told_of in hooks:
            del told_of["attempts"][0]["duration_ms"]
        seen = ("/_mock/inboxes/mobtexting", "/_mock/journal", "/_mock/calls")
        return hooks, *[client.get(path).text for path in seen]


@pytest.mark.parametrize(
    ("prefix", "host"),
    [("", ""), ("/_sandbox/mine", ""), ("", "127.0.0.1"), ("", "localhost"), ("", "a.localhost")],
)
def test_nobody_sees_which_way_it_has_come(
    prefix: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def spied(sandboxes: SandboxRegistry, sent: HttpRequest) -> DeliveryResult | None:
        ways.append(await deliver_to_inbox(sandboxes, sent) if inward else None)
        return ways[-1]

    ways, port = list[DeliveryResult | None](), free()
    monkeypatch.setattr(app, "deliver_to_inbox", spied)
    hook = (f"mobtexting=http://{host}:{port}/_mock/inbox/mobtexting?a=1",) if host else ()
    inward = True
    by_hand = told(port, prefix, hook)
    inward = False
    assert told(port, prefix, hook) == by_hand
    assert ways == [DeliveryResult(status=200), None]
    assert "call-mockserver" in by_hand[1]
