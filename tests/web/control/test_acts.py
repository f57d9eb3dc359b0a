"""A provider's acts through the control API: done, refused with the sentence, or not understood."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from tests.support.fake_vendor import ACCOUNT_KEY, BOUND_FAKE_VENDOR, build_shop, place_calls
from tests.support.site_client import SiteClient, build_site_client, read_problem


@pytest.fixture
def site(configuration: Configuration) -> SiteClient:
    """With a queue in which one call waits, its agents offline."""
    toy = configuration._replace(
        providers={**configuration.providers, "toy": BOUND_FAKE_VENDOR},
        accounts={**configuration.accounts, ACCOUNT_KEY: build_shop({"ann": "offline"})},
    )
    site = build_site_client(toy)
    place_calls(site.sandbox.state, now=site.sandbox.clock.now())
    site.advance(by=5)
    return site


def event(site: SiteClient, **body: Any) -> Any:
    return site.request("POST", "/_mock/calls/c1/events", json=body)


def test_act_happens(site: SiteClient) -> None:
    answer = event(site, event="offer", agent="ann")
    told = answer.json()
    assert (answer.status_code, told["vendor_status"]) == (200, "offered")
    offer = next(one for one in told["events"] if one["event"] == "offer")
    assert (offer["agent"], offer["by"]) == ("ann", "control")


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"event": "hold"}, 409, "hold is not possible while queued, only while connected"),
        ({"event": "offer", "agent": "eve"}, 409, "there is no agent eve"),
        ({"event": "offer", "agnt": "ann"}, 422, "offer takes no agnt"),
        ({"event": "offr"}, 422, "a phone cannot offr: did you mean 'offer'?"),
    ],
)
def test_act_that_cannot_be(site: SiteClient, body: Any, status: int, detail: str) -> None:
    answer = event(site, **body)
    assert (read_problem(answer)[0], read_problem(answer)[2]) == (status, detail)


def test_waiting_for_a_resource_is_told(site: SiteClient) -> None:
    [call] = site.get_json("/_mock/calls")["calls"]
    assert call["waiting"] == [{"for": "agent", "leg": None}]


def test_acts_are_listed(site: SiteClient) -> None:
    known = {one["name"]: one["acts"] for one in site.get_json("/_mock/providers")["providers"]}
    assert known["toy"] == ["offer", "abandon", "hold", "resume", "transfer", "rate"]
