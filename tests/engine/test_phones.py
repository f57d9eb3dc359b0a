"""Which legs of a state wait for a person, in which order, and what they have heard."""

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.engine.phones import find_phones
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support.builders import STAY_ON_LINE
from tests.support.simulation import (
    START,
    click_to_call,
    play_until_idle,
    run_for,
    state_with_scenarios,
)

PERSON = PRESETS["person"]


def phones(state: SandboxState) -> list[tuple[str, str, str, int]]:
    return [
        (phone.call.spec.id, phone.leg.name, phone.leg.state, phone.since - START)
        for phone in find_phones(state)
    ]


def apply(state: SandboxState, at: int, call: str = "c1", **event: str) -> None:
    leg, kind = event.pop("leg"), event.pop("type")
    apply_event(state, call, Event(at=START + at, type=kind, leg=leg, data=event))


def test_a_leg_that_is_not_dialed_yet_or_is_played_is_no_phone(state: SandboxState) -> None:
    click_to_call(state, "waits-for-a-person")
    assert phones(state) == []
    run_for(state, 1_000)
    assert phones(state) == []


def test_a_leg_rings_until_a_person_answers_and_is_a_phone_until_the_hangup(
    state: SandboxState,
) -> None:
    click_to_call(state, "waits-for-a-person")
    play_until_idle(state)
    assert phones(state) == [("c1", "b", "ringing", 2_000)]
    apply(state, 9_000, type="answer", leg="b")
    play_until_idle(state)
    assert phones(state) == [("c1", "b", "answered", 9_000)]
    apply(state, 9_500, type="hangup", leg="b", cause="normal")
    assert phones(state) == []


def test_phones_that_ring_come_first_and_then_the_newest(state: SandboxState) -> None:
    for second in range(3):
        click_to_call(state, "waits-for-a-person", now=START + 1_000 * second)
    play_until_idle(state)
    apply(state, 9_000, call="c3", type="answer", leg="b")
    assert [phone[:3] for phone in phones(state)] == [
        ("c2", "b", "ringing"),
        ("c1", "b", "ringing"),
        ("c3", "b", "answered"),
    ]


def test_each_connected_leg_may_end_a_call_in_which_nothing_is_due(
    configuration: Configuration,
) -> None:
    stays = Scenario(name="stays", legs={"a": STAY_ON_LINE, "b": STAY_ON_LINE})
    state = state_with_scenarios(configuration, stays)
    click_to_call(state)
    play_until_idle(state)
    assert [phone[1:3] for phone in phones(state)] == [("b", "answered"), ("a", "answered")]


def test_a_phone_has_heard_the_prompts_since_the_answer(state: SandboxState) -> None:
    click_to_call(state, "waits-for-a-person")
    play_until_idle(state)
    apply(state, 9_000, type="answer", leg="b")
    for leg, text in (("a", "to the other"), ("b", "Press 1")):
        apply(state, 9_100, type="play", leg=leg, text=text)
    [phone] = find_phones(state)
    assert phone.heard == ((START + 9_100, "Press 1"),)
