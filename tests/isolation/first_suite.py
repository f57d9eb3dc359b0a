"""A suite of an application that is written for ASGI. Each of its tests would leave something.

`test_random_order.py` copies it into the directory of another pytest process.
"""

import asyncio
from typing import Any

import httpx
import pytest

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
ORIGIN = "http://app.localhost:9"
"""Nothing listens there; the other suite attaches its application to the same origin."""

START = "2026-01-01T09:00:00+00:00"
running: list[str] = []
"""The applications whose lifespan runs."""


class Application:
    """Keeps what it receives, and responds with a status of its own."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.received: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await self.live(receive, send)
        self.received.append((await receive())["body"])
        await send({"type": "http.response.start", "status": self.status})
        await send({"type": "http.response.body"})
        return None

    async def live(self, receive: Any, send: Any) -> None:
        await receive()
        running.append("first")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        running.remove("first")
        await send({"type": "lifespan.shutdown.complete"})


def place(mock: Any) -> None:
    url = mock.url("mobtexting") + "/api/v2/voice/c2c"
    httpx.post(url, json=CLICK, headers=HEADERS, trust_env=False).raise_for_status()


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    """Before each test: nothing of any other one."""
    assert running == []
    if "async_mock_calls" not in request.fixturenames:
        look_at(request.getfixturevalue("mock_calls"))


def look_at(mock_calls: Any) -> None:
    assert mock_calls.clock()["now"].startswith(START[:19])
    assert mock_calls.calls() == mock_calls.webhooks() == mock_calls.requests() == []
    assert mock_calls.inbox() == []


@pytest.mark.mock_calls(allow={"unaccepted-webhook"})
@pytest.mark.parametrize("status", [200, 404, 418])
def test_the_application_of_this_test_gets_its_webhook(mock_calls: Any, status: int) -> None:
    application = Application(status)
    mock_calls.attach(ORIGIN, application)
    assert running == ["first"]
    mock_calls.deliver("mobtexting", to=f"{ORIGIN}/report")
    place(mock_calls)
    mock_calls.finish()
    [webhook] = mock_calls.webhooks()
    assert [attempt.status for attempt in webhook.attempts] == [status]
    assert len(application.received) == 1


@pytest.mark.mock_calls(strict=False)
def test_without_an_application_nobody_gets_the_webhook(mock_calls: Any) -> None:
    mock_calls.deliver("mobtexting", to=f"{ORIGIN}/report")
    place(mock_calls)
    mock_calls.finish()
    [webhook] = mock_calls.webhooks()
    assert [(attempt.status, attempt.error) for attempt in webhook.attempts] == [(None, "connect")]


def test_a_webhook_is_left_on_its_way(mock_calls: Any) -> None:
    mock_calls.attach(ORIGIN, Application(200))
    mock_calls.deliver("mobtexting", to=f"{ORIGIN}/report")
    place(mock_calls)
    mock_calls.advance("1s")


def test_the_clock_is_far_ahead(mock_calls: Any) -> None:
    assert mock_calls.advance("20h").now.isoformat() == "2026-01-02T05:00:00+00:00"


@pytest.mark.mock_calls(allow={"unaccepted-webhook"})
def test_scenarios_inboxes_and_accounts_are_changed(mock_calls: Any) -> None:
    mock_calls.scenario("of-this-test", {"legs": {"callee": "busy"}})
    mock_calls.use("of-this-test")
    mock_calls.program(500, 500)
    mock_calls.deliver("mobtexting", to=mock_calls.inbox_url())
    place(mock_calls)
    mock_calls.finish()
    assert mock_calls.calls()[0].outcome == "busy"


@pytest.mark.mock_calls(credentials={"mobtexting": ["key"]}, start_at="2026-01-01T09:00:00Z")
def test_a_credential_is_claimed(mock_calls: Any) -> None:
    url = f"{mock_calls.origin}/mobtexting/api/v2/voice/c2c"
    httpx.post(url, json=CLICK, headers=HEADERS, trust_env=False)
    assert len(mock_calls.calls()) == 1


def test_an_asynchronous_client_attaches_and_does_not_close(async_mock_calls: Any) -> None:
    application = Application(202)

    async def run() -> None:
        await async_mock_calls.attach(ORIGIN, application)
        await async_mock_calls.deliver("mobtexting", to=f"{ORIGIN}/report")
        async with httpx.AsyncClient(trust_env=False) as client:
            url = async_mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
            await client.post(url, json=CLICK, headers=HEADERS)
        await async_mock_calls.finish()
        [webhook] = await async_mock_calls.webhooks()
        assert [attempt.status for attempt in webhook.attempts] == [202]

    asyncio.run(run())
    assert len(application.received) == 1
