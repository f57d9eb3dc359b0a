"""Check what scenarios say together: words that others hide, steps against legs, needs, lists."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.config.playability import describe_sites, never_reached
from mockserver.config.problems import DocumentPath
from mockserver.config.scenario_parts import LIST_KEYS, ListItem, list_items
from mockserver.config.schema_checks import KeySegment, PathProblem
from mockserver.core.composition import (
    composed_aspects,
    find_scenario,
    item_names,
    moved_legs,
    reachable_scenarios,
)
from mockserver.core.playability import AccountKey, meets_needs, play_sites
from mockserver.core.scenario import Scenario, readable_name
from mockserver.core.spoken_words import NO_WORDS, SpokenWords, Words

RawMapping = Mapping[str, Any]
NamedScenarios = Mapping[str, Scenario]

COMPOSING_KEYS: Final = frozenset({"use", "steps", *LIST_KEYS})

HIDDEN: Final = "has no effect: outer words always win against it; leave out one of the two"
REPLACED: Final = "has no effect: an outer list replaces its own; leave out one of the two"
SPEAKS_OF_API: Final = (
    "an item of {key} decides legs and webhooks, but {name!r} decides the response: "
    "write refuse or responses beside {key}, or use choose"
)
NOT_HERE: Final = "{name!r} has no effect here: nothing that it says applies to {where}"
NEEDS: Final = (
    "{name!r} needs {{{needs}}}, which is not true everywhere that this scenario can play; "
    "give this scenario the same needs"
)
MOVED: Final = (
    "the steps of {name!r} decide this leg: leave it out here, or write all of it as steps"
)


class OuterLeg(NamedTuple):
    """A leg that is described outside of steps: its path, and its name there."""

    path: DocumentPath
    leg: str


class Scope(NamedTuple):
    """Where a part of a scenario stands, and what is said outside of it.

    - `locate` maps a path in the part to one in the scenario.
    - `words` has an entry for each site at which the scenario can play, and `hidden` in the same
      order what is said outside of the part, which wins.
    - `is_listless` is True if an outer list replaces that of the part.
    """

    by_name: NamedScenarios
    locate: Callable[[DocumentPath], DocumentPath]
    words: tuple[SpokenWords, ...]
    hidden: tuple[Words, ...]
    legs: tuple[OuterLeg, ...] = ()
    has_steps: bool = False
    is_listless: bool = False

    def hides(self, words_of: Callable[[SpokenWords], Words]) -> bool:
        """Return True if something is said at some site, and hidden at all of them."""
        if not any(self.hidden):
            return False
        said = [
            (words_of(words), hidden) for words, hidden in zip(self.words, self.hidden, strict=True)
        ]
        return any(words for words, _ in said) and all(words <= hidden for words, hidden in said)

    def of_item(self, item: ListItem) -> "Scope":
        """Return the scope with the sites at which a call can reach the item of a list."""
        if not item.position:
            return self
        pairs = zip(self.words, self.hidden, strict=True)
        reached = [pair for pair in pairs if pair[0].site.calls.reaches_beyond_first(item.key)]
        return self._replace(
            words=tuple(words for words, _ in reached), hidden=tuple(words for _, words in reached)
        )


def is_composed(body: RawMapping) -> bool:
    """Return True if the scenario's words can come into conflict with those of others."""
    return not COMPOSING_KEYS.isdisjoint(body)


def composition_problems(
    by_name: NamedScenarios,
    name: str,
    body: RawMapping,
    spoken: Iterable[SpokenWords],
    accounts: Iterable[AccountKey],
) -> Iterator[PathProblem]:
    """Yield the problems of a scenario, with paths from the scenario on.

    `by_name` are all scenarios, `spoken` what they say of all sites. Sites that place calls count,
    or all of them if the scenario plays where no calls are placed.
    """
    possible = [each for each in spoken if play_sites(by_name[name], (each.site,), accounts)]
    words = tuple(each for each in possible if each.site.flow) or tuple(possible)
    scope = Scope(by_name, lambda path: path, words, (NO_WORDS,) * len(words))
    yield from _part_problems(name, body, scope) if words else ()


def _part_problems(name: str, body: RawMapping, scope: Scope) -> Iterator[PathProblem]:
    """Yield the problems of the scenario, or of a part of it that an item has written out."""
    scenario = scope.by_name[name]
    own_legs = tuple(
        OuterLeg(scope.locate(("legs", KeySegment(leg))), leg) for leg in scenario.legs
    )
    yield from _hidden_word_problems(body, scope)
    yield from _moved_leg_problems(scenario, scope._replace(legs=(*scope.legs, *own_legs)))
    inner = scope._replace(
        hidden=_with_words(scope, lambda words: words.own(scenario)),
        legs=(*scope.legs, *own_legs),
        has_steps=scope.has_steps or bool(scenario.steps),
    )
    items = () if scope.is_listless else tuple(list_items(body))
    for item in items:
        reached = inner.of_item(item)
        if reached.words:
            yield from _item_problems(name, item, reached)
        elif item.position == 1:
            sites = (words.site for words in scope.words)
            yield scope.locate((item.key, 1)), never_reached(item.key, sites)
    if scenario.use in scope.by_name:
        yield from _use_problems(name, items, inner)


