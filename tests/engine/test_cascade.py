"""Cascades: the events that one event causes, and the account that they see."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Charge, SaveRecord
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.engine.cascade import cascade
from mockserver.engine.sandbox_state import SandboxState
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


def build_ringing_state(**changes: Any) -> SandboxState:
    """Return a state with a ringing call, whose provider then gets these changes."""
    state = build_state(build_shop({"ann": "offline"}, "10"))
    place_calls(state)
    run_until(state, 0)
    bound = BOUND_FAKE_VENDOR._replace(provider=FAKE_VENDOR._replace(**changes))
    state.configuration = state.configuration._replace(providers={"toy": bound})
    return state


def test_later_events_of_a_cascade_see_the_account_as_earlier_ones_changed_it() -> None:
    observed = []

    def on_event(context: EventContext) -> Effects:
        agent_state = context.account.records["agents"]["ann"].state
        observed.append((context.event.type, str(context.account.balance), agent_state))
        if context.event.type != "hangup":
            return NO_EFFECTS
        rows = ((ACCOUNT_KEY, Decimal(1), "busy"), (OTHER, Decimal(5), "gone"))
        return Effects(
            charges=tuple(
                Charge(account=key, amount=amount, reason="talk") for key, amount, _ in rows
            ),
            records=tuple(
                SaveRecord(account=key, kind="agents", identity="ann", record=Agent(state))
                for key, _, state in rows
            ),
        )

    state = build_ringing_state(on_event=on_event)
    event = Event(at=9, type="hangup", leg="a", data={"cause": "busy"})
    for _ in cascade(state, read.accounts(state)[ACCOUNT_KEY], read.calls(state)["c1"], event):
        pass
    assert observed == [
        ("hangup", "10", "offline"),
        ("attempt-ended", "9", "busy"),
        ("ended", "9", "busy"),
    ]


def test_an_illegal_vendor_event_names_the_statuses_that_allow_it() -> None:
    hold = FAKE_VENDOR.vendor_events["hold"]
    changed = hold._replace(allowed_in=frozenset({"offered", "connected"}))
    state = build_ringing_state(vendor_events={**FAKE_VENDOR.vendor_events, "hold": changed})
    with pytest.raises(IllegalTransition) as error:
        list(
            cascade(
                state,
                read.accounts(state)[ACCOUNT_KEY],
                read.calls(state)["c1"],
                Event(at=9, type="hold"),
            )
        )
    reason = "hold is not possible while queued, only while connected or offered"
    assert str(error.value) == reason


def test_events_at_once_come_before_all_that_follows_and_have_no_effects_of_their_own() -> None:
    observed = []

    def on_event(context: EventContext) -> Effects:
        observed.append(context.event.type)
        at_once = (Event(at=9, type="hold"), Event(at=9, type="hold"))
        return Effects(at_once=at_once) if context.event.type == "hangup" else NO_EFFECTS

    hold = FAKE_VENDOR.vendor_events["hold"]
    anywhere = hold._replace(allowed_in=frozenset({"queued", "ended"}), next_event=None)
    vendor_events = {**FAKE_VENDOR.vendor_events, "hold": anywhere}
    state = build_ringing_state(on_event=on_event, vendor_events=vendor_events)
    applied = cascade(
        state,
        read.accounts(state)[ACCOUNT_KEY],
        read.calls(state)["c1"],
        Event(at=9, type="hangup", leg="a", data={"cause": "busy"}),
    )
    types = [event.type for _, event, _ in applied]
    assert types == ["hangup", "hold", "hold", "attempt-ended", "ended"]
    assert [event.type for event in applied[-1][0].events[-5:]] == types
    assert observed == ["hangup", "attempt-ended", "ended"]
