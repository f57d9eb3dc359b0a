"""Effects in the store: calls placed and moved, events told, webhooks addressed."""

from collections.abc import Mapping

import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS
from mockserver.core.call import Call, CallSpec, Event, Leg
from mockserver.core.call_flows import CALL_FLOWS, compile_script
from mockserver.core.configuration import Configuration
from mockserver.core.journal import IgnoredLeg, JournalEntry
from mockserver.core.provider import Effects
from mockserver.core.scenario import Scenario
from mockserver.core.script import DueStep, WaitReason
from mockserver.core.webhook import Webhook
from mockserver.engine.effects import apply, call_account, place_call, schedule_next_step
from mockserver.engine.exchange import NO_SELECTION, RequestSelection
from mockserver.engine.sandbox_state import DueItem, SandboxState, ScheduledEvent
from tests.conftest import START, click, telling

PLACED = Event(START, "placed")
ORDER = CallSpec("c1", "v1", "mobtexting", "mobtexting-default", "c2c", "b-after-a", {}, START)
CALL = Call(ORDER, (Leg("a", "from", "1"), Leg("b", "to", "2")), START, events=(PLACED,))
HANGUP = Event(START + 5, "hangup", "b")


def test_place_a_new_call(store: SandboxState) -> None:
    place_call(store, CALL, START, RequestSelection(("callee-busy",)))
    assert (store.calls, store.leg_scenarios["c1"].scenario.name) == ({"c1": CALL}, "callee-busy")
    assert list(store.journal) == [JournalEntry(START, "event", "c1", PLACED)]
    assert store.take() == DueItem(START, 1, "script", "c1")


def test_place_never_in_the_past(store: SandboxState) -> None:
    place_call(store, CALL._replace(starts_at=START - 1), START, NO_SELECTION)
    assert store.calls["c1"].starts_at == START


def test_place_before_it_began_only_moves_it(store: SandboxState) -> None:
    place_call(
        store, CALL._replace(starts_at=START + 60_000), START, RequestSelection(("callee-busy",))
    )
    place_call(
        store, store.calls["c1"]._replace(starts_at=START + 9_000), START + 5_000, NO_SELECTION
    )
    assert store.calls["c1"] == CALL._replace(starts_at=START + 9_000)
    assert store.leg_scenarios["c1"].scenario.name == "callee-busy"
    assert [due.at for due in store.pending_items()] == [START + 9_000]
    assert len(store.journal) == 1


@pytest.mark.parametrize(
    ("legs", "words"),
    [
        ({"callee": "busy"}, ("answered", "busy")),
        ({"a": "machine", "to": "rejected"}, ("machine", "rejected")),
        ({}, ("answered", "answered")),
    ],
)
def test_place_scripts_each_leg(
    world: Configuration, legs: Mapping[str, str], words: tuple[str, str]
) -> None:
    store = telling(
        world, Scenario("mine", legs={leg: PRESETS[word] for leg, word in legs.items()})
    )
    place_call(store, CALL, START, NO_SELECTION)
    how = dict(zip("ab", (PRESETS[word] for word in words), strict=True))
    assert store.scripts["c1"] == compile_script(CALL_FLOWS["b-after-a"], how)


@pytest.mark.parametrize(
    ("shape", "skipped"),
    [("b-after-a", ["c", "manager"]), ("one-leg", ["b", "to", "c", "manager"])],
)
def test_place_journals_what_a_story_says_of_legs_that_are_not_there(
    world: Configuration, shape: str, skipped: list[str]
) -> None:
    names = ("a", "b", "callee", "from", "to", "c", "manager")
    store = telling(world, Scenario("mine", legs=dict.fromkeys(names, DEFAULT_BEHAVIOR)))
    legs = CALL.legs if shape == "b-after-a" else CALL.legs[:1]
    place_call(
        store, CALL._replace(spec=ORDER._replace(flow=shape), legs=legs), START, NO_SELECTION
    )
    assert list(store.journal) == [
        JournalEntry(START, "event", "c1", PLACED),
        *(JournalEntry(START, "skipped", "c1", IgnoredLeg("mine", leg)) for leg in skipped),
    ]


