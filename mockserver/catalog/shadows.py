"""Stories that can never play, because an earlier one takes every request that suits them."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import combinations

from mockserver.core.scenario import MatchRule, Scenario
from mockserver.core.selection import ASPECTS


def hidden(stories: Iterable[Scenario]) -> Iterator[tuple[Scenario, Scenario]]:
    """(the story that hides, the story that is hidden), in the order of their files."""
    matching = [story for story in stories if story.match is not None and not story.bundled]
    for earlier, later in combinations(matching, 2):
        if _covers(earlier, later) and _speaks(later) <= _speaks(earlier):
            yield earlier, later


def _speaks(story: Scenario) -> set[str]:
    return {question for question, speaks in ASPECTS.items() if speaks(story)}


def _covers(earlier: Scenario, later: Scenario) -> bool:
    if earlier.needs or earlier.match is None or later.match is None:
        return False
    return _wider(earlier.match, later.match)


def _wider(one: MatchRule, other: MatchRule) -> bool:
    """Whether whatever suits the other suits this one."""
    pairs = ((one.globs, other.globs), (one.fields, other.fields))
    return all(
        glob == "*" or (name in narrow and _within(narrow[name], glob))
        for wide, narrow in pairs
        for name, glob in wide.items()
    )


def _within(glob: str, wide: str) -> bool:
    """Certainly within: the same, or a plain word that the wider glob takes."""
    plain = not set("*?[") & set(glob)
    return wide == glob or (plain and fnmatchcase(glob, wide))
