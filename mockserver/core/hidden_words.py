"""Words of a scenario that its outer ones hide on one operation and call flow.

Where they are hidden on every operation, the loader refuses them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.composition import find_scenario, moved_legs, reachable_scenarios
from mockserver.core.scenario import Scenario
from mockserver.core.spoken_words import NO_WORDS, SpokenWords, Words

ASPECT_WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "api": frozenset({"api"}),
        "legs": frozenset({"leg", "steps"}),
        "webhooks": frozenset({"webhook"}),
    }
)
"""Aspect -> what its words speak of."""


class HiddenWord(NamedTuple):
    """What of a scenario is hidden: `place` is where it stands there, such as `attempts`."""

    scenario: str
    place: str
    reason: str


class Item(NamedTuple):
    """An item of the list `key` that a call can reach; `position` is from 1."""

    key: str
    position: int
    scenario: Scenario

    @property
    def place(self) -> str:
        return f"{self.key}.{self.position}"

    @property
    def is_written_here(self) -> bool:
        """Whether the list has the words of the item, not the name of another scenario."""
        return "/" in self.scenario.name


class Scope(NamedTuple):
    """What is known where a part of a scenario stands.

    - `words` are those of the site, `subjects` what of them counts.
    - `draw` returns the name of the item of a `choose` that the call gets.
    - `hidden` is said outside of the part. A scenario that is named counts by itself.
    - `legs` has (scenario, name) of each leg that is described outside of the part.
    - `is_listless` is True if an outer list replaces that of the part.
    """

    words: SpokenWords
    subjects: frozenset[str]
    draw: Callable[[Scenario], str]
    hidden: Words = NO_WORDS
    legs: tuple[tuple[str, str], ...] = ()
    is_listless: bool = False

    def counted(self, words: Words) -> Words:
        return frozenset(word for word in words if word[0] in self.subjects)

    def hides(self, words: Words) -> bool:
        """Return True if anything of this is said, and all of it outside, too."""
        counted = self.counted(words)
        return bool(counted) and counted <= self.hidden


def may_hide(scenario: Scenario) -> bool:
    """Whether the scenario's words, or its list, can hide what stands beside or inside of them."""
    speaks = bool(scenario.legs or scenario.webhooks or scenario.responses or scenario.steps)
    return len(scenario.legs) > 1 or bool(scenario.use) + scenario.has_list + speaks > 1


def hidden_words(
    words: SpokenWords, scenario: Scenario, aspects: Iterable[str], draw: Callable[[Scenario], str]
) -> tuple[HiddenWord, ...]:
    """Return what a call of the site cannot reach of these aspects, each word once."""
    subjects = frozenset[str]().union(*(ASPECT_WORDS[aspect] for aspect in aspects))
    return tuple(dict.fromkeys(_hidden_inside(scenario, Scope(words, subjects, draw))))