def test_place_journals_what_outer_stories_say_as_well(world: Configuration) -> None:
    outer = Scenario("outer", legs={"x": DEFAULT_BEHAVIOR, "b": DEFAULT_BEHAVIOR}, play="middle")
    middle = Scenario("middle", legs={"z": DEFAULT_BEHAVIOR}, play="inner")
    inner = Scenario("inner", legs={"y": DEFAULT_BEHAVIOR, "x": DEFAULT_BEHAVIOR})
    store = telling(world, outer, middle, inner)
    place_call(store, CALL, START, NO_SELECTION)
    skipped = [fact.payload for fact in store.journal if fact.type == "skipped"]
    assert skipped == [IgnoredLeg("inner", leg) for leg in ("x", "z", "y")]


def test_place_makes_the_recording_known(store: SandboxState) -> None:
    exchange = click(store)
    name = (
        store.calls["c1"].spec.recording_url.removeprefix("/_media/default/").removesuffix(".wav")
    )
    assert (store.call_ids_by_recording, exchange.call_ids) == ({name: "c1"}, ("c1",))


def test_carry_tells_an_event_of_the_current_attempt(store: SandboxState) -> None:
    apply(store, Effects(calls=(CALL,), events=(("c1", HANGUP),)), START)
    store.take()
    assert store.take() == DueItem(START + 5, 2, "told", "c1", ScheduledEvent(0, HANGUP))


def test_carry_tells_a_call_just_placed_again_of_its_new_attempt(store: SandboxState) -> None:
    place_call(store, CALL, START, NO_SELECTION)
    over = store.calls["c1"]._replace(
        phase="over", attempt_started_at=START, attempt_ended_at=START
    )
    apply(store, Effects(calls=(over.with_redial(START),), events=(("c1", HANGUP),)), START)
    assert [due.payload for due in store.pending_items() if due.payload] == [
        ScheduledEvent(1, HANGUP)
    ]


def test_carry_in_order_of_place_tell_send(store: SandboxState) -> None:
    webhook = Webhook("c1", "completed")
    apply(store, Effects((CALL,), (("c1", PLACED),), (webhook,)), START)
    kinds = [store.take() for _ in range(3)]
    assert [due.kind if due else None for due in kinds] == ["script", "told", "delivery"]


def test_owner_is_the_account_as_it_stands_now(store: SandboxState) -> None:
    changed = store.accounts["mobtexting", "mobtexting-default"]._replace(balance=None)
    store.accounts["mobtexting", "mobtexting-default"] = changed
    assert call_account(store, CALL) is changed


def test_plan_again_keeps_the_place_in_the_queue(store: SandboxState) -> None:
    place_call(store, CALL, START, NO_SELECTION)
    before = dict(store.next_steps)
    for _ in range(3):
        schedule_next_step(store, "c1")
    assert (store.next_steps, len(list(store.pending_items()))) == (before, 1)
    assert store.take() == DueItem(START, 1, "script", "c1")


def test_plan_notes_who_is_awaited_and_forgets_it(store: SandboxState) -> None:
    place_call(store, CALL, START, NO_SELECTION)
    store.scripts["c1"] = ()
    ringing = tuple(leg._replace(state="ringing") for leg in CALL.legs[:1])
    store.calls["c1"] = CALL._replace(phase="begun", legs=ringing)
    schedule_next_step(store, "c1")
    assert (store.wait_reasons, store.next_steps) == ({"c1": (WaitReason("person", "a"),)}, {})
    store.calls["c1"] = CALL
    schedule_next_step(store, "c1")
    step = DueStep(START, -1, Event(START, "begin"), "")
    assert (store.wait_reasons, store.next_steps) == ({}, {"c1": (2, step)})
