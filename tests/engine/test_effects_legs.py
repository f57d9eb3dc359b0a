"""Leg behaviors: whether the scenario, the number or the steps decide."""

import pytest

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    IMMEDIATELY,
    PRESETS,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Call, Event, Leg, build_dial_event
from mockserver.core.call_flows import CALL_FLOWS, compile_script
from mockserver.core.configuration import Configuration
from mockserver.core.number_plan import number_plan_behavior
from mockserver.core.scenario import MatchRule, Scenario
from mockserver.core.script import Condition, Script, Step
from mockserver.core.seeded import choice
from mockserver.core.selection import Activation
from mockserver.engine.effects import add_leg, place_call
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from tests.support import read
from tests.support.builders import build_call, build_call_spec
from tests.support.fake_vendor import build_shop, build_state, place_calls
from tests.support.matches import match_call
from tests.support.simulation import START, click_to_call, play_until_idle, state_with_scenarios

TEST_NUMBER = "918800020300"  # rings 3 s, busy
MACHINE, REJECTED = PRESETS["machine"], PRESETS["rejected"]
BUSY = LegBehavior(ring=fixed_duration(3_000), outcome="busy")
MATCH_ALL = MatchRule()


def build_placed_call(flow: str = "b-after-a", b: str = TEST_NUMBER) -> Call:
    spec = build_call_spec(flow=flow, created_at=START)
    legs = (Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number=b))
    sides = legs if flow == "b-after-a" else legs[:1]
    return build_call(
        spec=spec, legs=sides, starts_at=START, events=(Event(at=START, type="placed"),)
    )


def place(
    state: SandboxState, *names: str, activations: tuple[Activation, ...] = (), **changes: str
) -> SandboxState:
    call = build_placed_call(**changes)
    place_call(state, call, START, match_call(state, call, *names, activations=activations))
    return state


def leg_script(a: LegBehavior | None, b: LegBehavior | None, *steps: Step) -> object:
    return compile_script(CALL_FLOWS["b-after-a"], {"a": a, "b": b}, steps)


def build_scenario(rank: str) -> Scenario:
    match = MATCH_ALL if rank in ("match", "bundled") else None
    return Scenario(name="mine", legs={"b": MACHINE}, match=match, bundled=rank == "bundled")


def state_with_rank(configuration: Configuration, rank: str) -> SandboxState:
    """Return a state with a call for which the scenario has this rank."""
    scenarios = (Scenario(name="usual", legs={"a": DEFAULT_BEHAVIOR}), build_scenario(rank))
    state = state_with_scenarios(
        configuration, *(scenarios[::-1] if rank == "default" else scenarios)
    )
    activation = Activation(id="a1", scenario_name="mine", match=MATCH_ALL, remaining=None)
    return place(
        state,
        *(["mine"] if rank == "header" else []),
        activations=(activation,) if rank == "activation" else (),
    )


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
def test_a_test_number_yields_only_to_a_scenario_of_an_explicit_rank(
    configuration: Configuration, rank: str, b: LegBehavior
) -> None:
    state = state_with_rank(configuration, rank)
    assert (read.leg_scenarios(state)["c1"].rank, read.scripts(state)["c1"]) == (
        rank,
        leg_script(DEFAULT_BEHAVIOR, b),
    )
    assert read.leg_sources(state, "c1") == [
        (1, "a", "1", "default"),
        (1, "b", TEST_NUMBER, "scenario" if b == MACHINE else "number-plan"),
    ]


def test_an_explicit_scenario_leaves_other_legs_to_their_test_numbers(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs={"a": MACHINE}))
    place(state, "mine")
    assert read.scripts(state)["c1"] == leg_script(MACHINE, number_plan_behavior(TEST_NUMBER))


def test_without_the_number_plan_a_test_number_chooses_nothing(
    configuration: Configuration,
) -> None:
    scenarios = configuration.scenarios._replace(number_plan=False)
    state = place(SandboxState(configuration._replace(scenarios=scenarios), START))
    assert read.scripts(state)["c1"] == leg_script(DEFAULT_BEHAVIOR, PRESETS["answered"])


HANGUP = Step(delay=IMMEDIATELY, event_type="hangup", leg="b", data={"cause": "normal"})
RING_B = Step(delay=IMMEDIATELY, event_type="ring", leg="b")


