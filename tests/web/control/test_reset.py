"""Back to the seeded start, over HTTP."""

import asyncio

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from tests.conftest import CLICK
from tests.web.conftest import C2C, HEADERS, House, build, refusal

MINE = "/_mock/accounts/mobtexting/mobtexting-default"
PATHS = ("calls", "requests", "webhooks", "journal", "clock", "accounts/mobtexting", "inboxes/x")


def seen(house: House) -> list[object]:
    return [house.read(f"/_mock/{path}") for path in PATHS]


def test_reset_forgets_everything(house: House) -> None:
    before = seen(house)
    house.ask("PATCH", MINE, json={"balance": 1})
    house.place()
    house.advance(by=60)
    house.ask("PUT", "/_mock/clock", json={"mode": "60x"})
    house.ask("POST", "/_mock/inbox/x")
    assert not any(one == other for one, other in zip(before, seen(house), strict=True))
    answer = house.ask("POST", "/_mock/reset")
    assert (answer.status_code, answer.json()) == (200, {"now": "2026-01-01T09:00:00.000Z"})
    assert seen(house) == before


def test_reset_begins_the_same_story_again(house: House) -> None:
    def story() -> tuple[bytes, bytes]:
        house.place("callee-busy")
        house.advance()
        journal = house.ask("GET", "/_mock/journal").content
        return journal, house.ask("GET", "/_mock/calls").content

    first = story()
    house.ask("POST", "/_mock/reset")
    assert story() == first


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_reset_is_a_post(house: House, method: str) -> None:
    assert refusal(house.ask(method, "/_mock/reset"))[:2] == (405, "method not allowed")


def test_nothing_that_was_out_arrives_after_a_reset(world: Configuration) -> None:
    """A hundred reports whose receivers do not answer."""

    async def never(_: Delivery) -> DeliveryResult:
        if len(house.postman.carried) == 100:
            enough.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(answered.is_set())
        raise AssertionError

    async def scenario() -> None:
        house.sandbox.start()
        async with house.client() as client:
            for _ in range(100):
                await client.post(C2C, json=dict(CLICK), headers=HEADERS)
            await enough.wait()
            await client.post("/_mock/reset")
            answered.set()
            left = (await client.get("/_mock/webhooks")).json()
        await house.sandbox.stop()
        assert left == {"webhooks": [], "dropped": 0}

    house, enough, answered = build(world, "instant"), asyncio.Event(), asyncio.Event()
    stopped: list[bool] = []
    house.postman.receive = never
    asyncio.run(scenario())
    assert stopped == [False] * 100
    assert len(house.postman.carried) == 100
