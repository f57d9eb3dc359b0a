"""A story is hidden if an earlier one takes all that suits it, and speaks to all that it does."""

import pytest

from mockserver.catalog.shadows import hidden
from mockserver.core.legs import ANSWERED
from mockserver.core.story import Match, Story, Turn

ANY = Match()
LEGS = {"a": ANSWERED}


def story(name: str, match: Match | None, **more: object) -> Story:
    return Story(name, match=match, **{"legs": LEGS, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "covered"),
    [
        (ANY, ANY, True),
        (ANY, Match({"callee": "1"}), True),
        (Match({"callee": "1"}), ANY, False),
        (Match({"callee": "1*"}), Match({"callee": "12"}), True),
        (Match({"callee": "1*"}), Match({"callee": "1*"}), True),
        (Match({"callee": "1*"}), Match({"callee": "12*"}), False),  # it is, but not for certain
        (Match({"callee": "1*"}), Match({"callee": "2"}), False),
        (Match({"callee": "1*"}), Match({"a": "12"}), False),
        (Match({"callee": "*"}), Match({"a": "12"}), True),
        (Match({"callee": "1"}), Match({"callee": "1", "a": "2"}), True),
        (Match(fields={"mid": "x*"}), Match({"a": "1"}, {"mid": "xy"}), True),
        (Match(fields={"mid": "x*"}), Match({"mid": "xy"}), False),
        (Match(fields={"mid": "*"}), ANY, True),
    ],
)
def test_hidden_by_its_match(first: Match, second: Match, *, covered: bool) -> None:
    one, other = story("one", first), story("other", second)
    assert list(hidden([one, other])) == ([(one, other)] if covered else [])


@pytest.mark.parametrize(
    ("first", "second", "covered"),
    [
        ({}, {"legs": {}, "answers": (Turn("x"),)}, False),
        ({"answers": (Turn("x"),)}, {}, True),
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
    assert list(hidden([one, other])) == ([(one, other)] if covered else [])


def test_hidden_is_no_story_that_one_has_to_name() -> None:
    assert list(hidden([story("one", None), story("other", None), story("third", ANY)])) == []
