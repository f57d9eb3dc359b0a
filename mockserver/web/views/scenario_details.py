"""A scenario as JSON: what it says and leads to, and what of that applies where it can play."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from mockserver.core.composition import moved_legs, reachable_scenarios
from mockserver.core.configuration import Configuration
from mockserver.core.match_words import match_rule_words
from mockserver.core.number_plan import describe_behavior
from mockserver.core.playability import PlaySite, play_accounts
from mockserver.core.provider import all_faults
from mockserver.core.scenario import MatchRule, Scenario
from mockserver.core.scenario_outline import (
    Successor,
    describe_delivery,
    describe_response,
    describe_step,
    outlined_sites,
    shown_value,
    successors,
)

MOVED: Final = "its steps say what it does"


def serialize_details(configuration: Configuration, scenario: Scenario) -> dict[str, Any]:
    """Serialize the parts of a scenario, from outside to inside, its operations and accounts.

    The first part is the scenario itself. Each other one, to which it leads, comes once.
    """
    reached = reachable_scenarios(configuration.scenarios.by_name, scenario)
    parts = tuple({part.name: part for part in reached}.values())
    sites = outlined_sites(configuration, scenario)
    accounts = play_accounts(scenario, sites, configuration.accounts)
    return {
        "parts": [_serialize_part(part) for part in parts],
        "operations": [_serialize_site(site, parts) for site in sites],
        "accounts": [{"provider": provider, "account": name} for provider, name in accounts],
    }


def _serialize_part(part: Scenario) -> dict[str, Any]:
    return {
        "scenario": part.name,
        "description": part.description,
        "needs": dict(part.needs),
        "match": None if part.match is None else _serialize_match(part.match),
        "responses": [describe_response(response) for response in part.responses],
        "cycles": part.cycles,
        "legs": {leg: describe_behavior(behavior) for leg, behavior in part.legs.items()},
        "steps": [describe_step(step) for step in part.steps],
        "webhooks": {kind: describe_delivery(words) for kind, words in part.webhooks.items()},
        "leads_to": [_serialize_successor(successor) for successor in successors(part)],
    }


def _serialize_match(rule: MatchRule) -> dict[str, Any]:
    """Serialize a match rule in the words of a file; globs over secrets are not shown."""
    return {
        key: shown_value(key, value)
        if isinstance(value, str)
        else {name: shown_value(name, glob) for name, glob in value.items()}
        for key, value in match_rule_words(rule).items()
    }


def _serialize_successor(successor: Successor) -> dict[str, Any]:
    """Serialize one; what is used has no position, and only a choice has a percentage."""
    return {
        "by": successor.key,
        "scenario": successor.name,
        "position": successor.position or None,
        "percent": successor.percent if successor.key == "choose" else None,
    }


def _serialize_site(site: PlaySite, parts: Iterable[Scenario]) -> dict[str, Any]:
    """Serialize what the parts say of an operation with one of its call flows.

    Of several that speak of a leg or of a kind of webhook, the first that is in force decides.
    """
    return {
        "provider": site.provider.name,
        "operation": site.operation,
        "legs": [
            {
                "leg": leg,
                "names": [name for name, meant in site.legs.items() if meant == leg],
                "said": [*_said_of_leg(leg, site, parts)],
            }
            for leg in sorted(set(site.legs.values()))
        ],
        "lists": [each for part in parts for each in _serialize_list(part, site)],
        "webhooks": [
            {"kind": kind, "said": [*_said_of_webhook(kind, parts)]} for kind in site.calls.webhooks
        ],
        "responses": [each for part in parts for each in _said_of_api(part, site)],
    }


def _said_of_leg(leg: str, site: PlaySite, parts: Iterable[Scenario]) -> Iterator[dict[str, str]]:
    for part in parts:
        behavior = part.leg_behavior(leg, site.legs)
        if behavior is not None:
            yield {"scenario": part.name, "behavior": describe_behavior(behavior)}
        elif leg in {site.legs.get(name) for name in moved_legs(part)}:
            yield {"scenario": part.name, "behavior": MOVED}


def _said_of_webhook(kind: str, parts: Iterable[Scenario]) -> Iterator[dict[str, str]]:
    for part in parts:
        words = part.webhooks.get(kind) or part.webhooks.get("any")
        if words is not None:
            yield {"scenario": part.name, "delivery": describe_delivery(words)}


def _said_of_api(part: Scenario, site: PlaySite) -> Iterator[dict[str, Any]]:
    """Yield the responses that the provider can give: not the faults of others."""
    known = {"", *(fault.name for fault in all_faults(site.provider))}
    possible = [each for each in part.responses if each.fault in known]
    if possible:
        yield {"scenario": part.name, "responses": [describe_response(each) for each in possible]}


def _serialize_list(part: Scenario, site: PlaySite) -> Iterator[dict[str, Any]]:
    """Yield the list of a part, without the items beyond the first that no call reaches here."""
    items = [each for each in successors(part) if each.position]
    if items:
        key = items[0].key
        shown = items if site.calls.reaches_beyond_first(key) else items[:1]
        yield {"scenario": part.name, "by": key, "items": [each.name for each in shown]}
