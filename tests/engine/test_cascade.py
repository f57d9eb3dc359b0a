"""What one event comes to, one after another, and what the account has paid by then."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Charge, SaveRecord
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import cascade
from tests.conftest import until_at
from tests.toy import KEY, LISTING, TOY, Agent, ask, opened, shop

OTHER = ("toy", "other")


def rung(**changes: Any) -> SandboxState:
    """A call that rings, at a vendor who behaves differently."""
    store = opened(shop({"ann": "offline"}, "10"))
    ask(store)
    until_at(store, 0)
    toy = LISTING._replace(provider=TOY._replace(**changes))
    store.configuration = store.configuration._replace(providers={"toy": toy})
    return store


def test_unfolded_what_follows_finds_the_account_as_it_will_be() -> None:
    found = []

    def react(moment: EventContext) -> Effects:
        agent = moment.account.records["agents"]["ann"].state
        found.append((moment.event.type, str(moment.account.balance), agent))
        if moment.event.type != "hangup":
            return NO_EFFECTS
        sums = ((KEY, Decimal(1), "busy"), (OTHER, Decimal(5), "gone"))
        return Effects(
            charges=tuple(Charge(key, amount, "talk") for key, amount, _ in sums),
            records=tuple(SaveRecord(key, "agents", "ann", Agent(state)) for key, _, state in sums),
        )

    store = rung(on_event=react)
    event = Event(9, "hangup", "a", {"cause": "busy"})
    for _ in cascade(store, store.accounts[KEY], store.calls["c1"], event):
        pass
    assert found == [
        ("hangup", "10", "offline"),
        ("attempt-ended", "9", "busy"),
        ("ended", "9", "busy"),
    ]


def test_unfolded_says_when_an_act_would_be_possible() -> None:
    held = TOY.vendor_events["hold"]
    some = held._replace(allowed_in=frozenset({"offered", "connected"}))
    store = rung(vendor_events={**TOY.vendor_events, "hold": some})
    with pytest.raises(IllegalTransition) as refused:
        list(cascade(store, store.accounts[KEY], store.calls["c1"], Event(9, "hold")))
    why = "hold is not possible while queued, only while connected or offered"
    assert str(refused.value) == why
