"""The control API accepts vendor events or rejects them with the reason."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from tests.support.fake_vendor import ACCOUNT_KEY, BOUND_FAKE_VENDOR, build_shop, place_calls
from tests.support.site import read_problem
from tests.support.site_client import SiteClient, build_site_client


@pytest.fixture
def site(configuration: Configuration) -> SiteClient:
    """A site with the fake vendor, on which one call waits in the queue as no agent is online."""
    with_fake_vendor = configuration._replace(
        providers={**configuration.providers, "toy": BOUND_FAKE_VENDOR},
        accounts={**configuration.accounts, ACCOUNT_KEY: build_shop({"ann": "offline"})},
    )
    site = build_site_client(with_fake_vendor)
    place_calls(site.sandbox.state, now=site.sandbox.clock.now())
    site.advance(by=5)
    return site


def post_event(site: SiteClient, **body: Any) -> Any:
    return site.request("POST", "/_mock/calls/c1/events", json=body)


def test_a_vendor_event_changes_the_call_and_is_listed_in_it(site: SiteClient) -> None:
    response = post_event(site, event="offer", agent="ann")
    call = response.json()
    assert (response.status_code, call["vendor_status"]) == (200, "offered")
    offer = next(event for event in call["events"] if event["event"] == "offer")
    assert (offer["agent"], offer["by"]) == ("ann", "control")


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"event": "hold"}, 409, "hold is not possible while queued, only while connected"),
        ({"event": "offer", "agent": "eve"}, 409, "there is no agent eve"),
        ({"event": "offer", "agnt": "ann"}, 422, "offer takes no 'agnt': did you mean 'agent'?"),
        ({"event": "offr"}, 422, "a phone cannot offr: did you mean 'offer'?"),
    ],
)
def test_an_impossible_or_unknown_vendor_event_is_rejected_with_the_reason(
    site: SiteClient, body: Any, status: int, detail: str
) -> None:
    response = post_event(site, **body)
    assert (read_problem(response)[0], read_problem(response)[2]) == (status, detail)


def test_a_call_shows_the_resource_that_it_waits_for(site: SiteClient) -> None:
    [call] = site.get_json("/_mock/calls")["calls"]
    assert call["waiting"] == [{"for": "agent", "leg": None}]


def test_a_provider_is_listed_with_its_vendor_events(site: SiteClient) -> None:
    vendor_events = {
        provider["name"]: provider["acts"]
        for provider in site.get_json("/_mock/providers")["providers"]
    }
    assert vendor_events["toy"] == ["offer", "abandon", "hold", "resume", "transfer", "rate"]
