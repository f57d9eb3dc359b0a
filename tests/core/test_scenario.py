"""Scenarios: leg behaviors, match rules and requirements."""

import pytest

from mockserver.core.behavior import PRESETS, fixed_duration
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.selection import ScenarioSet

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
        ({"credential": "other"}, {}, "credential is another value"),
        ({"a": "9*", "b": "*22", "callee": "922"}, {}, ""),
        ({"a": "922"}, {}, "a is 911, not 922"),
        ({"provider": "mobtexting", "b": "911"}, {"to": "x"}, "b is 922, not 911"),
        ({}, {"record": "1", "mid": "order-*"}, ""),
        ({}, {"to": "9*", "mid": "x-*"}, "field mid is order-7, not x-*"),
        ({}, {"access_token": "k-2"}, "field access_token is not sent"),
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


@pytest.mark.parametrize(
    ("faults", "cycles", "answered"),
    [
        ("a", False, "aaaaaaa"),
        ("ab", False, "abbbbbb"),
        ("abc", False, "abccccc"),
        ("a", True, "aaaaaaa"),
        ("ab", True, "abababa"),
        ("abc", True, "abcabca"),
    ],
)
def test_the_last_response_repeats_unless_the_list_starts_over(
    faults: str, answered: str, *, cycles: bool
) -> None:
    responses = tuple(ApiBehavior(fault=fault) for fault in faults)
    scenario = Scenario(name="mine", responses=responses, cycles=cycles)
    assert "".join(scenario.response_at(position).fault for position in range(7)) == answered


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
        cycles=False,
        webhooks={},
        description="",
    )
    assert MatchRule() == MatchRule(globs={}, fields={}, headers={}, window=None)
    assert ApiBehavior() == ApiBehavior(fault="", delay=0, disconnect="", answer=None, dribble=0)
    assert DeliveryBehavior() == DeliveryBehavior(
        duplicate=1,
        drop=0,
        spacing=fixed_duration(0),
        reorder=False,
        reorder_calls=False,
        delay=None,
        before_reply=False,
        corrupt="",
        attempts=(),
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
