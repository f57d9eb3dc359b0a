"""Effects: calls placed and moved, events scheduled, webhooks enqueued."""

from collections.abc import Mapping

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Event
from mockserver.core.call_flows import CALL_FLOWS, compile_script
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.provider import Effects
from mockserver.core.scenario import Scenario
from mockserver.core.script import DueStep, WaitReason
from mockserver.engine.effects import apply, call_account, place_call, schedule_next_step
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import DueItem, ScheduledEvent
from tests.support import read
from tests.support.builders import build_call, build_call_spec, build_webhook
from tests.support.matches import match_call
from tests.support.simulation import START, click_to_call, state_with_scenarios, take_due_item

PLACED = Event(at=START, type="placed")
SPEC = build_call_spec(created_at=START)
CALL = build_call(spec=SPEC, starts_at=START, events=(PLACED,))
HANGUP = Event(at=START + 5, type="hangup", leg="b")


def test_a_new_call_is_stored_journaled_and_scheduled(state: SandboxState) -> None:
    place_call(state, CALL, START, match_call(state, CALL, "callee-busy"))
    assert (read.calls(state), read.leg_scenarios(state)["c1"].scenario.name) == (
        {"c1": CALL},
        "callee-busy",
    )
    assert list(read.journal(state)) == [
        JournalEntry(at=START, type="event", call_id="c1", payload=PLACED)
    ]
    assert take_due_item(state) == DueItem(at=START, serial=1, kind="script", subject="c1")


def test_a_call_never_starts_in_the_past(state: SandboxState) -> None:
    place_call(state, CALL.replace(starts_at=START - 1), START)
    assert read.calls(state)["c1"].starts_at == START


def test_placing_a_call_that_has_not_begun_only_moves_its_start(state: SandboxState) -> None:
    place_call(
        state,
        CALL.replace(starts_at=START + 60_000),
        START,
        match_call(state, CALL, "callee-busy"),
    )
    place_call(
        state,
        read.calls(state)["c1"].replace(starts_at=START + 9_000),
        START + 5_000,
    )
    assert read.calls(state)["c1"] == CALL.replace(starts_at=START + 9_000)
    assert read.leg_scenarios(state)["c1"].scenario.name == "callee-busy"
    assert [due.at for due in read.pending_items(state)] == [START + 9_000]
    assert len(read.journal(state)) == 1


@pytest.mark.parametrize(
    ("legs", "presets"),
    [
        ({"callee": "busy"}, ("answered", "busy")),
        ({"a": "machine", "to": "rejected"}, ("machine", "rejected")),
        ({}, ("answered", "answered")),
    ],
)
def test_a_placed_call_gets_a_script_for_each_leg(
    configuration: Configuration, legs: Mapping[str, str], presets: tuple[str, str]
) -> None:
    state = state_with_scenarios(
        configuration,
        Scenario(name="mine", legs={leg: PRESETS[preset] for leg, preset in legs.items()}),
    )
    place_call(state, CALL, START, match_call(state, CALL))
    behaviors = dict(zip("ab", (PRESETS[preset] for preset in presets), strict=True))
    assert read.scripts(state)["c1"] == compile_script(CALL_FLOWS["b-after-a"], behaviors)


def test_a_placed_call_is_found_by_its_recording(state: SandboxState) -> None:
    exchange = click_to_call(state)
    name = (
        read.calls(state)["c1"]
        .spec.recording_url.removeprefix("/_media/default/")
        .removesuffix(".wav")
    )
    assert (read.call_ids_by_recording(state), exchange.call_ids) == ({name: "c1"}, ("c1",))


def test_a_scheduled_event_belongs_to_the_current_attempt(state: SandboxState) -> None:
    apply(state, Effects(calls=(CALL,), events=(("c1", HANGUP),)), START)
    take_due_item(state)
    assert take_due_item(state) == DueItem(
        at=START + 5,
        serial=2,
        kind="event",
        subject="c1",
        payload=ScheduledEvent(attempt=0, event=HANGUP),
    )


def test_an_event_scheduled_with_a_redial_belongs_to_the_new_attempt(state: SandboxState) -> None:
    place_call(state, CALL, START, match_call(state, CALL))
    over = read.calls(state)["c1"].replace(
        phase="over", attempt_started_at=START, attempt_ended_at=START
    )
    apply(state, Effects(calls=(over.with_redial(START),), events=(("c1", HANGUP),)), START)
    assert [due.payload for due in read.pending_items(state) if due.payload] == [
        ScheduledEvent(attempt=1, event=HANGUP)
    ]


def test_effects_are_applied_in_the_order_calls_events_webhooks(state: SandboxState) -> None:
    webhook = build_webhook()
    apply(state, Effects(calls=(CALL,), events=(("c1", PLACED),), webhooks=(webhook,)), START)
    kinds = [take_due_item(state) for _ in range(3)]
    assert [due.kind if due else None for due in kinds] == ["script", "event", "delivery"]


def test_the_account_of_a_call_is_the_present_one(state: SandboxState) -> None:
    changed = read.accounts(state)["mobtexting", "mobtexting-default"].replace(balance=None)
    state.accounts.replace(changed)
    assert call_account(state, CALL) is changed


def test_rescheduling_an_unchanged_step_keeps_its_due_item(state: SandboxState) -> None:
    place_call(state, CALL, START, match_call(state, CALL))
    before = dict(read.next_steps(state))
    for _ in range(3):
        schedule_next_step(state, "c1")
    assert (read.next_steps(state), len(list(read.pending_items(state)))) == (before, 1)
    assert take_due_item(state) == DueItem(at=START, serial=1, kind="script", subject="c1")


def test_the_wait_reasons_of_a_call_are_dropped_once_a_step_is_due(state: SandboxState) -> None:
    place_call(state, CALL, START, match_call(state, CALL))
    progress = read.progress(state)["c1"]
    state.calls.set_progress("c1", progress.replace(script=()))
    ringing = tuple(leg.replace(state="ringing") for leg in CALL.legs[:1])
    state.calls.update(CALL.replace(phase="begun", legs=ringing))
    schedule_next_step(state, "c1")
    assert (read.wait_reasons(state), read.next_steps(state)) == (
        {"c1": (WaitReason(reason="person", leg="a"),)},
        {},
    )
    state.calls.update(CALL)
    schedule_next_step(state, "c1")
    step = DueStep(at=START, track_index=-1, event=Event(at=START, type="begin"), location="")
    assert (read.wait_reasons(state), read.next_steps(state)) == ({}, {"c1": (2, step)})
