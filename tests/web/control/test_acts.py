"""A provider's acts through the control API: done, refused with the sentence, or not understood."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from tests.toy import KEY, LISTING, ask, shop
from tests.web.conftest import House, build, refusal


@pytest.fixture
def house(world: Configuration) -> House:
    """With a queue in which one call waits, its agents offline."""
    toy = world._replace(
        providers={**world.providers, "toy": LISTING},
        accounts={**world.accounts, KEY: shop({"ann": "offline"})},
    )
    house = build(toy)
    ask(house.sandbox.state, now=house.sandbox.clock.now())
    house.advance(by=5)
    return house


def event(house: House, **body: Any) -> Any:
    return house.ask("POST", "/_mock/calls/c1/events", json=body)


def test_act_happens(house: House) -> None:
    answer = event(house, event="offer", agent="ann")
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
def test_act_that_cannot_be(house: House, body: Any, status: int, detail: str) -> None:
    answer = event(house, **body)
    assert (refusal(answer)[0], refusal(answer)[2]) == (status, detail)


def test_waiting_for_a_resource_is_told(house: House) -> None:
    [call] = house.read("/_mock/calls")["calls"]
    assert call["waiting"] == [{"for": "agent", "leg": None}]


def test_acts_are_listed(house: House) -> None:
    known = {one["name"]: one["acts"] for one in house.read("/_mock/providers")["providers"]}
    assert known["toy"] == ["offer", "abandon", "hold", "resume", "transfer", "rate"]
