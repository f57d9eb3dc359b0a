"""A strategy for scenarios that a vendor's calls can play, as they stand in a scenario file."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.provider import Endpoint, Provider, all_faults
from mockserver.testing.operations import find_endpoints, find_provider
from mockserver.testing.words import (
    Words,
    behaviors,
    early_reports,
    failing_behaviors,
    matches,
    responses,
    steps,
    travels,
)


def scenarios(
    provider: str, operation: str = "", *, person: bool = False, match: bool = False
) -> st.SearchStrategy[Words]:
    """Draw what stands below the name of a scenario in a file: `{"legs": {"callee": "busy"}, ...}`.

    Each passes `mockserver check`, and says by `needs` on which operation it plays: any that places
    calls, or the one that is named. With `person`, a leg may wait for a person.

    Raises:
        ValueError: there is no such provider, or no such operation that places calls.
    """
    found = find_provider(provider).provider
    endpoints = find_endpoints(find_provider(provider), operation)
    drawn = [_scenarios_of(found, endpoint, person=person) for endpoint in endpoints]
    if not match:
        return st.one_of(drawn)
    matched = [matches(provider, endpoint.operation) for endpoint in endpoints]
    pairs = (st.tuples(*each) for each in zip(drawn, matched, strict=True))
    return st.one_of(list(pairs)).map(lambda pair: {**pair[0], **pair[1]})


def _scenarios_of(
    provider: Provider, endpoint: Endpoint, *, person: bool
) -> st.SearchStrategy[Words]:
    api = responses([fault.name for fault in all_faults(provider)])
    return _with_needs(provider, endpoint, [*_calls(provider, endpoint, person=person), api])


def travelling_scenarios(provider: Provider, endpoint: Endpoint) -> st.SearchStrategy[Words]:
    """Draw scenarios of an operation that leave the API as it is, and wait for nobody."""
    return _with_needs(provider, endpoint, _calls(provider, endpoint, person=False))


def _with_needs(
    provider: Provider, endpoint: Endpoint, parts: Sequence[st.SearchStrategy[Words]]
) -> st.SearchStrategy[Words]:
    """Draw what each part says, or only some of them.

    So Hypothesis leaves out any part by one small change, whatever has been drawn for it.
    """
    needs = {"needs": {"provider": provider.name, "operation": endpoint.operation}}
    marked = st.tuples(*(st.tuples(part, st.integers(0, 3)) for part in parts))
    drawn = marked.map(_without_marked)
    if endpoint.calls.webhooks:
        drawn = _sometimes(early_reports(), drawn)
    return drawn.map(lambda words: {**needs, **words})


def _sometimes(
    rare: st.SearchStrategy[Words], usual: st.SearchStrategy[Words]
) -> st.SearchStrategy[Words]:
    """Draw the rare words in one of six scenarios."""
    ways = (*(usual for _ in range(5)), rare)
    return st.integers(0, len(ways) - 1).flatmap(ways.__getitem__)


def _without_marked(found: Sequence[tuple[Words, int]]) -> Words:
    """Return the words of the parts that are not marked with 0, or of the first if all are."""
    kept = [words for words, mark in found if mark] or [found[0][0]]
    return {key: words[key] for words in kept for key in words}


def _calls(
    provider: Provider, endpoint: Endpoint, *, person: bool
) -> list[st.SearchStrategy[Words]]:
    """What happens in the calls of an operation, and to their webhooks, if it sends any."""
    people, kinds = _people(endpoint, person=person), endpoint.calls.webhooks
    return [people, _webhooks(provider, endpoint, kinds)] if kinds else [people]


def _people(endpoint: Endpoint, *, person: bool) -> st.SearchStrategy[Words]:
    """How people behave: by leg, by redial, by number, or by chance."""
    calls, anybody = endpoint.calls, behaviors(person=person)
    ways = [*(_legs(endpoint, anybody) for _ in range(3)), _choices(anybody), steps()]
    if calls.redials:
        ways.append(_in_turn("attempts", st.just("no-answer"), anybody))
    if calls.alternates and not calls.hands_over:
        ways.append(_in_turn("numbers", failing_behaviors(), anybody))
    return st.one_of(ways)


def _legs(endpoint: Endpoint, anybody: st.SearchStrategy[Any]) -> st.SearchStrategy[Words]:
    flows = [CALL_FLOWS[name] for name in endpoint.calls.flows]
    names = {leg for flow in flows for leg in (*flow.dial_conditions, *flow.later_legs)}
    by_leg = st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(names), anybody))
    by_callee = st.fixed_dictionaries({"callee": anybody})
    return (by_callee | by_leg.filter(bool)).map(lambda legs: {"legs": legs})


def _choices(anybody: st.SearchStrategy[Any]) -> st.SearchStrategy[Words]:
    item = st.fixed_dictionaries({"weight": st.integers(1, 9), "legs": _callee(anybody)})
    return st.lists(item, min_size=2, max_size=3).map(lambda items: {"choose": items})


def _in_turn(
    key: str, earlier: st.SearchStrategy[Any], last: st.SearchStrategy[Any]
) -> st.SearchStrategy[Words]:
    """A list whose last item is what comes after failures."""
    failures = st.lists(_callee(earlier), min_size=1, max_size=2)
    return st.tuples(failures, _callee(last)).map(lambda found: {key: [*found[0], found[1]]})


def _callee(anybody: st.SearchStrategy[Any]) -> st.SearchStrategy[Words]:
    return st.fixed_dictionaries({"callee": anybody})


def _webhooks(
    provider: Provider, endpoint: Endpoint, kinds: Sequence[str]
) -> st.SearchStrategy[Words]:
    attempts, final = 1 + len(provider.retry.waits), endpoint.calls.final_webhooks
    bodies = {kind for kind in kinds if provider.webhooks[kind].has_body}
    named = {
        kind: travels(attempts, is_final=kind in final, has_body=kind in bodies) for kind in kinds
    }
    whole = travels(attempts, is_final=set(kinds) <= set(final), has_body=bool(bodies))
    any_kind = st.fixed_dictionaries({"any": whole})
    some = st.fixed_dictionaries({}, optional=named).filter(bool)
    return (any_kind | some).map(lambda webhooks: {"webhooks": webhooks})
