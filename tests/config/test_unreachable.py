"""A scenario is unreachable if an earlier one covers its matches and its aspects."""

import pytest

from mockserver.config.unreachable import find_unreachable
from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.scenario import ApiBehavior, MatchRule, Scenario
from mockserver.core.time import HOUR
from mockserver.core.time_window import TimeWindow

ANY = MatchRule()
MORNING = TimeWindow(start=0, end=12 * HOUR, is_daily=True)
LEGS = {"a": DEFAULT_BEHAVIOR}


def build_scenario(name: str, match: MatchRule | None, **changes: object) -> Scenario:
    return Scenario(name=name, match=match, **{"legs": LEGS, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "is_covered"),
    [
        (ANY, ANY, True),
        (ANY, MatchRule(globs={"callee": "1"}), True),
        (MatchRule(globs={"callee": "1"}), ANY, False),
        (MatchRule(globs={"callee": "1*"}), MatchRule(globs={"callee": "12"}), True),
        (MatchRule(globs={"callee": "1*"}), MatchRule(globs={"callee": "1*"}), True),
        (
            MatchRule(globs={"callee": "1*"}),
            MatchRule(globs={"callee": "12*"}),
            False,
        ),  # covered, but not provably
        (MatchRule(globs={"callee": "1*"}), MatchRule(globs={"callee": "2"}), False),
        (MatchRule(globs={"callee": "1*"}), MatchRule(globs={"a": "12"}), False),
        (MatchRule(globs={"callee": "*"}), MatchRule(globs={"a": "12"}), True),
        (MatchRule(globs={"callee": "1"}), MatchRule(globs={"callee": "1", "a": "2"}), True),
        (MatchRule(fields={"mid": "x*"}), MatchRule(globs={"a": "1"}, fields={"mid": "xy"}), True),
        (MatchRule(fields={"mid": "x*"}), MatchRule(globs={"mid": "xy"}), False),
        (MatchRule(fields={"mid": "*"}), ANY, True),
        (MatchRule(headers={"x-test": "7*"}), MatchRule(headers={"x-test": "71"}), True),
        (MatchRule(headers={"x-test": "7*"}), MatchRule(fields={"x-test": "71"}), False),
        (ANY, MatchRule(window=MORNING), True),
        (MatchRule(window=MORNING), ANY, False),
        (MatchRule(window=MORNING), MatchRule(globs={"a": "1"}, window=MORNING), True),
        (MatchRule(window=MORNING), MatchRule(window=MORNING.replace(end=1)), False),
    ],
)
def test_a_scenario_is_unreachable_if_an_earlier_one_matches_all_that_it_matches(
    first: MatchRule, second: MatchRule, *, is_covered: bool
) -> None:
    earlier, later = build_scenario("one", first), build_scenario("other", second)
    assert list(find_unreachable([earlier, later])) == ([(earlier, later)] if is_covered else [])


@pytest.mark.parametrize(
    ("first", "second", "is_covered"),
    [
        ({}, {"legs": {}, "responses": (ApiBehavior(fault="x"),)}, False),
        ({"responses": (ApiBehavior(fault="x"),)}, {}, True),
        ({"needs": {"leg": "b"}}, {}, False),
        ({}, {"needs": {"leg": "b"}}, True),
        ({"bundled": True}, {}, False),
        ({}, {"bundled": True}, False),
    ],
)
def test_a_scenario_is_unreachable_only_if_an_earlier_one_has_all_its_aspects(
    first: dict[str, object], second: dict[str, object], *, is_covered: bool
) -> None:
    earlier, later = build_scenario("one", ANY, **first), build_scenario("other", ANY, **second)
    assert list(find_unreachable([earlier, later])) == ([(earlier, later)] if is_covered else [])


def test_a_scenario_without_a_match_rule_neither_hides_nor_is_hidden() -> None:
    assert (
        list(
            find_unreachable(
                [
                    build_scenario("one", None),
                    build_scenario("other", None),
                    build_scenario("third", ANY),
                ]
            )
        )
        == []
    )
