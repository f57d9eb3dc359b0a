"""Back to the seeded start, over HTTP."""

import asyncio

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site_client import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    SiteClient,
    build_site_client,
    read_problem,
)

MINE = "/_mock/accounts/mobtexting/mobtexting-default"
PATHS = ("calls", "requests", "webhooks", "journal", "clock", "accounts/mobtexting", "inboxes/x")


def seen(site: SiteClient) -> list[object]:
    return [site.get_json(f"/_mock/{path}") for path in PATHS]


def test_reset_forgets_everything(site: SiteClient) -> None:
    before = seen(site)
    site.request("PATCH", MINE, json={"balance": 1})
    site.click_to_call()
    site.advance(by=60)
    site.request("PUT", "/_mock/clock", json={"mode": "60x"})
    site.request("POST", "/_mock/inbox/x")
    assert not any(one == other for one, other in zip(before, seen(site), strict=True))
    answer = site.request("POST", "/_mock/reset")
    assert (answer.status_code, answer.json()) == (200, {"now": "2026-01-01T09:00:00.000Z"})
    assert seen(site) == before


def test_reset_begins_the_same_story_again(site: SiteClient) -> None:
    def story() -> tuple[bytes, bytes]:
        site.click_to_call("callee-busy")
        site.advance()
        journal = site.request("GET", "/_mock/journal").content
        return journal, site.request("GET", "/_mock/calls").content

    first = story()
    site.request("POST", "/_mock/reset")
    assert story() == first


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_reset_is_a_post(site: SiteClient, method: str) -> None:
    assert read_problem(site.request(method, "/_mock/reset"))[:2] == (405, "method not allowed")


def test_nothing_that_was_out_arrives_after_a_reset(configuration: Configuration) -> None:
    """A hundred reports whose receivers do not answer."""

    async def never(_: Delivery) -> DeliveryResult:
        if len(site.dispatcher.deliveries) == 100:
            enough.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(answered.is_set())
        raise AssertionError

    async def scenario() -> None:
        site.sandbox.start()
        async with site.client() as client:
            for _ in range(100):
                await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            await enough.wait()
            await client.post("/_mock/reset")
            answered.set()
            left = (await client.get("/_mock/webhooks")).json()
        await site.sandbox.stop()
        assert left == {"webhooks": [], "dropped": 0}

    site, enough, answered = (
        build_site_client(configuration, "instant"),
        asyncio.Event(),
        asyncio.Event(),
    )
    stopped: list[bool] = []
    site.dispatcher.receive = never
    asyncio.run(scenario())
    assert stopped == [False] * 100
    assert len(site.dispatcher.deliveries) == 100
