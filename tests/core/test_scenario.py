"""Scenarios: leg behaviors, match rules, requirements and resolution."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.selection import ScenarioSet, resolve

LEGS_BY_NAME = {"callee": "b", "a": "a", "b": "b", "from": "a", "to": "b"}
CONTEXT = MatchContext(
    provider="mobtexting",
    operation="c2c",
    account="shop",
    credential="key-1",
    numbers={"a": "911", "b": "922", "callee": "922", "from": "911", "to": "922"},
    parameters={"to": "922", "record": 1, "mid": "order-7", "flow": None},
)


@pytest.mark.parametrize(
    ("legs", "leg", "expected"),
    [
        ({"callee": "busy"}, "b", "busy"),
        ({"callee": "busy"}, "a", None),
        ({"a": "busy"}, "a", "busy"),
        ({"from": "busy"}, "a", "busy"),
        ({"to": "busy"}, "a", None),
        ({"callee": "rejected", "to": "machine", "b": "busy"}, "b", "machine"),
        ({"callee": "rejected", "b": "busy"}, "b", "busy"),
        ({}, "a", None),
    ],
)
def test_a_scenario_has_the_behavior_of_a_leg_by_any_of_its_names(
    legs: dict[str, str], leg: str, expected: str | None
) -> None:
    scenario = Scenario(name="mine", legs={name: PRESETS[preset] for name, preset in legs.items()})
    assert scenario.leg_behavior(leg, LEGS_BY_NAME) == (
        None if expected is None else PRESETS[expected]
    )


@pytest.mark.parametrize(
    ("globs", "fields", "mismatch"),
    [
        ({}, {}, ""),
        ({"provider": "mob*"}, {}, ""),
        ({"provider": "phonon"}, {}, "provider is mobtexting, not phonon"),
        ({"operation": "c2[a-c]", "account": "sh?p", "credential": "key-*"}, {}, ""),
        ({"operation": "create"}, {}, "operation is c2c, not create"),
        ({"account": "Shop"}, {}, "account is shop, not Shop"),
        ({"credential": "other"}, {}, "credential is key-1, not other"),
        ({"a": "9*", "b": "*22", "callee": "922"}, {}, ""),
        ({"a": "922"}, {}, "a is 911, not 922"),
        ({"provider": "mobtexting", "b": "911"}, {"to": "x"}, "b is 922, not 911"),
        ({}, {"record": "1", "mid": "order-*"}, ""),
        ({}, {"to": "9*", "mid": "x-*"}, "field mid is order-7, not x-*"),
        ({}, {"webhook_id": "w1"}, "field webhook_id is not sent, not w1"),
        ({}, {"webhook_id": "*"}, ""),
        ({}, {"flow": "None"}, "field flow is not sent, not None"),
        ({}, {"flow": "*"}, ""),
    ],
)
def test_a_match_rule_names_its_first_mismatch(
    globs: dict[str, str], fields: dict[str, str], mismatch: str
) -> None:
    assert MatchRule(globs=globs, fields=fields).mismatch(CONTEXT) == mismatch


def test_a_match_rule_on_a_missing_value_says_so() -> None:
    one_leg = CONTEXT.replace(numbers={"a": "911", "callee": "911"}, account="")
    mismatches = [
        MatchRule(globs={name: "9*"}).mismatch(one_leg) for name in ("a", "b", "callee", "account")
    ]
    assert mismatches == ["", "b is not there, not 9*", "", "account is not there, not 9*"]


@pytest.mark.parametrize(
    ("needs", "missing"),
    [
        ({}, ""),
        ({"leg": "b"}, ""),
        ({"leg": "callee"}, ""),
        ({"leg": "to"}, ""),
        ({"leg": "manager"}, "it needs a leg manager"),
        ({"provider": "mobtexting", "operation": "c2c"}, ""),
        ({"provider": "mob*"}, "it needs the provider mob*"),
        ({"provider": "phonon", "leg": "c"}, "it needs the provider phonon"),
        ({"provider": "mobtexting", "operation": "create"}, "it needs the operation create"),
    ],
)
def test_a_scenario_names_its_first_missing_requirement(
    needs: dict[str, str], missing: str
) -> None:
    assert Scenario(name="mine", needs=needs).missing_requirement(CONTEXT) == missing


PRESET_NAMES = ("answered", "busy", "rejected", "machine")
SCENARIOS = {name: Scenario(name=name, legs={"callee": PRESETS[name]}) for name in PRESET_NAMES}


def resolve_scenario(
    scenario: Scenario, indexes: tuple[int, int] = (0, 0), call: str = "c1"
) -> Scenario:
    named = {**SCENARIOS, scenario.name: scenario}
    return resolve(ScenarioSet(named, "answered"), scenario, ("seed", call), indexes)


@pytest.mark.parametrize(
    ("indexes", "name"),
    [((0, 0), "answered"), ((1, 0), "busy"), ((2, 0), "busy"), ((9, 7), "busy"), ((0, 7), None)],
)
def test_a_scenario_with_attempts_resolves_by_the_redial_index(
    indexes: tuple[int, int], name: str | None
) -> None:
    scenario = Scenario(name="mine", attempts=("answered", "busy"))
    assert resolve_scenario(scenario, indexes).name == (name or "answered")


@pytest.mark.parametrize(
    ("indexes", "name"),
    [((0, 0), "answered"), ((0, 1), "busy"), ((0, 2), "busy"), ((5, 0), "answered")],
)
def test_a_scenario_with_numbers_resolves_by_the_number_index(
    indexes: tuple[int, int], name: str
) -> None:
    assert (
        resolve_scenario(Scenario(name="mine", numbers=("answered", "busy")), indexes).name == name
    )


def test_a_weighted_choice_draws_known_scenarios_by_seed_and_call() -> None:
    """The draw depends on seed and call alone: each redial draws the same scenario."""
    scenario = Scenario(name="mine", choose=((60, "answered"), (20, "busy"), (20, "rejected")))
    drawn = [resolve_scenario(scenario, call=f"c{number}").name for number in range(12)]
    redrawn = [resolve_scenario(scenario, (2, 1), f"c{number}").name for number in range(12)]
    assert drawn == redrawn
    assert "".join(name[0] for name in drawn) == "babbaaarbaab"


def test_weighted_choices_differ_between_scenarios() -> None:
    weighted = ((1, "answered"), (1, "busy"))
    names = [
        resolve_scenario(Scenario(name=f"s{number}", choose=weighted)).name for number in range(32)
    ]
    assert set(names) == {"answered", "busy"}


def test_scenarios_have_empty_defaults() -> None:
    assert Scenario(name="mine") == Scenario(
        name="mine",
        location="",
        bundled=False,
        match=None,
        needs={},
        legs={},
        steps=(),
        attempts=(),
        numbers=(),
        choose=(),
        use="",
        responses=(),
        webhooks={},
        inherited_legs=(),
    )
    assert MatchRule() == MatchRule(globs={}, fields={})
    assert ApiBehavior() == ApiBehavior(fault="", delay=0, disconnect="")
    assert DeliveryBehavior() == DeliveryBehavior(
        duplicate=1, drop=0, reorder=False, delay=None, before_reply=False, corrupt=""
    )
    assert ScenarioSet({}, "mine").number_plan is True


def test_matchable_scenarios_have_a_match_rule_and_users_come_before_bundled() -> None:
    match = MatchRule()
    scenarios = {
        "bundled": Scenario(name="bundled", match=match, bundled=True),
        "mute": Scenario(name="mute"),
        "one": Scenario(name="one", match=match),
        "two": Scenario(name="two", match=match),
    }
    assert [scenario.name for scenario in ScenarioSet(scenarios, "mute").matchable] == [
        "one",
        "two",
        "bundled",
    ]


def test_a_scenario_resolves_through_several_others() -> None:
    inner = Scenario(name="inner", attempts=("rejected", "machine"))
    middle = Scenario(name="middle", choose=((1, "inner"),))
    scenario = Scenario(name="mine", use="middle")
    scenario_set = ScenarioSet(
        {**SCENARIOS, "inner": inner, "middle": middle, "mine": scenario}, "mine"
    )
    assert [
        resolve(scenario_set, scenario, ("s", "c1"), (redial_index, 0)).name
        for redial_index in (0, 1)
    ] == [
        "rejected",
        "machine",
    ]


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(name="mine"),
        SCENARIOS["busy"],
        Scenario(name="mine", use="gone"),
        Scenario(name="m", attempts=("?",)),
    ],
)
def test_a_scenario_without_a_known_next_one_resolves_to_itself(scenario: Scenario) -> None:
    assert resolve_scenario(scenario) == scenario


@pytest.mark.parametrize(
    ("outer", "presets"),
    [
        ({}, (None, "busy")),
        ({"a": "machine"}, ("machine", "busy")),
        ({"from": "machine", "callee": "rejected"}, ("machine", "busy")),
        ({"b": "rejected"}, (None, "busy")),
        ({"to": "rejected"}, (None, "busy")),
    ],
)
def test_an_outer_scenario_decides_legs_that_the_resolved_one_leaves_open(
    outer: dict[str, str], presets: tuple[str | None, str | None]
) -> None:
    legs = {leg: PRESETS[preset] for leg, preset in outer.items()}
    scenario = resolve_scenario(Scenario(name="mine", legs=legs, use="busy"))
    behaviors = tuple(scenario.leg_behavior(leg, LEGS_BY_NAME) for leg in ("a", "b"))
    assert behaviors == tuple(None if preset is None else PRESETS[preset] for preset in presets)


def test_the_nearest_of_two_outer_scenarios_decides_a_leg() -> None:
    inner = Scenario(name="inner", legs={"a": PRESETS["machine"]}, use="silent")
    scenario = Scenario(
        name="mine", legs={"a": PRESETS["busy"], "b": PRESETS["rejected"]}, use="inner"
    )
    scenario_set = ScenarioSet({"silent": Scenario(name="silent"), "inner": inner}, "inner")
    resolved = resolve(scenario_set, scenario, ("s", "c1"), (0, 0))
    assert resolved == Scenario(name="silent").replace(inherited_legs=(inner.legs, scenario.legs))
    assert [resolved.leg_behavior(leg, LEGS_BY_NAME) for leg in ("a", "b")] == [
        PRESETS["machine"],
        PRESETS["rejected"],
    ]
