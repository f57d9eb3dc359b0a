"""Patterns that users write are matched quickly, whatever they contain."""

from time import perf_counter

import pytest

from mockserver.core.scenario import MatchContext, MatchRule
from mockserver.web.control.matching import mismatches

LONG = "a" * 5_000
PATTERNS = (
    "*a" * 20 + "b", "a*" * 30 + "b", "*" * 200 + "b", "?*" * 40 + "b", "[a-z]*" * 20 + "!",
    "*[!b]" * 20 + "b", "(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$",
    "([a-zA-Z]+)*$", "(x+x+)+y", "(.*)*=.*", "a{1,5000}b", "[[:alpha:]]*b", "*a*a*a*a*a*a*a*a*a*c",
    "[" * 500, "]" * 500 + "*", "[a-" * 100, "*\\" * 50, "?" * 5_001, "*" + "a" * 5_001,
)  # fmt: skip


def measure_match(pattern: str, text: str) -> float:
    start = perf_counter()
    item = {"body": {"mid": text}}
    assert mismatches(item, {"body.mid": pattern})
    return perf_counter() - start


def test_there_are_at_least_20_patterns() -> None:
    assert len(set(PATTERNS)) >= 20


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern[:20])
def test_a_pattern_of_a_wait_is_matched_in_under_100_ms(pattern: str) -> None:
    assert min(measure_match(pattern, LONG) for _ in range(3)) < 0.1


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern[:20])
def test_a_pattern_of_a_scenario_is_matched_in_under_100_ms(pattern: str) -> None:
    context = MatchContext(
        provider="mobtexting",
        operation="c2c",
        account="any",
        credential="key",
        numbers={"callee": LONG},
        parameters={"to": LONG},
    )
    match = MatchRule(globs={"callee": pattern}, fields={"to": pattern})
    start = perf_counter()
    assert match.mismatch(context)
    assert perf_counter() - start < 0.1
