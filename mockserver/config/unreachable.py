"""Stories that can never play, because an earlier one takes every request that suits them."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import combinations

from mockserver.core.scenario import MatchRule, Scenario
from mockserver.core.selection import ASPECTS


def find_unreachable(scenarios: Iterable[Scenario]) -> Iterator[tuple[Scenario, Scenario]]:
    """(the story that hides, the story that is hidden), in the order of their files."""
    matching = [story for story in scenarios if story.match is not None and not story.bundled]
    for earlier, later in combinations(matching, 2):
        if _covers(earlier, later) and _aspects(later) <= _aspects(earlier):
            yield earlier, later


def _aspects(scenario: Scenario) -> set[str]:
    return {question for question, speaks in ASPECTS.items() if speaks(scenario)}


def _covers(earlier: Scenario, later: Scenario) -> bool:
    if earlier.needs or earlier.match is None or later.match is None:
        return False
    return _is_wider(earlier.match, later.match)


def _is_wider(rule: MatchRule, other: MatchRule) -> bool:
    """Whether whatever suits the other suits this one."""
    pairs = ((rule.globs, other.globs), (rule.fields, other.fields))
    return all(
        glob == "*" or (name in narrow and _is_within(narrow[name], glob))
        for wide, narrow in pairs
        for name, glob in wide.items()
    )


def _is_within(glob: str, wide: str) -> bool:
    """Certainly within: the same, or a plain word that the wider glob takes."""
    plain = not set("*?[") & set(glob)
    return wide == glob or (plain and fnmatchcase(glob, wide))