@pytest.mark.parametrize(
    ("legs", "steps", "b", "expected"),
    [
        ({}, (HANGUP,), "2", (DEFAULT_BEHAVIOR, DEFAULT_BEHAVIOR)),
        ({}, (HANGUP,), TEST_NUMBER, (DEFAULT_BEHAVIOR, BUSY)),
        ({"b": MACHINE}, (HANGUP,), "2", (DEFAULT_BEHAVIOR, MACHINE)),
        ({"b": MACHINE}, (HANGUP,), TEST_NUMBER, (DEFAULT_BEHAVIOR, BUSY)),
        ({}, (RING_B,), "2", (DEFAULT_BEHAVIOR, None)),
        ({}, (RING_B,), TEST_NUMBER, (DEFAULT_BEHAVIOR, None)),
        ({"b": MACHINE}, (RING_B,), TEST_NUMBER, (DEFAULT_BEHAVIOR, MACHINE)),
    ],
)
def test_steps_leave_the_legs_that_they_do_not_ring_to_numbers_and_scenarios(
    configuration: Configuration,
    legs: dict[str, LegBehavior],
    steps: tuple[Step, ...],
    b: str,
    expected: tuple[LegBehavior | None, LegBehavior | None],
) -> None:
    state = place(
        state_with_scenarios(configuration, Scenario(name="mine", legs=legs, steps=steps)), b=b
    )
    assert read.scripts(state)["c1"] == leg_script(*expected, *steps)


@pytest.mark.parametrize(
    ("flow", "name", "leg"),
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
def test_steps_name_legs_by_name_role_or_callee(
    configuration: Configuration, flow: str, name: str, leg: str
) -> None:
    steps = (
        Step(delay=IMMEDIATELY, event_type="ring", leg=name),
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="press", leg=name)),
        Step(delay=IMMEDIATELY, event_type=""),
    )
    state = place(
        state_with_scenarios(configuration, Scenario(name="mine", steps=steps)), flow=flow
    )
    assert read.scripts(state)["c1"][-1].steps == (
        Step(delay=IMMEDIATELY, event_type="ring", leg=leg),
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="press", leg=leg)),
        Step(delay=IMMEDIATELY, event_type=""),
    )


def test_a_redial_uses_the_next_attempt_of_the_scenario(configuration: Configuration) -> None:
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
        run_due_item(state)
    assert scripts == [leg_script(MACHINE, silent), leg_script(MACHINE, busy)]


@pytest.mark.parametrize("seed", ["seed", "other"])
def test_a_weighted_choice_is_drawn_by_seed_and_request(
    configuration: Configuration, seed: str
) -> None:
    scenarios = tuple(
        Scenario(name=name, legs={"b": PRESETS[name]}) for name in ("busy", "rejected")
    )
    mine = Scenario(name="mine", choose=((1, "busy"), (1, "rejected")))
    state = state_with_scenarios(configuration._replace(seed=seed), mine, *scenarios)
    drawn = [
        choice(("busy", "rejected"), (1, 1), seed, number, 0, "mine") for number in range(1, 9)
    ]
    assert len(set(drawn)) == 2
    for number, preset in enumerate(drawn, 1):
        click_to_call(state)
        assert read.scripts(state)[f"c{number}"] == leg_script(DEFAULT_BEHAVIOR, PRESETS[preset])


BEGIN, LEG_HANGUP, ATTEMPT_ENDED = (
    Event(at=0, type="begin"),
    Event(at=0, type="hangup", leg="b"),
    Event(at=0, type="attempt-ended"),
)
DIAL = build_dial_event(0, "b", "agent", "ann")


@pytest.mark.parametrize(
    ("number_index", "events", "cause"),
    [
        (0, (BEGIN, DIAL), "no-answer"),
        (0, (BEGIN, DIAL, LEG_HANGUP, DIAL), "busy"),
        (1, (BEGIN, DIAL, LEG_HANGUP, DIAL), "rejected"),
        (0, (BEGIN, DIAL, LEG_HANGUP, ATTEMPT_ENDED, BEGIN, DIAL), "no-answer"),
    ],
)
def test_an_added_leg_uses_the_number_of_the_scenario_by_its_count_in_the_attempt(
    number_index: int, events: tuple[Event, ...], cause: str
) -> None:
    names = ("no-answer", "busy", "rejected")
    items = tuple(Scenario(name=name, legs={"b": PRESETS[name]}) for name in names)
    state = build_state(build_shop({}), Scenario(name="turns", numbers=names), *items)
    place_calls(state)
    call, legs = (
        read.calls(state)["c1"],
        (Leg(name="a", role="caller", number="1"), Leg(name="b", role="agent", number="ann")),
    )
    start = call.replace(phase="begun", legs=legs, number_index=number_index, events=events)
    progress = read.progress(state)["c1"]
    state.calls.set_progress("c1", progress.replace(script=()))
    state.calls.update(start)
    add_leg(state, "c1", DIAL)
    [track] = read.scripts(state)["c1"]
    assert [step.data for step in track.steps] == [{"cause": cause}]


def test_a_redial_uses_the_default_behavior_if_a_reload_removed_the_scenario(
    configuration: Configuration,
) -> None:
    """Without the listed scenario all legs have the default behavior, and the call ends."""
    silent = Scenario(name="silent", legs={"b": PRESETS["no-answer"]})
    state = state_with_scenarios(configuration, Scenario(name="mine", attempts=("silent",)), silent)
    click_to_call(state)
    state.configuration = configuration
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert ([attempt.outcome for attempt in call.attempts], call.outcome) == (
        ["no-answer"],
        "completed",
    )
