"""Selection in a sandbox: scenarios of calls, responses in order, activations."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Call, Leg
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.selection import Activation, SelectedScenario
from mockserver.engine.exchange import DEFAULT_API_BEHAVIOR, NO_SELECTION_INPUT, SelectionInput
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import (
    FALLBACK_SCENARIO,
    advance_responses,
    decrement_activations,
    select_api_behavior,
    select_for_call,
)
from tests.support import read
from tests.support.builders import build_call, build_call_spec
from tests.support.simulation import START, click_to_call, play_until_idle, state_with_scenarios

CONTEXT = MatchContext(
    provider="mobtexting",
    operation="c2c",
    account="shop",
    credential="key",
    numbers={"a": "1", "b": "2", "callee": "2"},
    parameters={},
)
OTHER_CONTEXT = CONTEXT.replace(numbers={"a": "9", "b": "8", "callee": "8"})
CALLEE_2, MATCH_ALL = MatchRule(globs={"callee": "2"}), MatchRule()
REFUSED, DOWN, PASS = (
    ApiBehavior(fault="conflict"),
    ApiBehavior(fault="service-unavailable"),
    ApiBehavior(),
)
BUSY = Scenario(name="busy", legs={"callee": PRESETS["busy"]})


def build_flow_call(flow: str = "b-after-a") -> Call:
    spec = build_call_spec(account="shop", flow=flow, parameters={"mid": "7"}, created_at=START)
    sides = (Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2"))
    return build_call(spec=spec, legs=sides if flow == "b-after-a" else sides[:1], starts_at=START)


@pytest.mark.parametrize(
    ("globs", "flow", "matches"),
    [
        ({"provider": "mobtexting", "operation": "c2c", "account": "shop"}, "b-after-a", True),
        ({"credential": "key"}, "b-after-a", True),
        ({"credential": "other"}, "b-after-a", False),
        ({"a": "1", "b": "2", "callee": "2"}, "b-after-a", True),
        ({"callee": "1"}, "one-leg", True),
        ({"b": "2"}, "one-leg", False),
        ({"b": ""}, "branch", True),
        ({"b": "?*"}, "branch", False),
    ],
)
def test_a_scenario_is_selected_by_the_fields_of_the_call(
    configuration: Configuration,
    globs: dict[str, str],
    flow: str,
    matches: bool,  # noqa: FBT001 - what the table expects
) -> None:
    mine = Scenario(
        name="mine", match=MatchRule(globs=globs, fields={"mid": "7"}), legs={"a": PRESETS["busy"]}
    )
    state = state_with_scenarios(configuration, BUSY, mine)
    select_for_call(
        state, build_flow_call(flow), SelectionInput(scenario_names=(), credential="key")
    )
    expected = (
        SelectedScenario(scenario=mine, rank="match")
        if matches
        else SelectedScenario(scenario=BUSY, rank="default")
    )
    assert read.leg_scenarios(state) == {"c1": expected}


def test_a_match_rule_on_the_callee_can_match_a_call_without_one(
    configuration: Configuration,
) -> None:
    mine = Scenario(name="mine", match=MatchRule(globs={"callee": ""}), legs={"a": PRESETS["busy"]})
    state, call = state_with_scenarios(configuration, BUSY, mine), build_flow_call()
    select_for_call(state, call.replace(legs=call.legs[:1]), NO_SELECTION_INPUT)
    assert read.leg_scenarios(state) == {"c1": SelectedScenario(scenario=mine, rank="match")}


def test_legs_and_webhooks_can_come_from_different_scenarios(configuration: Configuration) -> None:
    with_webhooks = Scenario(
        name="doubled", match=MATCH_ALL, webhooks={"any": DeliveryBehavior(duplicate=2)}
    )
    with_legs = Scenario(name="busy-legs", match=MATCH_ALL, use="busy")
    state = state_with_scenarios(configuration, BUSY, with_webhooks, with_legs)
    select_for_call(state, build_flow_call(), NO_SELECTION_INPUT)
    assert (read.leg_scenarios(state)["c1"], read.webhook_scenarios(state)["c1"]) == (
        SelectedScenario(scenario=with_legs, rank="match"),
        with_webhooks,
    )


def test_a_default_scenario_without_legs_gives_the_default_behavior(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mute", responses=(PASS,)))
    select_for_call(state, build_flow_call(), NO_SELECTION_INPUT)
    assert (read.leg_scenarios(state)["c1"], read.webhook_scenarios(state)) == (
        FALLBACK_SCENARIO,
        {},
    )


def test_needs_name_a_leg_by_its_role(configuration: Configuration) -> None:
    needy = Scenario(name="needy", match=MATCH_ALL, needs={"leg": "to"}, use="busy")
    state = state_with_scenarios(configuration, BUSY, needy)
    selected = []
    for flow in ("b-after-a", "one-leg"):
        select_for_call(state, build_flow_call(flow), NO_SELECTION_INPUT)
        selected.append(read.leg_scenarios(state)["c1"].scenario.name)
    assert selected == ["needy", "busy"]


def test_no_selection_is_empty() -> None:
    assert SelectionInput(scenario_names=(), credential="", activations=()) == NO_SELECTION_INPUT


def test_responses_are_counted_and_the_last_one_repeats(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED, DOWN, PASS))
    state = state_with_scenarios(configuration, BUSY, scenario)
    results = []
    for _ in range(5):
        results.append(select_api_behavior(state, NO_SELECTION_INPUT, (CONTEXT,)))
        advance_responses(state, "mine")
    assert results == [(behavior, "mine") for behavior in (REFUSED, DOWN, PASS, PASS, PASS)]
    assert read.response_positions(state) == {"mine": 5}


def test_selecting_an_api_behavior_changes_nothing(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED, DOWN))
    state = state_with_scenarios(configuration, BUSY, scenario)
    results = [select_api_behavior(state, NO_SELECTION_INPUT, (CONTEXT,)) for _ in range(3)]
    assert results == [(REFUSED, "mine")] * 3
    assert read.response_positions(state) == {}


def test_each_scenario_counts_its_own_responses(configuration: Configuration) -> None:
    scenarios = [Scenario(name=name, responses=(REFUSED, DOWN)) for name in ("one", "two")]
    state = state_with_scenarios(configuration, BUSY, *scenarios)
    results = []
    for name in ("one", "two", "one", "two"):
        selection = SelectionInput(scenario_names=(name,))
        results.append(select_api_behavior(state, selection, (CONTEXT,))[0])
        advance_responses(state, name)
    assert results == [REFUSED, REFUSED, DOWN, DOWN]


@pytest.mark.parametrize(
    ("contexts", "expected"),
    [
        ((CONTEXT,), (REFUSED, "mine")),
        ((OTHER_CONTEXT,), (DEFAULT_API_BEHAVIOR, "")),
        ((OTHER_CONTEXT, OTHER_CONTEXT, CONTEXT), (REFUSED, "mine")),
        ((CONTEXT, CONTEXT), (REFUSED, "mine")),
        ((), (DEFAULT_API_BEHAVIOR, "")),
    ],
)
def test_one_matching_context_of_a_batch_selects_the_scenario(
    configuration: Configuration,
    contexts: tuple[MatchContext, ...],
    expected: tuple[ApiBehavior, str],
) -> None:
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="mine", match=CALLEE_2, responses=(REFUSED, DOWN))
    )
    assert select_api_behavior(state, NO_SELECTION_INPUT, contexts) == expected


def test_scenarios_without_responses_are_skipped(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED,))
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="mute", match=MATCH_ALL, use="busy"), scenario
    )
    assert select_api_behavior(state, SelectionInput(scenario_names=("busy",)), (CONTEXT,)) == (
        REFUSED,
        "mine",
    )


@pytest.mark.parametrize(
    ("match", "remaining", "contexts", "expected"),
    [
        (MATCH_ALL, 1, (CONTEXT,), []),
        (MATCH_ALL, 2, (CONTEXT,), [1]),
        (MATCH_ALL, 2, (CONTEXT, OTHER_CONTEXT, CONTEXT), [1]),
        (CALLEE_2, 1, (OTHER_CONTEXT,), [1]),
        (CALLEE_2, 1, (OTHER_CONTEXT, CONTEXT), []),
        (MATCH_ALL, None, (CONTEXT,), [None]),
    ],
)
def test_a_matching_request_uses_up_one_request_of_an_activation(
    configuration: Configuration,
    match: MatchRule,
    remaining: int | None,
    contexts: tuple[MatchContext, ...],
    expected: list[int | None],
) -> None:
    state = state_with_scenarios(configuration, BUSY)
    read.activations(state).append(
        Activation(id="a1", scenario_name="busy", match=match, remaining=remaining)
    )
    decrement_activations(state, contexts)
    assert [activation.remaining for activation in read.activations(state)] == expected


@pytest.mark.parametrize("scenario_name", ["needy", "gone"])
def test_a_request_that_the_scenario_cannot_play_uses_up_no_activation(
    configuration: Configuration, scenario_name: str
) -> None:
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="needy", needs={"leg": "manager"})
    )
    read.activations(state).append(
        Activation(id="a1", scenario_name=scenario_name, match=MATCH_ALL, remaining=1)
    )
    decrement_activations(state, (CONTEXT,))
    assert [activation.remaining for activation in read.activations(state)] == [1]


def test_an_activation_lasts_for_its_number_of_matching_requests(state: SandboxState) -> None:
    read.activations(state).append(
        Activation(
            id="a1",
            scenario_name="callee-busy",
            match=MatchRule(globs={"callee": "*6000"}),
            remaining=2,
        )
    )
    numbers = ("918867136000", "918867130000", "918867136000", "918867136000")
    call_ids = [click_to_call(state, to=to).call_ids[0] for to in numbers]
    play_until_idle(state)
    outcomes = [read.calls(state)[name].outcome for name in call_ids]
    assert outcomes == ["busy", "completed", "busy", "completed"]
    assert read.activations(state) == []


def test_a_refused_request_uses_up_an_activation(state: SandboxState) -> None:
    read.activations(state).append(
        Activation(id="a1", scenario_name="callee-busy", match=MATCH_ALL, remaining=1)
    )
    assert click_to_call(state, bridge="x").fault == "bridge-malformed"
    assert read.activations(state) == []


def test_the_first_activation_decides_the_legs_and_every_one_is_counted(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="usual", legs={}), BUSY, BUSY.replace(name="other")
    )
    read.activations(state).append(
        Activation(id="a1", scenario_name="busy", match=MATCH_ALL, remaining=2)
    )
    read.activations(state).append(
        Activation(id="a2", scenario_name="other", match=MATCH_ALL, remaining=1)
    )
    click_to_call(state)
    assert read.leg_scenarios(state)["c1"] == SelectedScenario(scenario=BUSY, rank="activation")
    assert [(activation.id, activation.remaining) for activation in read.activations(state)] == [
        ("a1", 1)
    ]
