"""The words of `match`: globs, names with globs, and the limits of a window."""

from typing import Any

import pytest

from mockserver.core.match_words import build_match_rule, match_rule_problems, match_rule_words
from mockserver.core.scenario import MatchContext, MatchRule
from mockserver.core.time import HOUR
from mockserver.core.time_window import EXPECTED, TimeWindow

TEN_TO_NOON = TimeWindow(
    start=10 * HOUR, end=12 * HOUR, is_daily=True, start_text="10:00", end_text="12:00"
)
CONTEXT = MatchContext(
    provider="mobtexting",
    operation="c2c",
    account="shop",
    credential="key-1",
    numbers={"a": "911", "from": "911"},
    parameters={},
    headers={"x-test": "71", "authorization": "Bearer secret"},
    now=9 * HOUR,
)
RULES: list[tuple[dict[str, Any], MatchRule]] = [
    ({}, MatchRule()),
    ({"provider": "mob*", "from": "9188*"}, MatchRule(globs={"provider": "mob*", "from": "9188*"})),
    (
        {"from": "10:00", "until": "12:00", "a": "1"},
        MatchRule(globs={"a": "1"}, window=TEN_TO_NOON),
    ),
    (
        {"fields": {"mid": "7"}, "headers": {"x-test": "7*"}},
        MatchRule(fields={"mid": "7"}, headers={"x-test": "7*"}),
    ),
]


@pytest.mark.parametrize(("words", "rule"), RULES)
def test_a_match_rule_is_built_from_its_words_and_has_them_again(
    words: dict[str, Any], rule: MatchRule
) -> None:
    assert list(match_rule_problems(words)) == []
    assert build_match_rule(words) == rule
    assert match_rule_words(rule) == words


def test_the_names_of_headers_have_no_case() -> None:
    assert build_match_rule({"headers": {"X-Test": 7}}) == MatchRule(headers={"x-test": "7"})


@pytest.mark.parametrize("name", ["", "x y", "x:y", "größe"])
def test_a_name_that_no_header_can_have_is_a_problem(name: str) -> None:
    message = f"{name!r} is no name of a header: it has letters, digits and hyphens"
    assert list(match_rule_problems({"headers": {name: "7"}})) == [(("headers", name), message)]


def test_a_header_in_two_spellings_and_a_bad_limit_are_problems() -> None:
    words = {"headers": {"X-Test": "7", "x-test": "8", "x": "1"}, "until": "soon"}
    message = "the header x-test is here twice: header names ignore case"
    assert list(match_rule_problems(words)) == [
        (("until",), f"'soon' is not {EXPECTED}"),
        (("headers", "X-Test"), message),
        (("headers", "x-test"), message),
    ]


@pytest.mark.parametrize(
    ("words", "mismatch"),
    [
        ({"headers": {"x-test": "7*"}}, ""),
        ({"headers": {"X-TEST": "7?"}}, ""),
        ({"headers": {"x-test": "8*"}}, "header x-test is 71, not 8*"),
        ({"headers": {"x-other": "8*"}}, "header x-other is not sent, not 8*"),
        ({"headers": {"x-other": "*"}}, ""),
        ({"headers": {"authorization": "Bearer *"}}, ""),
        ({"headers": {"authorization": "Basic *"}}, "header authorization is another value"),
        ({"headers": {"cookie": "a=*"}}, "header cookie is not sent"),
        ({"from": "911"}, ""),
        ({"from": "922"}, "from is 911, not 922"),
        ({"from": "08:00"}, ""),
        ({"a": "911", "until": "08:00"}, "it is 09:00:00 in UTC, not until 08:00"),
    ],
)
def test_a_match_rule_on_headers_and_times_names_its_mismatch(
    words: dict[str, Any], mismatch: str
) -> None:
    assert build_match_rule(words).mismatch(CONTEXT) == mismatch
