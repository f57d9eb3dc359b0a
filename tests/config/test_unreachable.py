"""A story is hidden if an earlier one takes all that suits it, and speaks to all that it does."""

import pytest

from mockserver.config.unreachable import find_unreachable
from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.scenario import ApiBehavior, MatchRule, Scenario

ANY = MatchRule()
LEGS = {"a": DEFAULT_BEHAVIOR}


def story(name: str, match: MatchRule | None, **more: object) -> Scenario:
    return Scenario(name=name, match=match, **{"legs": LEGS, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "covered"),
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
        ),  # it is, but not for certain
        (MatchRule(globs={"callee": "1*"}), MatchRule(globs={"callee": "2"}), False),
        (MatchRule(globs={"callee": "1*"}), MatchRule(globs={"a": "12"}), False),
        (MatchRule(globs={"callee": "*"}), MatchRule(globs={"a": "12"}), True),
        (MatchRule(globs={"callee": "1"}), MatchRule(globs={"callee": "1", "a": "2"}), True),
        (MatchRule(fields={"mid": "x*"}), MatchRule(globs={"a": "1"}, fields={"mid": "xy"}), True),
        (MatchRule(fields={"mid": "x*"}), MatchRule(globs={"mid": "xy"}), False),
        (MatchRule(fields={"mid": "*"}), ANY, True),
    ],
)
def test_hidden_by_its_match(first: MatchRule, second: MatchRule, *, covered: bool) -> None:
    one, other = story("one", first), story("other", second)
    assert list(find_unreachable([one, other])) == ([(one, other)] if covered else [])


@pytest.mark.parametrize(
    ("first", "second", "covered"),
    [
        ({}, {"legs": {}, "responses": (ApiBehavior(fault="x"),)}, False),
        ({"responses": (ApiBehavior(fault="x"),)}, {}, True),
        ({"needs": {"leg": "b"}}, {}, False),
        ({}, {"needs": {"leg": "b"}}, True),
        ({"bundled": True}, {}, False),
        ({}, {"bundled": True}, False),
    ],
)
def test_hidden_by_what_it_says(
    first: dict[str, object], second: dict[str, object], *, covered: bool
) -> None:
    one, other = story("one", ANY, **first), story("other", ANY, **second)
    assert list(find_unreachable([one, other])) == ([(one, other)] if covered else [])


def test_hidden_is_no_story_that_one_has_to_name() -> None:
    assert (
        list(find_unreachable([story("one", None), story("other", None), story("third", ANY)]))
        == []
    )
