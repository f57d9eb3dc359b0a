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
from tests.conftest import START, click, next_due, play, telling, until

KEY = ("mobtexting", "mobtexting-default")
CONTINUE = Event(0, "continue", source="control")
DIGITS = Event(0, "digits", "a", {"digits": "1"}, "control")


def wait(condition: str, leg: str = "", times: int = 1, after: int = 0) -> Step:
    return Step(
        fixed_duration(after), "", condition=Condition(condition, leg, times), location="m.yaml:1:1"
    )


def then(after: int, verb: str, leg: str, cause: str = "normal") -> Step:
    data = {"cause": cause} if verb == "hangup" else {}
    return Step(fixed_duration(after), verb, leg, data, location="m.yaml:9:1")


def played(world: Configuration, *steps: Step, **story: Any) -> SandboxState:
    store = telling(world, Scenario("mine", steps=steps, **story))
    click(store)
    play(store)
    return store


def told(store: SandboxState) -> list[tuple[int, str, str]]:
    call = store.calls["c1"]
    return [(event.at - START, event.type, event.leg) for event in call.events]


def moot(store: SandboxState) -> list[object]:
    return [fact.payload for fact in store.journal if fact.type == "moot"]


def test_steps_end_a_conversation_that_people_would_not(world: Configuration) -> None:
    store = played(world, then(30_000, "hangup", "b"))
    assert told(store)[-5:] == [
        (4_000, "bridge", ""),
        (30_000, "hangup", "b"),
        (30_000, "hangup", "a"),
        (30_000, "attempt-ended", ""),
        (30_000, "ended", ""),
    ]


@pytest.mark.parametrize(
    ("step", "waiting", "given", "end"),
    [
        (wait("control"), WaitReason("control"), (CONTINUE,), 60_000),
        (wait("control"), WaitReason("control"), (DIGITS,), 60_000),
        (wait("control", after=7), WaitReason("control"), (CONTINUE,), 60_007),
        (wait("digits", "a"), WaitReason("digits", "a"), (DIGITS,), 60_000),
        (wait("digits", "a"), WaitReason("digits", "a"), (CONTINUE, DIGITS), 60_001),
        (
            wait("polled", times=3),
            WaitReason("polled"),
            tuple(Event(0, "polled") for _ in range(4)),
            60_002,
        ),
        (
            wait("speech", "b"),
            WaitReason("speech", "b"),
            (DIGITS, Event(0, "speech", "b", {"words": "yes"})),
            60_001,
        ),
    ],
)
def test_steps_wait_for_the_outside(
    world: Configuration, step: Step, waiting: WaitReason, given: tuple[Event, ...], end: int
) -> None:
    store = played(world, step, then(5_000, "hangup", "b"))
    assert (store.wait_reasons["c1"], next_due(store)) == ((waiting,), None)
    for index, event in enumerate(given):
        apply_event(store, "c1", event._replace(at=START + 60_000 + index))
    play(store)
    assert (store.calls["c1"].ended_at, store.wait_reasons) == (START + end + 5_000, {})


def test_steps_take_two_keys_pressed_at_one_instant_for_two(world: Configuration) -> None:
    waits = wait("digits", "a"), wait("digits", "a")
    store = played(world, *waits, then(1_000, "hangup", "a"))
    for _ in range(2):
        apply_event(store, "c1", DIGITS._replace(at=START + 9_000))
    play(store)
    assert store.calls["c1"].ended_at == START + 10_000


def test_steps_that_only_wait_leave_no_trace(world: Configuration) -> None:
    store = played(world, wait("digits", "a"), then(0, "hangup", "a"))
    apply_event(store, "c1", DIGITS._replace(at=START + 9_000))
    before = len(store.journal)
    until(store, 9_000)
    verbs = [getattr(fact.payload, "type", "") for fact in list(store.journal)[before:]]
    assert verbs == ["hangup", "hangup", "attempt-ended", "ended"]


