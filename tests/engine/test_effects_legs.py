"""Who decides how a leg behaves: a strong story, its number, any other story, or its steps."""

import pytest

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    IMMEDIATELY,
    PRESETS,
    STAY_ON_LINE,
    LegBehavior,
    fixed_duration,
    number_plan_behavior,
)
from mockserver.core.call import Call, Event, Leg, build_dial_event
from mockserver.core.call_flows import CALL_FLOWS, compile_script
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import MatchRule, Scenario
from mockserver.core.script import Condition, Script, Step
from mockserver.core.seeded import choice
from mockserver.core.selection import Activation
from mockserver.engine.effects import add_leg, place_call
from mockserver.engine.exchange import NO_SELECTION, RequestSelection
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step
from tests.support import read
from tests.support.builders import build_call, build_call_spec
from tests.support.fake_vendor import build_shop, build_state, place_calls
from tests.support.simulation import START, click_to_call, play_until_idle, state_with_scenarios

PLANNED = "918800020300"  # rings 3 s, busy
MACHINE, REJECTED = PRESETS["machine"], PRESETS["rejected"]
BUSY = LegBehavior(ring=fixed_duration(3_000), outcome="busy")
EVERYBODY = MatchRule()


def called(shape: str = "b-after-a", b: str = PLANNED) -> Call:
    order = build_call_spec(flow=shape, created_at=START)
    legs = (Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number=b))
    sides = legs if shape == "b-after-a" else legs[:1]
    return build_call(
        spec=order, legs=sides, starts_at=START, events=(Event(at=START, type="placed"),)
    )


def placed(
    state: SandboxState, choice: RequestSelection = NO_SELECTION, **changes: str
) -> SandboxState:
    place_call(state, called(**changes), START, choice)
    return state


def people(a: LegBehavior | None, b: LegBehavior | None, *steps: Step) -> object:
    return compile_script(CALL_FLOWS["b-after-a"], {"a": a, "b": b}, steps)


def mine(rank: str) -> Scenario:
    match = EVERYBODY if rank in ("match", "bundled") else None
    return Scenario(name="mine", legs={"b": MACHINE}, match=match, bundled=rank == "bundled")


def ranked(configuration: Configuration, rank: str) -> SandboxState:
    """A call on which the story plays at this rank."""
    others = (Scenario(name="usual", legs={"a": DEFAULT_BEHAVIOR}), mine(rank))
    state = state_with_scenarios(configuration, *(others[::-1] if rank == "default" else others))
    activated = RequestSelection(
        activations=(Activation(id="a1", scenario_name="mine", match=EVERYBODY, remaining=None),)
    )
    choices = {"header": RequestSelection(scenario_names=("mine",)), "activation": activated}
    return placed(state, choices.get(rank, NO_SELECTION))


@pytest.mark.parametrize(
    ("rank", "b"),
    [
        ("header", MACHINE),
        ("activation", MACHINE),
        ("match", MACHINE),
        ("bundled", BUSY),
        ("default", BUSY),
    ],
)
def test_place_a_number_of_the_plan_yields_to_a_strong_story_only(
    configuration: Configuration, rank: str, b: LegBehavior
) -> None:
    state = ranked(configuration, rank)
    assert (read.leg_scenarios(state)["c1"].rank, read.scripts(state)["c1"]) == (
        rank,
        people(DEFAULT_BEHAVIOR, b),
    )


def test_place_a_strong_story_leaves_other_legs_to_their_numbers(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs={"a": MACHINE}))
    placed(state, RequestSelection(scenario_names=("mine",)))
    assert read.scripts(state)["c1"] == people(MACHINE, number_plan_behavior(PLANNED))


def test_place_without_the_number_plan(configuration: Configuration) -> None:
    stories = configuration.scenarios._replace(number_plan=False)
    state = placed(SandboxState(configuration._replace(scenarios=stories), START))
    assert read.scripts(state)["c1"] == people(DEFAULT_BEHAVIOR, PRESETS["answered"])


HANGUP = Step(delay=IMMEDIATELY, event_type="hangup", leg="b", data={"cause": "normal"})
RING_B = Step(delay=IMMEDIATELY, event_type="ring", leg="b")


@pytest.mark.parametrize(
    ("legs", "steps", "b", "expected"),
    [
        ({}, (HANGUP,), "2", (STAY_ON_LINE, STAY_ON_LINE)),
        ({}, (HANGUP,), PLANNED, (STAY_ON_LINE, BUSY)),
        ({"b": MACHINE}, (HANGUP,), "2", (STAY_ON_LINE, MACHINE)),
        ({"b": MACHINE}, (HANGUP,), PLANNED, (STAY_ON_LINE, BUSY)),
        ({}, (RING_B,), "2", (STAY_ON_LINE, None)),
        ({}, (RING_B,), PLANNED, (STAY_ON_LINE, None)),
        ({"b": MACHINE}, (RING_B,), PLANNED, (STAY_ON_LINE, MACHINE)),
    ],
)
def test_place_steps_leave_to_the_people_what_they_do_not_ring(
    configuration: Configuration,
    legs: dict[str, LegBehavior],
    steps: tuple[Step, ...],
    b: str,
    expected: tuple[LegBehavior | None, LegBehavior | None],
) -> None:
    state = placed(
        state_with_scenarios(configuration, Scenario(name="mine", legs=legs, steps=steps)), b=b
    )
    assert read.scripts(state)["c1"] == people(*expected, *steps)


