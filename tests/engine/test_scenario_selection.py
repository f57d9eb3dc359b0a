"""Selection in a sandbox: scenarios of calls, responses in order, activations."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import PlannedCall
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchRule,
    Scenario,
)
from mockserver.core.selection import SelectedScenario
from mockserver.engine.exchange import DEFAULT_API_BEHAVIOR, CallMatch
from mockserver.engine.pipeline import match_request
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.matches import (
    activate,
    admit_click_to_call,
    match_planned_calls,
    restart_responses,
)
from tests.support.simulation import (
    START,
    build_click_to_call,
    click_to_call,
    state_with_scenarios,
)

PLANNED = PlannedCall(flow="b-after-a", numbers={"a": "1", "b": "2"}, parameters={"mid": "7"})
OTHER_PLANNED = PLANNED.replace(numbers={"a": "9", "b": "8"})
CALLEE_2, MATCH_ALL = MatchRule(globs={"callee": "2"}), MatchRule()
REFUSED, DOWN, PASS = (
    ApiBehavior(fault="conflict"),
    ApiBehavior(fault="service-unavailable"),
    ApiBehavior(),
)
BUSY = Scenario(name="busy", legs={"callee": PRESETS["busy"]})


def plan_call(flow: str) -> PlannedCall:
    numbers = PLANNED.numbers if flow == "b-after-a" else {"a": "1"}
    return PLANNED.replace(flow=flow, numbers=numbers)


def match_call(state: SandboxState, planned: PlannedCall) -> CallMatch:
    [match] = match_planned_calls(state, planned).matches
    return match


def api_scenario(
    state: SandboxState, *planned: PlannedCall, names: tuple[str, ...] = ()
) -> str | None:
    """Return the scenario that decides the API behavior of a request that plans these calls."""
    selected = match_planned_calls(state, *planned, names=names).api_selection
    return selected.scenario.name if selected else None


@pytest.mark.parametrize(
    ("globs", "flow", "matches"),
    [
        (
            {"provider": "mobtexting", "operation": "c2c", "account": "mobtexting-default"},
            "b-after-a",
            True,
        ),
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
    expected = (
        SelectedScenario(scenario=mine, rank="match")
        if matches
        else SelectedScenario(scenario=BUSY, rank="default")
    )
    assert match_call(state, plan_call(flow)).selection.legs == expected


def test_a_match_rule_on_the_callee_can_match_a_call_whose_callee_is_not_known_yet(
    configuration: Configuration,
) -> None:
    mine = Scenario(name="mine", match=MatchRule(globs={"callee": ""}), legs={"a": PRESETS["busy"]})
    state = state_with_scenarios(configuration, BUSY, mine)
    match = match_call(state, PLANNED.replace(numbers={"a": "1"}))
    assert match.selection.legs == SelectedScenario(scenario=mine, rank="match")


def test_legs_and_webhooks_can_come_from_different_scenarios(configuration: Configuration) -> None:
    with_webhooks = Scenario(
        name="doubled", match=MATCH_ALL, webhooks={"any": DeliveryBehavior(duplicate=2)}
    )
    with_legs = Scenario(name="busy-legs", match=MATCH_ALL, use="busy")
    state = state_with_scenarios(configuration, BUSY, with_webhooks, with_legs)
    click_to_call(state)
    assert (read.leg_scenarios(state)["c1"], read.webhook_scenarios(state)["c1"]) == (
        SelectedScenario(scenario=with_legs, rank="match"),
        with_webhooks,
    )


def test_a_default_scenario_without_legs_gives_the_default_behavior(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mute", responses=(PASS,)))
    click_to_call(state)
    assert (read.leg_scenarios(state)["c1"], read.webhook_scenarios(state)) == (
        SelectedScenario(scenario=Scenario(name="answered"), rank="default"),
        {},
    )


def test_needs_name_a_leg_by_its_role(configuration: Configuration) -> None:
    needy = Scenario(name="needy", match=MATCH_ALL, needs={"leg": "to"}, use="busy")
    state = state_with_scenarios(configuration, BUSY, needy)
    selected = [
        match_call(state, plan_call(flow)).selection.legs for flow in ("b-after-a", "one-leg")
    ]
    assert [each.scenario.name for each in selected if each] == ["needy", "busy"]


@pytest.mark.parametrize(
    ("planned", "fields"),
    [
        ({"mid": "own"}, "mid"),
        ({"flow-id": "x"}, "mid"),
        ({"mid": "own", "flow-id": "x"}, "flow-id"),
    ],
)
def test_a_planned_call_is_matched_by_its_own_parameters_and_by_those_of_the_request(
    configuration: Configuration, planned: dict[str, str], fields: str
) -> None:
    """Those of the call come first."""
    state = state_with_scenarios(configuration, BUSY)
    incoming = build_click_to_call(state, mid="of the request")
    endpoint = incoming.endpoint._replace(
        planned_calls=lambda _: (PLANNED.replace(parameters=planned),)
    )
    [match] = match_request(state, incoming.replace(endpoint=endpoint), START).matches
    expected = {**incoming.request.fields, **planned}
    assert (match.context.parameters, match.context.parameters[fields]) == (
        expected,
        planned.get(fields, "of the request"),
    )


# --- the list of responses -----------------------------------------------------------------------


def test_responses_are_counted_and_the_last_one_repeats(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED, DOWN, PASS))
    state = state_with_scenarios(configuration, BUSY, scenario)
    results = [admit_click_to_call(state).api for _ in range(5)]
    assert results == [REFUSED, DOWN, PASS, PASS, PASS]


def test_matching_a_request_changes_nothing(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED, DOWN))
    state = state_with_scenarios(configuration, BUSY, scenario)
    activation = activate(state, "busy", times=1)
    matched = [match_planned_calls(state, PLANNED) for _ in range(3)]
    assert [match.api for match in matched] == [DEFAULT_API_BEHAVIOR] * 3
    assert read.activations(state) == (activation,)
    assert admit_click_to_call(state).api == REFUSED


def test_each_scenario_counts_its_own_responses(configuration: Configuration) -> None:
    scenarios = [Scenario(name=name, responses=(REFUSED, DOWN)) for name in ("one", "two")]
    state = state_with_scenarios(configuration, BUSY, *scenarios)
    results = [admit_click_to_call(state, name).api for name in ("one", "two", "one", "two")]
    assert results == [REFUSED, REFUSED, DOWN, DOWN]


def test_the_header_and_a_match_rule_share_one_position(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED, DOWN, PASS))
    state = state_with_scenarios(configuration, BUSY, scenario)
    results = [admit_click_to_call(state, *names).api for names in (("mine",), (), ("mine",))]
    assert results == [REFUSED, DOWN, PASS]


def test_each_activation_of_a_list_begins_at_its_first_item(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED, DOWN, PASS))
    state = state_with_scenarios(configuration, BUSY, scenario)
    results = [click_to_call(state).fault]
    for _ in range(2):
        activate(state, "mine", times=2)
    results += [click_to_call(state).fault for _ in range(5)]
    assert results == [
        "conflict",
        *("conflict", "service-unavailable"),
        *("conflict", "service-unavailable"),
        "service-unavailable",
    ]


def test_a_list_of_responses_can_begin_anew(configuration: Configuration) -> None:
    scenarios = [Scenario(name=name, responses=(REFUSED, DOWN, PASS)) for name in ("one", "two")]
    state = state_with_scenarios(configuration, BUSY, *scenarios)
    for name in ("one", "two"):
        admit_click_to_call(state, name)
    restart_responses(state, "one")
    assert [admit_click_to_call(state, name).api for name in ("one", "two")] == [REFUSED, DOWN]


def test_lists_inside_a_scenario_begin_anew_with_it(configuration: Configuration) -> None:
    inner = Scenario(name="one/choose/1", responses=(REFUSED, DOWN, PASS))
    scenarios = [Scenario(name=name, choose=((1, inner.name),)) for name in ("one", "other")]
    state = state_with_scenarios(configuration, BUSY, inner, *scenarios)
    results = [admit_click_to_call(state, "one").api for _ in range(2)]
    restart_responses(state, "other")
    results.append(admit_click_to_call(state, "one").api)
    restart_responses(state, "one")
    assert [*results, admit_click_to_call(state, "one").api] == [REFUSED, DOWN, PASS, REFUSED]


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        ((PLANNED,), "mine"),
        ((OTHER_PLANNED,), None),
        ((OTHER_PLANNED, OTHER_PLANNED, PLANNED), "mine"),
        ((PLANNED, PLANNED), "mine"),
        ((), None),
    ],
)
def test_one_matching_call_of_a_batch_selects_the_scenario(
    configuration: Configuration, planned: tuple[PlannedCall, ...], expected: str | None
) -> None:
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="mine", match=CALLEE_2, responses=(REFUSED, DOWN))
    )
    assert api_scenario(state, *planned) == expected


def test_scenarios_without_responses_are_skipped(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", match=MATCH_ALL, responses=(REFUSED,))
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="mute", match=MATCH_ALL, use="busy"), scenario
    )
    assert api_scenario(state, PLANNED, names=("busy",)) == "mine"


def test_a_scenario_of_the_header_that_a_reload_has_removed_is_not_selected(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, BUSY)
    [match] = match_planned_calls(state, PLANNED, names=("gone",)).matches
    assert match.selection.legs == SelectedScenario(scenario=BUSY, rank="default")