def test_steps_a_leg_that_is_rung_by_a_step(world: Configuration) -> None:
    steps = (then(10_000, "ring", "b"), then(3_000, "answer", "b"), then(5_000, "hangup", "b"))
    assert told(played(world, *steps))[3:] == [
        (2_000, "answer", "a"),
        (10_000, "ring", "b"),
        (13_000, "answer", "b"),
        (13_000, "bridge", ""),
        (18_000, "hangup", "b"),
        (18_000, "hangup", "a"),
        (18_000, "attempt-ended", ""),
        (18_000, "ended", ""),
    ]


def test_steps_the_person_on_a_rung_leg_behaves_as_the_story_says(world: Configuration) -> None:
    store = played(world, then(10_000, "ring", "b"), legs={"b": PRESETS["busy"]})
    assert (told(store)[4], store.calls["c1"].outcome) == ((10_000, "ring", "b"), "busy")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (
            then(1_000, "answer", "b"),
            RejectedEvent(
                "answer",
                "b",
                "m.yaml:9:1",
                "answer is not possible while leg b is idle, only while ringing",
            ),
        ),
        (
            then(1_000, "ring", "c"),
            RejectedEvent("ring", "c", "m.yaml:9:1", "this call has no leg c, only a and b"),
        ),
    ],
)
def test_steps_that_are_moot_say_why_and_where_and_the_rest_goes_on(
    world: Configuration, step: Step, why: RejectedEvent
) -> None:
    store = played(world, step, then(8_000, "hangup", "a"))
    assert (moot(store), store.calls["c1"].ended_at) == ([why], START + 9_000)


def test_steps_begin_anew_with_each_attempt(world: Configuration) -> None:
    hangup = then(20_000, "hangup", "b", cause="no-answer")
    store = played(world, hangup, legs={"b": PRESETS["person"]})
    call = store.calls["c1"]
    times = [one.started_at - START for one in (*call.attempts, current_attempt(call))]
    assert (times, call.outcome) == ([0, 80_000, 160_000], "no-answer")


def test_attempts_of_a_story_meet_their_redials(store: SandboxState) -> None:
    click(store, "third-time-lucky")
    play(store)
    call = store.calls["c1"]
    assert [(one.redial_index, one.outcome) for one in (*call.attempts, current_attempt(call))] == [
        (0, "no-answer"),
        (1, "no-answer"),
        (2, "completed"),
    ]


def changing(world: Configuration, *timeline: tuple[int, Mapping[str, object]]) -> SandboxState:
    account = world.accounts[KEY]._replace(timeline=timeline, document={"balance": "5"})
    accounts: dict[tuple[str, str], Account] = {**world.accounts, KEY: account}
    return SandboxState(world._replace(accounts=accounts), START)


def test_timeline_changes_the_account_at_its_time(world: Configuration) -> None:
    patch = {"balance": "0", "flows": {"7": {"say": "hi"}}}
    store = changing(world, (60_000, patch), (90_000, {"balance": None}))
    change = AccountPatch(KEY, patch)
    assert store.peek() == DueItem(START + 60_000, 1, "account", KEY[1], change)
    balances = []
    for at in (59_999, 60_000, 89_999, 90_000):
        until(store, at)
        balances.append(store.accounts[KEY].balance)
    assert balances == [None, Decimal(0), Decimal(0), None]
    assert store.accounts[KEY].document == {"flows": {"7": {"say": "hi"}}}
    assert next(iter(store.journal)) == JournalEntry(
        START + 60_000,
        "account",
        "",
        {"account": KEY[1], "provider": KEY[0], "set": patch},
    )


def test_timeline_that_does_not_read_is_a_fact_and_the_account_stays(world: Configuration) -> None:
    store = changing(world, (1_000, {"balanse": "0"}))
    before = store.accounts[KEY]
    until(store, 1_000)
    assert store.accounts[KEY] is before
    [fact] = store.journal
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


def test_timeline_begins_again_after_a_reset(world: Configuration) -> None:
    store = changing(world, (60_000, {"balance": "0"}))
    until(store, 60_000)
    store.reset(START + 500_000)
    assert (store.accounts[KEY].balance, next_due(store)) == (None, START + 560_000)
