"""A search compares each item once, and again if it has changed."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from mockserver.core.http import Request as VendorRequest
from mockserver.engine.bounded_log import MAX_ITEMS
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.runtime.background import Background
from mockserver.web import slices
from mockserver.web.control import item_search
from mockserver.web.control.calls import CALLS
from mockserver.web.control.item_search import ItemSearch
from mockserver.web.control.listing import ItemKind
from mockserver.web.control.matching import mismatches
from mockserver.web.control.requests import REQUESTS
from mockserver.web.control.webhooks import WEBHOOKS
from tests.support.edge_site import EdgeSite
from tests.support.simulation import CLICK_TO_CALL_PATH, START

REFUSAL = OwnRefusal(
    problem="unknown-scenario",
    status=422,
    explanation="no scenario is named x",
    provider="mobtexting",
    operation="c2c",
)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the items that are compared, in order."""
    ids: list[str] = []

    def record(item: Mapping[str, Any], match: Mapping[str, Any]) -> list[Any]:
        ids.append(item["id"])
        return mismatches(item, match)

    monkeypatch.setattr(item_search, "mismatches", record)
    return ids


def search(edge: EdgeSite, kind: ItemKind, **match: Any) -> ItemSearch:
    state = {
        "request_info": SimpleNamespace(sandbox=edge.default),
        "dependencies": SimpleNamespace(background=Background(), origins=("http://h",)),
    }
    return ItemSearch(Request({"type": "http", "state": state}), kind, match)


def record_requests(edge: EdgeSite, count: int) -> None:
    request = VendorRequest(method="POST", path=CLICK_TO_CALL_PATH)
    for _ in range(count):
        record_refusal(edge.default.state, request, START, REFUSAL)


def update(searched: ItemSearch) -> list[str]:
    """Update a search and return the ids of what it has found."""
    asyncio.run(searched.update())
    found = [item["id"] for item in searched.found()]
    assert searched.count_found() == len(found)
    return found


def test_a_request_is_compared_once(edge: EdgeSite, compared: list[str]) -> None:
    searched = search(edge, REQUESTS, status=422)
    assert update(searched) == []
    record_requests(edge, 2)
    assert update(searched) == update(searched) == ["r1", "r2"]
    record_requests(edge, 1)
    searched.update_at_once()
    assert update(searched) == compared == ["r1", "r2", "r3"]


def test_an_evicted_request_is_found_no_longer(edge: EdgeSite) -> None:
    record_requests(edge, MAX_ITEMS)
    searched = search(edge, REQUESTS, status=422)
    assert len(update(searched)) == MAX_ITEMS
    record_requests(edge, 2)
    assert (len(update(searched)), update(searched)[0]) == (MAX_ITEMS, "r3")


def test_after_a_reset_everything_is_compared_anew(edge: EdgeSite, compared: list[str]) -> None:
    searched = search(edge, REQUESTS, status=422)
    record_requests(edge, 2)
    assert update(searched) == ["r1", "r2"]
    edge.request("POST", "/_mock/reset")
    record_requests(edge, 1)
    assert update(searched) == ["r1"]
    assert compared == ["r1", "r2", "r1"]


def test_a_reset_during_an_update_is_noticed(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was compared before it is not found."""
    searched = search(edge, REQUESTS, status=422)
    record_requests(edge, 3)
    monkeypatch.setattr(slices, "SLICE", -1)

    async def main() -> None:
        updating = asyncio.create_task(searched.update())
        await asyncio.sleep(0)
        await edge.default.reset()
        await updating

    asyncio.run(main())
    assert searched.found() == []


@pytest.mark.parametrize(
    ("kind", "match", "item_id"),
    [(CALLS, {"state": "ended"}, "c1"), (WEBHOOKS, {"state": "delivered"}, "w1")],
)
def test_a_call_or_webhook_is_compared_again_when_it_has_changed(
    edge: EdgeSite, compared: list[str], kind: ItemKind, match: Mapping[str, Any], item_id: str
) -> None:
    searched = search(edge, kind, **match)
    edge.click_to_call()
    assert update(searched) == []
    edge.advance()
    assert update(searched) == update(searched) == [item_id]
    assert set(compared) == {item_id}
    assert len(compared) <= 2


def test_a_call_is_compared_again_when_it_has_another_webhook(edge: EdgeSite) -> None:
    searched = search(edge, CALLS, webhooks="w1")
    edge.click_to_call()
    assert update(searched) == []
    edge.advance()
    assert update(searched) == ["c1"]


def test_the_nearest_are_shown_as_they_are_now(edge: EdgeSite) -> None:
    searched = search(edge, CALLS, state="ended", account="other")
    edge.click_to_call()
    assert update(searched) == []
    edge.advance()
    [nearest] = asyncio.run(searched.nearest())
    assert (nearest["id"], [each["field"] for each in nearest["differs"]]) == ("c1", ["account"])
