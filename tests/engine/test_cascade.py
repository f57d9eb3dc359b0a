"""What one event comes to, one after another, and what the account has paid by then."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Charge, SaveRecord
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import cascade
from tests.support import read
from tests.support.fake_vendor import (
    ACCOUNT_KEY,
    BOUND_FAKE_VENDOR,
    FAKE_VENDOR,
    Agent,
    build_shop,
    build_state,
    place_calls,
)
from tests.support.simulation import run_until

OTHER = ("toy", "other")


def rung(**changes: Any) -> SandboxState:
    """A call that rings, at a vendor who behaves differently."""
    state = build_state(build_shop({"ann": "offline"}, "10"))
    place_calls(state)
    run_until(state, 0)
    toy = BOUND_FAKE_VENDOR._replace(provider=FAKE_VENDOR._replace(**changes))
    state.configuration = state.configuration._replace(providers={"toy": toy})
    return state


def test_unfolded_what_follows_finds_the_account_as_it_will_be() -> None:
    found = []

    def react(moment: EventContext) -> Effects:
        agent = moment.account.records["agents"]["ann"].state
        found.append((moment.event.type, str(moment.account.balance), agent))
        if moment.event.type != "hangup":
            return NO_EFFECTS
        sums = ((ACCOUNT_KEY, Decimal(1), "busy"), (OTHER, Decimal(5), "gone"))
        return Effects(
            charges=tuple(
                Charge(account=key, amount=amount, reason="talk") for key, amount, _ in sums
            ),
            records=tuple(
                SaveRecord(account=key, kind="agents", identity="ann", record=Agent(state))
                for key, _, state in sums
            ),
        )

    state = rung(on_event=react)
    event = Event(at=9, type="hangup", leg="a", data={"cause": "busy"})
    for _ in cascade(state, read.accounts(state)[ACCOUNT_KEY], read.calls(state)["c1"], event):
        pass
    assert found == [
        ("hangup", "10", "offline"),
        ("attempt-ended", "9", "busy"),
        ("ended", "9", "busy"),
    ]


def test_unfolded_says_when_an_act_would_be_possible() -> None:
    held = FAKE_VENDOR.vendor_events["hold"]
    some = held._replace(allowed_in=frozenset({"offered", "connected"}))
    state = rung(vendor_events={**FAKE_VENDOR.vendor_events, "hold": some})
    with pytest.raises(IllegalTransition) as refused:
        list(
            cascade(
                state,
                read.accounts(state)[ACCOUNT_KEY],
                read.calls(state)["c1"],
                Event(at=9, type="hold"),
            )
        )
    why = "hold is not possible while queued, only while connected or offered"
    assert str(refused.value) == why