def reached_parts(words: SpokenWords, parts: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Return the first part, which is outside of all, and those that no outer ones hide whole.

    A leg that the steps move is described by no part but theirs. A part without words at the site
    is reached if it leads to one that is.
    """
    author = next((part for part in parts if part.steps), None)
    moved = words.of_legs(moved_legs(author)) if author else NO_WORDS
    outside, hidden = NO_WORDS, set()
    for index, part in enumerate(parts):
        own = words.own(part)
        if index and own and own <= (outside if part is author else outside | moved):
            hidden.add(index)
        outside |= own
    for index in range(len(parts) - 1, 0, -1):
        leads_to = _inner_parts(words, parts, index)
        if not words.own(parts[index]) and leads_to and hidden.issuperset(leads_to):
            hidden.add(index)
    return tuple(part for index, part in enumerate(parts) if index not in hidden)


def _inner_parts(words: SpokenWords, parts: tuple[Scenario, ...], index: int) -> list[int]:
    """Return the positions of the parts to which a part leads."""
    names = {each.name for each in reachable_scenarios(words.by_name, parts[index])}
    return [inner for inner in range(index + 1, len(parts)) if parts[inner].name in names]


def _hidden_inside(scenario: Scenario, scope: Scope) -> Iterator[HiddenWord]:
    """Yield what is hidden in the list of the scenario, in what it uses, and further inside."""
    own_legs = tuple((scenario.name, leg) for leg in scenario.legs)
    inner = scope._replace(
        hidden=scope.hidden | scope.words.own(scenario), legs=(*scope.legs, *own_legs)
    )
    yield from _shadowed_legs(scenario, scope)
    yield from _moved_legs(scenario, scope)
    items = () if scope.is_listless else tuple(_items(scenario, scope))
    yield from _hidden_items(scenario, items, inner)
    used = find_scenario(scope.words.by_name, scenario.use) if scenario.use else None
    if used:
        yield from _hidden_use(scenario, used, items, inner)


def _items(scenario: Scenario, scope: Scope) -> Iterator[Item]:
    """Yield the items that a call can reach: of a `choose`, the one that it draws."""
    calls = scope.words.site.calls
    listed = (("attempts", scenario.attempts), ("numbers", scenario.numbers))
    named = [
        (key, position, name)
        for key, names in listed
        for position, name in enumerate(names)
        if position == 0 or calls.reaches_beyond_first(key)
    ]
    if scenario.choose:
        drawn = scope.draw(scenario)
        named = [("choose", [name for _, name in scenario.choose].index(drawn), drawn)]
    for key, position, name in named:
        if target := find_scenario(scope.words.by_name, name):
            yield Item(key, position + 1, target)


def _hidden_items(
    scenario: Scenario, items: tuple[Item, ...], scope: Scope
) -> Iterator[HiddenWord]:
    """Yield the list if all of its items are hidden, else those that are, and what in others is."""
    hidden = [item for item in items if scope.hides(scope.words.possible(item.scenario))]
    if hidden and len(hidden) == len(items):
        yield _hidden(scenario, hidden[0].key, scope)
        return
    for item in items:
        if item in hidden:
            yield _hidden(scenario, item.place, scope)
        elif item.is_written_here:
            yield from _hidden_own_words(item.scenario, scope)
            yield from _hidden_inside(item.scenario, scope)
        else:
            yield from _hidden_inside(item.scenario, scope._replace(hidden=NO_WORDS))


def _hidden_own_words(scenario: Scenario, scope: Scope) -> Iterator[HiddenWord]:
    """Yield the legs and webhooks of an item that are hidden while something else of it is not."""
    words = scope.words
    said = (
        *((f"legs.{leg}", words.of_legs([leg])) for leg in scenario.legs),
        *((f"webhooks.{kind}", words.of_webhooks([kind])) for kind in scenario.webhooks),
    )
    yield from (_hidden(scenario, place, scope) for place, each in said if scope.hides(each))


def _hidden_use(
    scenario: Scenario, used: Scenario, items: tuple[Item, ...], scope: Scope
) -> Iterator[HiddenWord]:
    words, targets = scope.words, [item.scenario for item in items]
    item_legs = (
        (part.name, leg)
        for target in targets
        for part in reachable_scenarios(words.by_name, target)
        for leg in part.legs
    )
    inner = scope._replace(
        hidden=scope.hidden | words.certain_of_any(targets),
        legs=(*scope.legs, *item_legs),
        is_listless=scope.is_listless or scenario.has_list,
    )
    if inner.hides(words.possible(used, is_listless=inner.is_listless)):
        yield _hidden(scenario, f"use: {used.name}", scope)
    else:
        yield from _hidden_inside(used, inner._replace(hidden=NO_WORDS))


def _shadowed_legs(scenario: Scenario, scope: Scope) -> Iterator[HiddenWord]:
    """Yield the legs that have a second name here, which counts."""
    site, counts = scope.words.site, "leg" in scope.subjects
    decisive = {leg: name for name, leg in site.legs.items() if name in scenario.legs}
    for name in scenario.legs if counts else ():
        other = decisive.get(site.legs.get(name, ""), name)
        if other != name:
            reason = f"on {site.operation}, it is the leg {other}, which is described too"
            yield HiddenWord(scenario.name, f"legs.{name}", reason)


def _moved_legs(scenario: Scenario, scope: Scope) -> Iterator[HiddenWord]:
    """Yield the legs that are described outside although the scenario's steps move them."""
    moved = scope.words.of_legs(moved_legs(scenario))
    for author, leg in scope.legs:
        if scope.counted(scope.words.of_legs([leg])) & moved:
            reason = f"the steps of {scenario.name} decide this leg"
            yield HiddenWord(author, f"legs.{leg}", reason)


def _hidden(scenario: Scenario, place: str, scope: Scope) -> HiddenWord:
    reason = f"outer words always win against it on {scope.words.site.operation}"
    return HiddenWord(scenario.name, place, reason)