@pytest.mark.parametrize(
    ("shape", "word", "leg"),
    [
        ("b-after-a", "callee", "b"),
        ("b-after-a", "to", "b"),
        ("b-after-a", "from", "a"),
        ("b-after-a", "b", "b"),
        ("b-after-a", "manager", "manager"),
        ("one-leg", "callee", "a"),
        ("one-leg", "from", "a"),
        ("one-leg", "to", "to"),
    ],
)
def test_place_steps_name_legs_as_behaviours_do(
    configuration: Configuration, shape: str, word: str, leg: str
) -> None:
    steps = (
        Step(delay=IMMEDIATELY, event_type="ring", leg=word),
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="digits", leg=word)),
        Step(delay=IMMEDIATELY, event_type=""),
    )
    state = placed(
        state_with_scenarios(configuration, Scenario(name="mine", steps=steps)), shape=shape
    )
    assert read.scripts(state)["c1"][-1].steps == (
        Step(delay=IMMEDIATELY, event_type="ring", leg=leg),
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="digits", leg=leg)),
        Step(delay=IMMEDIATELY, event_type=""),
    )


def test_place_again_asks_the_story_for_its_next_item(configuration: Configuration) -> None:
    silent, busy = PRESETS["no-answer"], PRESETS["busy"]
    state = state_with_scenarios(
        configuration,
        Scenario(name="mine", legs={"a": MACHINE}, attempts=("silent", "busy")),
        Scenario(name="silent", legs={"b": silent}),
        Scenario(name="busy", legs={"b": busy}),
    )
    scripts: list[Script] = []
    click_to_call(state)
    while read.calls(state)["c1"].phase != "ended":
        if not scripts or scripts[-1] != read.scripts(state)["c1"]:
            scripts.append(read.scripts(state)["c1"])
        step(state)
    assert scripts == [people(MACHINE, silent), people(MACHINE, busy)]


@pytest.mark.parametrize("seed", ["seed", "other"])
def test_place_draws_by_seed_and_call(configuration: Configuration, seed: str) -> None:
    among = tuple(Scenario(name=name, legs={"b": PRESETS[name]}) for name in ("busy", "rejected"))
    mine = Scenario(name="mine", choose=((1, "busy"), (1, "rejected")))
    state = state_with_scenarios(configuration._replace(seed=seed), mine, *among)
    drawn = [choice(("busy", "rejected"), (1, 1), seed, f"c{nth}", "mine") for nth in range(1, 9)]
    assert len(set(drawn)) == 2
    for nth, word in enumerate(drawn, 1):
        click_to_call(state)
        assert read.scripts(state)[f"c{nth}"] == people(DEFAULT_BEHAVIOR, PRESETS[word])


BEGIN, GONE, OVER = (
    Event(at=0, type="begin"),
    Event(at=0, type="hangup", leg="b"),
    Event(at=0, type="attempt-ended"),
)
DIALLED = build_dial_event(0, "b", "agent", "ann")


@pytest.mark.parametrize(
    ("target", "events", "word"),
    [
        (0, (BEGIN, DIALLED), "no-answer"),
        (0, (BEGIN, DIALLED, GONE, DIALLED), "busy"),
        (1, (BEGIN, DIALLED, GONE, DIALLED), "rejected"),
        (0, (BEGIN, DIALLED, GONE, OVER, BEGIN, DIALLED), "no-answer"),
    ],
)
def test_join_as_the_nth_of_its_attempt(target: int, events: tuple[Event, ...], word: str) -> None:
    names = ("no-answer", "busy", "rejected")
    items = tuple(Scenario(name=name, legs={"b": PRESETS[name]}) for name in names)
    state = build_state(build_shop({}), Scenario(name="turns", numbers=names), *items)
    place_calls(state)
    call, legs = (
        read.calls(state)["c1"],
        (Leg(name="a", role="caller", number="1"), Leg(name="b", role="agent", number="ann")),
    )
    start = call._replace(phase="begun", legs=legs, number_index=target, events=events)
    read.scripts(state)["c1"], read.calls(state)["c1"] = (), start
    add_leg(state, "c1", DIALLED)
    [track] = read.scripts(state)["c1"]
    assert [step.data for step in track.steps] == [{"cause": word}]


def test_place_again_when_a_reload_has_taken_the_items_away(configuration: Configuration) -> None:
    """What stood in the list is gone: everybody is as usual, and the call comes to its end."""
    silent = Scenario(name="silent", legs={"b": PRESETS["no-answer"]})
    state = state_with_scenarios(configuration, Scenario(name="mine", attempts=("silent",)), silent)
    click_to_call(state)
    state.configuration = configuration
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert ([one.outcome for one in call.attempts], call.outcome) == (["no-answer"], "completed")
