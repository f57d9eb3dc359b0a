"""Choreography: steps that wait, steps that are moot, and an account that changes in time."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Account
from mockserver.core.behavior import PRESETS, fixed_duration
from mockserver.core.call import Event, current_attempt
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry, RejectedEvent
from mockserver.core.scenario import Scenario
from mockserver.core.script import Condition, Step, WaitReason
from mockserver.engine.sandbox_state import AccountPatch, DueItem, SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import (
    START,
    click_to_call,
    next_due,
    play_until_idle,
    run_for,
    state_with_scenarios,
)

KEY = ("mobtexting", "mobtexting-default")
CONTINUE = Event(at=0, type="continue", source="control")
DIGITS = Event(at=0, type="digits", leg="a", data={"digits": "1"}, source="control")


def wait(condition: str, leg: str = "", times: int = 1, after: int = 0) -> Step:
    return Step(
        delay=fixed_duration(after),
        event_type="",
        condition=Condition(type=condition, leg=leg, times=times),
        location="m.yaml:1:1",
    )


def then(after: int, verb: str, leg: str, cause: str = "normal") -> Step:
    data = {"cause": cause} if verb == "hangup" else {}
    return Step(
        delay=fixed_duration(after), event_type=verb, leg=leg, data=data, location="m.yaml:9:1"
    )


def played(configuration: Configuration, *steps: Step, **story: Any) -> SandboxState:
    state = state_with_scenarios(configuration, Scenario(name="mine", steps=steps, **story))
    click_to_call(state)
    play_until_idle(state)
    return state


def told(state: SandboxState) -> list[tuple[int, str, str]]:
    call = read.calls(state)["c1"]
    return [(event.at - START, event.type, event.leg) for event in call.events]


def moot(state: SandboxState) -> list[object]:
    return [fact.payload for fact in read.journal(state) if fact.type == "moot"]


def test_steps_end_a_conversation_that_people_would_not(configuration: Configuration) -> None:
    state = played(configuration, then(30_000, "hangup", "b"))
    assert told(state)[-5:] == [
        (4_000, "bridge", ""),
        (30_000, "hangup", "b"),
        (30_000, "hangup", "a"),
        (30_000, "attempt-ended", ""),
        (30_000, "ended", ""),
    ]


@pytest.mark.parametrize(
    ("step", "waiting", "given", "end"),
    [
        (wait("control"), WaitReason(reason="control"), (CONTINUE,), 60_000),
        (wait("control"), WaitReason(reason="control"), (DIGITS,), 60_000),
        (wait("control", after=7), WaitReason(reason="control"), (CONTINUE,), 60_007),
        (wait("digits", "a"), WaitReason(reason="digits", leg="a"), (DIGITS,), 60_000),
        (wait("digits", "a"), WaitReason(reason="digits", leg="a"), (CONTINUE, DIGITS), 60_001),
        (
            wait("polled", times=3),
            WaitReason(reason="polled"),
            tuple(Event(at=0, type="polled") for _ in range(4)),
            60_002,
        ),
        (
            wait("speech", "b"),
            WaitReason(reason="speech", leg="b"),
            (DIGITS, Event(at=0, type="speech", leg="b", data={"words": "yes"})),
            60_001,
        ),
    ],
)
def test_steps_wait_for_the_outside(
    configuration: Configuration,
    step: Step,
    waiting: WaitReason,
    given: tuple[Event, ...],
    end: int,
) -> None:
    state = played(configuration, step, then(5_000, "hangup", "b"))
    assert (read.wait_reasons(state)["c1"], next_due(state)) == ((waiting,), None)
    for index, event in enumerate(given):
        apply_event(state, "c1", event._replace(at=START + 60_000 + index))
    play_until_idle(state)
    assert (read.calls(state)["c1"].ended_at, read.wait_reasons(state)) == (START + end + 5_000, {})


def test_steps_take_two_keys_pressed_at_one_instant_for_two(configuration: Configuration) -> None:
    waits = wait("digits", "a"), wait("digits", "a")
    state = played(configuration, *waits, then(1_000, "hangup", "a"))
    for _ in range(2):
        apply_event(state, "c1", DIGITS._replace(at=START + 9_000))
    play_until_idle(state)
    assert read.calls(state)["c1"].ended_at == START + 10_000


def test_steps_that_only_wait_leave_no_trace(configuration: Configuration) -> None:
    state = played(configuration, wait("digits", "a"), then(0, "hangup", "a"))
    apply_event(state, "c1", DIGITS._replace(at=START + 9_000))
    before = len(read.journal(state))
    run_for(state, 9_000)
    verbs = [getattr(fact.payload, "type", "") for fact in list(read.journal(state))[before:]]
    assert verbs == ["hangup", "hangup", "attempt-ended", "ended"]


def test_steps_a_leg_that_is_rung_by_a_step(configuration: Configuration) -> None:
    steps = (then(10_000, "ring", "b"), then(3_000, "answer", "b"), then(5_000, "hangup", "b"))
    assert told(played(configuration, *steps))[3:] == [
        (2_000, "answer", "a"),
        (10_000, "ring", "b"),
        (13_000, "answer", "b"),
        (13_000, "bridge", ""),
        (18_000, "hangup", "b"),
        (18_000, "hangup", "a"),
        (18_000, "attempt-ended", ""),
        (18_000, "ended", ""),
    ]


def test_steps_the_person_on_a_rung_leg_behaves_as_the_story_says(
    configuration: Configuration,
) -> None:
    state = played(configuration, then(10_000, "ring", "b"), legs={"b": PRESETS["busy"]})
    assert (told(state)[4], read.calls(state)["c1"].outcome) == ((10_000, "ring", "b"), "busy")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (
            then(1_000, "answer", "b"),
            RejectedEvent(
                type="answer",
                leg="b",
                location="m.yaml:9:1",
                reason="answer is not possible while leg b is idle, only while ringing",
            ),
        ),
        (
            then(1_000, "ring", "c"),
            RejectedEvent(
                type="ring",
                leg="c",
                location="m.yaml:9:1",
                reason="this call has no leg c, only a and b",
            ),
        ),
    ],
)
def test_steps_that_are_moot_say_why_and_where_and_the_rest_goes_on(
    configuration: Configuration, step: Step, why: RejectedEvent
) -> None:
    state = played(configuration, step, then(8_000, "hangup", "a"))
    assert (moot(state), read.calls(state)["c1"].ended_at) == ([why], START + 9_000)


def test_steps_begin_anew_with_each_attempt(configuration: Configuration) -> None:
    hangup = then(20_000, "hangup", "b", cause="no-answer")
    state = played(configuration, hangup, legs={"b": PRESETS["person"]})
    call = read.calls(state)["c1"]
    times = [one.started_at - START for one in (*call.attempts, current_attempt(call))]
    assert (times, call.outcome) == ([0, 80_000, 160_000], "no-answer")


def test_attempts_of_a_story_meet_their_redials(state: SandboxState) -> None:
    click_to_call(state, "third-time-lucky")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [(one.redial_index, one.outcome) for one in (*call.attempts, current_attempt(call))] == [
        (0, "no-answer"),
        (1, "no-answer"),
        (2, "completed"),
    ]


def changing(
    configuration: Configuration, *timeline: tuple[int, Mapping[str, object]]
) -> SandboxState:
    account = configuration.accounts[KEY]._replace(timeline=timeline, document={"balance": "5"})
    accounts: dict[tuple[str, str], Account] = {**configuration.accounts, KEY: account}
    return SandboxState(configuration._replace(accounts=accounts), START)


def test_timeline_changes_the_account_at_its_time(configuration: Configuration) -> None:
    patch = {"balance": "0", "flows": {"7": {"say": "hi"}}}
    state = changing(configuration, (60_000, patch), (90_000, {"balance": None}))
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


def test_timeline_that_does_not_read_is_a_fact_and_the_account_stays(
    configuration: Configuration,
) -> None:
    state = changing(configuration, (1_000, {"balanse": "0"}))
    before = read.accounts(state)[KEY]
    run_for(state, 1_000)
    assert read.accounts(state)[KEY] is before
    [fact] = read.journal(state)
    assert isinstance(fact.payload, dict)
    assert {**fact.payload, "flaws": []} == {
        "account": KEY[1],
        "provider": KEY[0],
        "set": {"balanse": "0"},
        "flaws": [],
    }
    [(path, sentence)] = fact.payload["flaws"]
    assert (fact.at, fact.type, path) == (START + 1_000, "account", ("balanse",))
    assert "did you mean 'balance'?" in sentence


def test_timeline_begins_again_after_a_reset(configuration: Configuration) -> None:
    state = changing(configuration, (60_000, {"balance": "0"}))
    run_for(state, 60_000)
    state.reset(START + 500_000)
    assert (read.accounts(state)[KEY].balance, next_due(state)) == (None, START + 560_000)
