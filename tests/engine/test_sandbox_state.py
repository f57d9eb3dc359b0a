"""The sandbox state: accounts, journal, agenda, and what a reset restores."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from mockserver.core.account import Account, Limits
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.core.script import DueStep, WaitReason
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from mockserver.engine.state.agenda import DueItem, ScheduledEvent
from mockserver.engine.state.calls import CallProgress
from tests.support import read
from tests.support.matches import activate
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    take_due_item,
)

STEP = DueStep(at=5, track_index=0, event=Event(at=5, type="play", leg="a"), location="")


def test_the_read_model_has_the_seed_and_the_state_that_providers_may_read(
    state: SandboxState,
) -> None:
    click_to_call(state)
    play_until_idle(state)
    state.counters.count("key", 1)
    state.accounts.store_upload(b"data")
    read_model = state.read_model
    assert (read_model.seed, read_model.path_prefix) == (state.configuration.seed, "")
    assert (read_model.accounts, read_model.calls, read_model.call_ids_by_vendor_id) == (
        state.accounts.by_key,
        state.calls.by_id,
        state.calls.ids_by_vendor_id,
    )
    assert (read_model.deliveries, read_model.delivery_ids_by_call) == (
        state.deliveries.by_id,
        state.deliveries.ids_by_call,
    )
    assert (read_model.counts, read_model.uploads) == (
        state.counters.counts,
        state.accounts.uploads,
    )


def test_accounts_with_generated_records_are_populated(configuration: Configuration) -> None:
    def populate(seed: str, account: Account) -> Account:
        return account.replace(balance=Decimal(len(seed)))

    accounts = {
        ("toy", name): Account(name=name, provider="toy", generate=generate)
        for name, generate in (("plain", {}), ("made", {"agents": "3"}))
    }
    state = SandboxState(
        configuration._replace(accounts=accounts, populate=populate, seed="four"), START
    )
    assert [account.balance for account in state.accounts.by_key.values()] == [None, Decimal(4)]


def test_a_due_item_has_its_scheduled_event(state: SandboxState) -> None:
    click_to_call(state, "answered")
    event = ScheduledEvent(attempt=0, event=Event(at=5, type="hangup", leg="b"))
    serial = state.agenda.schedule(5, "event", "c1", event)
    assert take_due_item(state) == DueItem(
        at=5, serial=serial, kind="event", subject="c1", payload=event
    )


def set_next_step(state: SandboxState, call_id: str, at: int) -> None:
    step = STEP.replace(at=at)
    serial = state.agenda.schedule(at, "script", call_id)
    state.calls.set_progress(call_id, CallProgress(next_step=step, serial=serial))


def test_a_replaced_step_is_skipped(state: SandboxState) -> None:
    set_next_step(state, "c1", 5)
    state.agenda.schedule(9, "script", "c2")
    set_next_step(state, "c1", 7)
    assert [due.at for due in state.pending_items()] == [7]
    taken = [take_due_item(state) for _ in range(2)]
    assert [due.at if due else None for due in taken] == [7, None]


def test_each_call_has_one_pending_step(state: SandboxState) -> None:
    click_to_call(state)
    click_to_call(state)
    for _ in range(6):
        run_due_item(state)
    apply_event(state, "c1", Event(at=START + 2_000, type="press", leg="a", data={"digits": "1"}))
    pending = [(due.at, due.kind, due.subject) for due in sorted(state.pending_items())]
    assert pending == [(START + 2_000, "script", "c1"), (START + 2_000, "script", "c2")]


def test_the_end_of_a_change_takes_what_no_longer_holds_and_a_look_takes_nothing(
    state: SandboxState,
) -> None:
    click_to_call(state)
    for _ in range(2):
        run_due_item(state)
    apply_event(state, "c1", Event(at=START, type="hangup", leg="a", data={"cause": "busy"}))
    webhook, stale = list(state.agenda)
    assert (webhook.kind, stale.kind, [*state.pending_items()]) == ("delivery", "script", [webhook])
    assert (read.peek(state), list(state.agenda)) == (webhook, [webhook, stale])
    run_due_item(state)
    assert list(state.agenda) == []


REFUSING = Scenario(name="refusing", responses=(ApiBehavior(fault="conflict"),))

STATE_PARTS: list[Callable[[SandboxState], object]] = [
    lambda state: state.accounts.by_key,
    lambda state: state.activations.in_force,
    lambda state: state.activations.next_id,
    lambda state: state.activations.position(("", "refusing")),
    lambda state: state.counters.request_times,
    lambda state: state.deliveries.held_back,
    lambda state: state.calls.ids_by_recording,
    lambda state: state.journal.request_origins,
    lambda state: state.calls.by_id,
    lambda state: state.calls.progress,
    lambda state: state.calls.waiting,
    lambda state: list(state.journal.exchanges),
    lambda state: state.deliveries.by_id,
    lambda state: state.deliveries.ids_by_call,
    lambda state: list(state.journal.entries),
    lambda state: state.journal.entry_count,
    lambda state: state.journal.request_count,
    lambda state: list(state.pending_items()),
]


@pytest.mark.parametrize("part", STATE_PARTS)
def test_a_reset_restores_the_initial_state(
    configuration: Configuration, part: Callable[[SandboxState], object]
) -> None:
    scenarios = configuration.scenarios._replace(
        by_name={**configuration.scenarios.by_name, "refusing": REFUSING}
    )
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    change_account(state, limits=Limits(requests=9, per=1_000))
    click_to_call(state, "callee-busy", "doubled-report")
    play_until_idle(state)
    click_to_call(state, now=START + 60_000)
    state.activations.take_position(("", "refusing"))
    state.deliveries.hold("c2", ("w9",))
    activate(state, "callee-busy")
    progress = state.calls.progress["c2"]
    waits = (WaitReason(reason="control"),)
    state.calls.set_progress("c2", progress.replace(wait_reasons=waits))
    state.accounts.replace(Account(name="mine", provider="mobtexting"))
    initial = part(SandboxState(configuration, START))
    assert part(state) != initial
    state.reset(START)
    assert (part(state), state.epoch) == (initial, 1)


def test_the_same_call_after_a_reset_has_the_same_journal_and_webhooks(state: SandboxState) -> None:
    click_to_call(state)
    first = (play_until_idle(state), list(state.journal.entries))
    state.reset(START)
    click_to_call(state)
    repeated = [delivery.replace(epoch=0) for delivery in play_until_idle(state)]
    kinds = [(entry.at, entry.type, entry.call_id) for entry in state.journal.entries]
    assert (repeated, kinds) == (
        first[0],
        [(entry.at, entry.type, entry.call_id) for entry in first[1]],
    )


def test_a_reset_keeps_the_subscribers(state: SandboxState) -> None:
    seen: list[JournalEntry] = []
    state.journal.subscribe(seen.append)
    state.reset(START)
    state.journal.append(JournalEntry(at=1, type="clock", call_id="", payload={}))
    assert len(seen) == 1