def _hidden_word_problems(body: RawMapping, scope: Scope) -> Iterator[PathProblem]:
    """Yield the words that can never be reached; those of the scenario itself always can."""
    for leg in body.get("legs", ()):
        if scope.hides(lambda words, leg=leg: words.of_legs([leg])):  # type: ignore[misc]
            yield scope.locate(("legs", KeySegment(leg))), f"{leg!r} {HIDDEN}"
    for kind in body.get("webhooks", ()):
        if scope.hides(lambda words, kind=kind: words.of_webhooks([kind])):  # type: ignore[misc]
            yield scope.locate(("webhooks", KeySegment(kind))), f"{kind!r} {HIDDEN}"
    for key, word in (("refuse", "api"), ("responses", "api"), ("steps", "steps")):
        if key in body and all((word, "") in hidden for hidden in scope.hidden):
            yield scope.locate((KeySegment(key),)), f"{key!r} {HIDDEN}"


def _moved_leg_problems(scenario: Scenario, scope: Scope) -> Iterator[PathProblem]:
    """Yield the legs that are described outside although the scenario's steps move them."""
    if scenario.steps and not scope.has_steps:
        moved = moved_legs(scenario)
        for outer in scope.legs:
            if any(_is_same_leg(outer.leg, leg, scope) for leg in moved):
                yield outer.path, MOVED.format(name=readable_name(scenario.name))


def _is_same_leg(name: str, other: str, scope: Scope) -> bool:
    """Return True if both are names of one leg at every site that has both."""
    sites = [words.site.legs for words in scope.words]
    pairs = [(legs[name], legs[other]) for legs in sites if name in legs and other in legs]
    return bool(pairs) and all(leg == other_leg for leg, other_leg in pairs)


def _item_problems(outer: str, item: ListItem, scope: Scope) -> Iterator[PathProblem]:
    name = item.scenario_name(outer)
    target = find_scenario(scope.by_name, name)
    if target is None:
        return
    path = scope.locate(item.path)
    if item.key != "choose" and "api" in composed_aspects(scope.by_name, target):
        yield path, SPEAKS_OF_API.format(key=item.key, name=readable_name(name))
    lacking = tuple(_need_problems(target, path, scope))
    yield from lacking
    if item.body is not None:
        inner = scope._replace(locate=lambda rest: scope.locate(item.inner_path(rest)))
        yield from _part_problems(name, item.body, inner)
    elif not lacking and name in item_names(scope.by_name[outer]):
        yield from _reference_problems(target, path, scope)


def _use_problems(outer: str, items: Iterable[ListItem], scope: Scope) -> Iterator[PathProblem]:
    """Yield the problems of what a scenario uses; its items are outside of that."""
    scenario, path = scope.by_name[outer], scope.locate(("use",))
    found = (find_scenario(scope.by_name, name) for name in item_names(scenario))
    targets = tuple(target for target in found if target and not scope.is_listless)
    item_legs = (
        OuterLeg(scope.locate(item.path), leg)
        for item in items
        if (target := find_scenario(scope.by_name, item.scenario_name(outer)))
        for part in reachable_scenarios(scope.by_name, target)
        for leg in part.legs
    )
    inner = scope._replace(
        hidden=_with_words(scope, lambda words: words.certain_of_any(targets)),
        legs=(*scope.legs, *item_legs),
        is_listless=scope.is_listless or scenario.has_list,
    )
    target = scope.by_name[scenario.use]
    lacking = tuple(_need_problems(target, path, scope))
    yield from lacking or _reference_problems(target, path, inner)


def _reference_problems(
    target: Scenario, path: DocumentPath, scope: Scope
) -> Iterator[PathProblem]:
    """Yield the problem that nothing to which a named scenario leads can be reached from here."""
    listless = scope.is_listless
    if not any(words.can_apply(target) for words in scope.words):
        where = describe_sites(words.site for words in scope.words)
        yield path, NOT_HERE.format(name=target.name, where=where)
    elif scope.hides(lambda words: words.possible(target, is_listless=listless)):
        yield path, f"{target.name!r} {HIDDEN}"
    elif listless and not any(words.possible(target, is_listless=True) for words in scope.words):
        yield path, f"{target.name!r} {REPLACED}"
    for part in reachable_scenarios(scope.by_name, target, is_listless=listless):
        yield from _moved_leg_problems(part, scope)


def _need_problems(target: Scenario, path: DocumentPath, scope: Scope) -> Iterator[PathProblem]:
    """Yield the needs of an inner scenario that do not hold wherever the outer one plays."""
    if not all(meets_needs(words.site, target) for words in scope.words):
        needs = ", ".join(f"{name}: {value}" for name, value in target.needs.items())
        yield path, NEEDS.format(name=readable_name(target.name), needs=needs)


def _with_words(scope: Scope, words_of: Callable[[SpokenWords], Words]) -> tuple[Words, ...]:
    """Return what is hidden if these words are outside, too."""
    return tuple(
        hidden | words_of(words) for words, hidden in zip(scope.words, scope.hidden, strict=True)
    )
