"""Words that not every operation can follow, each with what is in their way there.

A table: the selection asks whether a scenario has such words, the engine which of them fail.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from mockserver.core.playability import PlaySite
from mockserver.core.possible_calls import ONE_ITEM_REASONS
from mockserver.core.scenario import Scenario


class ConditionalWord(NamedTuple):
    """A kind of words.

    `said` yields those of a scenario: the name of its list, or a kind of webhooks. `obstacle` says
    in words why one has no effect at a site; it is empty if it has. `place` is where the word
    stands, with `{}` for it.
    """

    aspect: str
    place: str
    said: Callable[[Scenario], Iterator[str]]
    obstacle: Callable[[Scenario, str, PlaySite], str]


def has_conditional_words(scenario: Scenario) -> bool:
    """Whether the scenario's own words, legs aside, can have no effect on some operation or call.

    `before_reply` has none on a webhook that waits for one of another call.
    """
    waits = any(each.before_reply and each.reorder_calls for each in scenario.webhooks.values())
    return waits or any(True for rule in CONDITIONAL_WORDS for _ in rule.said(scenario))


def failing_words(scenario: Scenario, aspect: str, site: PlaySite) -> Iterator[tuple[str, str]]:
    """Yield (place in the scenario, reason) of its own words that have no effect at a site."""
    for rule in CONDITIONAL_WORDS:
        for word in rule.said(scenario) if rule.aspect == aspect else ():
            if reason := rule.obstacle(scenario, word, site):
                yield rule.place.format(word), reason


def _long_lists(scenario: Scenario) -> Iterator[str]:
    lists = {"attempts": scenario.attempts, "numbers": scenario.numbers}
    return (key for key, items in lists.items() if len(items) > 1)


def _named_kinds(scenario: Scenario) -> Iterator[str]:
    return (kind for kind in scenario.webhooks if kind != "any")


def _reordered_kinds(scenario: Scenario) -> Iterator[str]:
    return (kind for kind, behavior in scenario.webhooks.items() if behavior.reorder)


def _corrupted_kinds(scenario: Scenario) -> Iterator[str]:
    return (kind for kind, behavior in scenario.webhooks.items() if behavior.corrupt)


def _list_obstacle(_: Scenario, key: str, site: PlaySite) -> str:
    is_reached = site.calls.reaches_beyond_first(key)
    return "" if is_reached else f"{site.operation} {ONE_ITEM_REASONS[key]}"


def _kind_obstacle(_: Scenario, kind: str, site: PlaySite) -> str:
    provider = site.provider
    return "" if kind in provider.webhooks else f"{provider.name} sends no webhook {kind}"


def _order_obstacle(scenario: Scenario, kind: str, site: PlaySite) -> str:
    """Say that no webhook comes after these."""
    meant = _meant_kinds(scenario, kind, site)
    if meant is None or not meant <= set(site.calls.final_webhooks):
        return ""
    return f"no other webhook of the call comes after {' or '.join(sorted(meant)) or 'them'}"


def _body_obstacle(scenario: Scenario, kind: str, site: PlaySite) -> str:
    """Say that these webhooks have no body that could be damaged."""
    meant, kinds = _meant_kinds(scenario, kind, site), site.provider.webhooks
    if not meant or any(kinds[each].has_body for each in meant):
        return ""
    return f"no webhook {' or '.join(sorted(meant))} has a body"


def _meant_kinds(scenario: Scenario, kind: str, site: PlaySite) -> set[str] | None:
    """Return the kinds for which a kind stands; None for one of other vendors, told as such."""
    if not site.provider.webhooks or kind not in ("any", *site.provider.webhooks):
        return None
    return set(site.calls.webhooks) - scenario.webhooks.keys() if kind == "any" else {kind}


CONDITIONAL_WORDS: Final = (
    ConditionalWord("legs", "{}", _long_lists, _list_obstacle),
    ConditionalWord("webhooks", "webhooks.{}", _named_kinds, _kind_obstacle),
    ConditionalWord("webhooks", "webhooks.{}.reorder", _reordered_kinds, _order_obstacle),
    ConditionalWord("webhooks", "webhooks.{}.corrupt", _corrupted_kinds, _body_obstacle),
)
"""`any` is not here: a vendor without webhooks is one for all its operations."""
