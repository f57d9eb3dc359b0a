"""A reset brings a sandbox back to its initial state."""

import asyncio

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem
from tests.support.site_client import SiteClient, build_site_client

ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"
PATHS = ("calls", "requests", "webhooks", "journal", "clock", "accounts/mobtexting", "inboxes/x")


def read_lists(site: SiteClient) -> list[object]:
    return [site.get_json(f"/_mock/{path}") for path in PATHS]


def test_a_reset_restores_the_initial_state(site: SiteClient) -> None:
    before = read_lists(site)
    site.request("PATCH", ACCOUNT_PATH, json={"balance": 1})
    site.click_to_call()
    site.advance(by=60)
    site.request("PUT", "/_mock/clock", json={"mode": "60x"})
    site.request("POST", "/_mock/receive/x")
    assert not any(first == second for first, second in zip(before, read_lists(site), strict=True))
    response = site.request("POST", "/_mock/reset")
    assert (response.status_code, response.json()) == (200, {"now": "2026-01-01T09:00:00.000Z"})
    assert read_lists(site) == before


def test_the_same_requests_after_a_reset_give_the_same_journal_and_calls(site: SiteClient) -> None:
    def run_scenario() -> tuple[bytes, bytes]:
        site.click_to_call("callee-busy")
        site.advance()
        journal = site.request("GET", "/_mock/journal").content
        return journal, site.request("GET", "/_mock/calls").content

    first = run_scenario()
    site.request("POST", "/_mock/reset")
    assert run_scenario() == first


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_reset_is_requested_by_post_only(site: SiteClient, method: str) -> None:
    assert read_problem(site.request(method, "/_mock/reset"))[:2] == (405, "method-not-allowed")


def test_a_reset_cancels_all_running_deliveries_before_it_responds(
    configuration: Configuration,
) -> None:
    """The receivers of a hundred webhooks never respond."""

    async def wait_to_be_canceled(_: Delivery) -> DeliveryResult:
        if len(site.dispatcher.deliveries) == 100:
            all_started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancellations.append(reset_done.is_set())
        raise AssertionError

    async def reset_with_running_deliveries() -> None:
        site.sandbox.start()
        async with site.client() as client:
            for _ in range(100):
                await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            await all_started.wait()
            await client.post("/_mock/reset")
            reset_done.set()
            webhooks = (await client.get("/_mock/webhooks")).json()
        await site.sandbox.stop()
        assert webhooks == {"webhooks": [], "evicted": 0, "total": 0}

    site, all_started, reset_done = (
        build_site_client(configuration, "instant"),
        asyncio.Event(),
        asyncio.Event(),
    )
    cancellations: list[bool] = []
    site.dispatcher.receive = wait_to_be_canceled
    asyncio.run(reset_with_running_deliveries())
    assert cancellations == [False] * 100
    assert len(site.dispatcher.deliveries) == 100
