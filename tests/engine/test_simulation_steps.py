"""Steps of a scenario: waits, rejections and redials; the timeline of an account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Account
from mockserver.core.behavior import PRESETS, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry, RejectedEvent
from mockserver.core.scenario import Scenario
from mockserver.core.script import Step, WaitReason
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.engine.state.agenda import AccountPatch, DueItem
from tests.support import read
from tests.support.builders import build_wait_step
from tests.support.simulation import (
    START,
    all_attempts,
    click_to_call,
    next_due,
    play_until_idle,
    run_for,
    state_with_scenarios,
)

KEY = ("mobtexting", "mobtexting-default")
CONTINUE = Event(at=0, type="continue", source="control")
PRESS = Event(at=0, type="press", leg="a", data={"digits": "1"}, source="control")


def event_step(after: int, event_type: str, leg: str, cause: str = "normal") -> Step:
    data = {"cause": cause} if event_type == "hangup" else {}
    return Step(
        delay=fixed_duration(after),
        event_type=event_type,
        leg=leg,
        data=data,
        location="m.yaml:9:1",
    )


def play_steps(configuration: Configuration, *steps: Step, **fields: Any) -> SandboxState:
    state = state_with_scenarios(configuration, Scenario(name="mine", steps=steps, **fields))
    click_to_call(state)
    play_until_idle(state)
    return state


def event_log(state: SandboxState) -> list[tuple[int, str, str]]:
    call = read.calls(state)["c1"]
    return [(event.at - START, event.type, event.leg) for event in call.events]


def rejected_events(state: SandboxState) -> list[object]:
    return [entry.payload for entry in read.journal(state) if entry.type == "event-rejected"]


def test_a_step_ends_a_call_whose_legs_stay_on_the_line(configuration: Configuration) -> None:
    state = play_steps(configuration, event_step(30_000, "hangup", "b"))
    assert event_log(state)[-5:] == [
        (4_000, "bridge", ""),
        (30_000, "hangup", "b"),
        (30_000, "hangup", "a"),
        (30_000, "attempt-ended", ""),
        (30_000, "ended", ""),
    ]


@pytest.mark.parametrize(
    ("step", "wait_reason", "events", "ended_at"),
    [
        (build_wait_step("control"), WaitReason(reason="control"), (CONTINUE,), 60_000),
        (build_wait_step("control"), WaitReason(reason="control"), (PRESS,), 60_000),
        (build_wait_step("control", after=7), WaitReason(reason="control"), (CONTINUE,), 60_007),
        (build_wait_step("press", "a"), WaitReason(reason="press", leg="a"), (PRESS,), 60_000),
        (
            build_wait_step("press", "a"),
            WaitReason(reason="press", leg="a"),
            (CONTINUE, PRESS),
            60_001,
        ),
        (
            build_wait_step("poll", times=3),
            WaitReason(reason="poll"),
            tuple(Event(at=0, type="poll") for _ in range(4)),
            60_002,
        ),
        (
            build_wait_step("say", "b"),
            WaitReason(reason="say", leg="b"),
            (PRESS, Event(at=0, type="say", leg="b", data={"words": "yes"})),
            60_001,
        ),
    ],
)
def test_a_step_waits_for_its_external_condition(
    configuration: Configuration,
    step: Step,
    wait_reason: WaitReason,
    events: tuple[Event, ...],
    ended_at: int,
) -> None:
    state = play_steps(configuration, step, event_step(5_000, "hangup", "b"))
    assert (read.wait_reasons(state)["c1"], next_due(state)) == ((wait_reason,), None)
    for index, event in enumerate(events):
        apply_event(state, "c1", event.replace(at=START + 60_000 + index))
    play_until_idle(state)
    assert (read.calls(state)["c1"].ended_at, read.wait_reasons(state)) == (
        START + ended_at + 5_000,
        {},
    )


def test_two_keys_pressed_at_one_time_end_two_waits(configuration: Configuration) -> None:
    waits = build_wait_step("press", "a"), build_wait_step("press", "a")
    state = play_steps(configuration, *waits, event_step(1_000, "hangup", "a"))
    for _ in range(2):
        apply_event(state, "c1", PRESS.replace(at=START + 9_000))
    play_until_idle(state)
    assert read.calls(state)["c1"].ended_at == START + 10_000


def test_a_step_that_only_waits_leaves_no_journal_entry(configuration: Configuration) -> None:
    state = play_steps(configuration, build_wait_step("press", "a"), event_step(0, "hangup", "a"))
    apply_event(state, "c1", PRESS.replace(at=START + 9_000))
    before = len(read.journal(state))
    run_for(state, 9_000)
    event_types = [
        getattr(entry.payload, "type", "") for entry in list(read.journal(state))[before:]
    ]
    assert event_types == ["hangup", "hangup", "attempt-ended", "ended"]


def test_a_step_rings_and_answers_a_leg(configuration: Configuration) -> None:
    steps = (
        event_step(10_000, "ring", "b"),
        event_step(3_000, "answer", "b"),
        event_step(5_000, "hangup", "b"),
    )
    assert event_log(play_steps(configuration, *steps))[3:] == [
        (2_000, "answer", "a"),
        (10_000, "ring", "b"),
        (13_000, "answer", "b"),
        (13_000, "bridge", ""),
        (18_000, "hangup", "b"),
        (18_000, "hangup", "a"),
        (18_000, "attempt-ended", ""),
        (18_000, "ended", ""),
    ]


def test_a_leg_that_a_step_rings_has_the_behavior_of_the_scenario(
    configuration: Configuration,
) -> None:
    state = play_steps(configuration, event_step(10_000, "ring", "b"), legs={"b": PRESETS["busy"]})
    assert (event_log(state)[4], read.calls(state)["c1"].outcome) == ((10_000, "ring", "b"), "busy")


@pytest.mark.parametrize(
    ("step", "rejected"),
    [
        (
            event_step(1_000, "answer", "b"),
            RejectedEvent(
                type="answer",
                leg="b",
                location="m.yaml:9:1",
                reason="answer is not possible while leg b is idle, only while ringing",
            ),
        ),
        (
            event_step(1_000, "ring", "c"),
            RejectedEvent(
                type="ring",
                leg="c",
                location="m.yaml:9:1",
                reason="this call has no leg c, only a and b",
            ),
        ),
    ],
)
def test_a_rejected_step_names_reason_and_location_and_the_script_goes_on(
    configuration: Configuration, step: Step, rejected: RejectedEvent
) -> None:
    state = play_steps(configuration, step, event_step(8_000, "hangup", "a"))
    assert (rejected_events(state), read.calls(state)["c1"].ended_at) == ([rejected], START + 9_000)


def test_the_steps_start_again_with_each_attempt(configuration: Configuration) -> None:
    hangup = event_step(20_000, "hangup", "b", cause="no-answer")
    state = play_steps(configuration, hangup, legs={"b": PRESETS["person"]})
    call = read.calls(state)["c1"]
    times = [attempt.started_at - START for attempt in all_attempts(call)]
    assert (times, call.outcome) == ([0, 80_000, 160_000], "no-answer")


def test_each_redial_uses_its_attempt_of_the_scenario(state: SandboxState) -> None:
    click_to_call(state, "third-time-lucky")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [(attempt.redial_index, attempt.outcome) for attempt in all_attempts(call)] == [
        (0, "no-answer"),
        (1, "no-answer"),
        (2, "completed"),
    ]


def state_with_timeline(
    configuration: Configuration, *timeline: tuple[int, Mapping[str, object]]
) -> SandboxState:
    account = configuration.accounts[KEY].replace(timeline=timeline, document={"balance": "5"})
    accounts: dict[tuple[str, str], Account] = {**configuration.accounts, KEY: account}
    return SandboxState(configuration._replace(accounts=accounts), START)


def test_a_timeline_entry_changes_the_account_at_its_time(configuration: Configuration) -> None:
    patch = {"balance": "0", "flows": {"7": {"say": "hi"}}}
    state = state_with_timeline(configuration, (60_000, patch), (90_000, {"balance": None}))
    change = AccountPatch(account_key=KEY, patch=patch)
    assert read.peek(state) == DueItem(
        at=START + 60_000, serial=1, kind="account", subject=KEY[1], payload=change
    )
    balances = []
    for at in (59_999, 60_000, 89_999, 90_000):
        run_for(state, at)
        balances.append(read.accounts(state)[KEY].balance)
    assert balances == [None, Decimal(0), Decimal(0), None]
    assert read.accounts(state)[KEY].document == {"flows": {"7": {"say": "hi"}}}
    assert next(iter(read.journal(state))) == JournalEntry(
        at=START + 60_000,
        type="account",
        call_id="",
        payload={"account": KEY[1], "provider": KEY[0], "set": patch},
    )


def test_an_invalid_timeline_entry_is_journaled_and_the_account_stays(
    configuration: Configuration,
) -> None:
    state = state_with_timeline(configuration, (1_000, {"balanse": "0"}))
    before = read.accounts(state)[KEY]
    run_for(state, 1_000)
    assert read.accounts(state)[KEY] is before
    [entry] = read.journal(state)
    assert isinstance(entry.payload, dict)
    assert {**entry.payload, "flaws": []} == {
        "account": KEY[1],
        "provider": KEY[0],
        "set": {"balanse": "0"},
        "flaws": [],
    }
    [(path, sentence)] = entry.payload["flaws"]
    assert (entry.at, entry.type, path) == (START + 1_000, "account", ("balanse",))
    assert "did you mean 'balance'?" in sentence


def test_the_timeline_starts_again_after_a_reset(configuration: Configuration) -> None:
    state = state_with_timeline(configuration, (60_000, {"balance": "0"}))
    run_for(state, 60_000)
    state.reset(START + 500_000)
    assert (read.accounts(state)[KEY].balance, next_due(state)) == (None, START + 560_000)
