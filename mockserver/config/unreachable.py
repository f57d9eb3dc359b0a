"""Find scenarios that can never play, because an earlier one matches all of their requests."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import combinations

from mockserver.core.composition import composed_aspects
from mockserver.core.scenario import MatchRule, Scenario


def find_unreachable(scenarios: Iterable[Scenario]) -> Iterator[tuple[Scenario, Scenario]]:
    """Yield (earlier scenario, later scenario that it hides), in the order of their files.

    Bundled scenarios are not compared.
    """
    by_name = {scenario.name: scenario for scenario in scenarios}
    matching = [
        scenario
        for scenario in by_name.values()
        if scenario.match is not None and not scenario.bundled
    ]
    for earlier, later in combinations(matching, 2):
        if _covers(earlier, later) and _aspects(by_name, later) <= _aspects(by_name, earlier):
            yield earlier, later


def _aspects(by_name: Mapping[str, Scenario], scenario: Scenario) -> set[str]:
    return set(composed_aspects(by_name, scenario))


def _covers(earlier: Scenario, later: Scenario) -> bool:
    if earlier.needs or earlier.match is None or later.match is None:
        return False
    return _is_wider(earlier.match, later.match)


def _is_wider(rule: MatchRule, other: MatchRule) -> bool:
    """Whether `rule` certainly matches everything that `other` matches."""
    pairs = (
        (rule.globs, other.globs),
        (rule.fields, other.fields),
        (rule.headers, other.headers),
    )
    return rule.window in (None, other.window) and all(
        glob == "*" or (name in other_globs and _is_within(other_globs[name], glob))
        for globs, other_globs in pairs
        for name, glob in globs.items()
    )


def _is_within(glob: str, wide: str) -> bool:
    """Whether `wide` certainly matches all that `glob` does: if equal, or `glob` is plain text."""
    plain = not set("*?[") & set(glob)
    return wide == glob or (plain and fnmatchcase(glob, wide))
