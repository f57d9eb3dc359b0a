"""Check that what a scenario says can take effect somewhere on the operations where it can play."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from mockserver.config.leg_checks import leg_behavior_problems, shadowed_leg_problems
from mockserver.config.problems import DocumentPath
from mockserver.config.references import response_items, step_leg_references, suggestion
from mockserver.config.scenario_parts import ScenarioPart, list_items, scenario_parts
from mockserver.config.schema_checks import KeySegment, PathProblem, format_value
from mockserver.config.webhook_checks import webhook_problems
from mockserver.core.match_words import build_match_rule
from mockserver.core.playability import AccountKey, PlaySite, operation_sites, play_sites
from mockserver.core.possible_calls import ONE_ITEM_REASONS
from mockserver.core.provider import all_faults
from mockserver.core.scenario import CONTEXT_NAMES, Scenario

RawMapping = Mapping[str, Any]


class PlayContext(NamedTuple):
    """What all scenarios share: every site and account, and the words of every scenario."""

    sites: tuple[PlaySite, ...]
    accounts: tuple[AccountKey, ...]
    bodies: Mapping[str, RawMapping]


def playability_problems(body: RawMapping, context: PlayContext) -> Iterator[PathProblem]:
    """Yield what can never take effect; all names in `body` have to be known names."""
    rules = Scenario(
        "",
        match=build_match_rule(body["match"]) if "match" in body else None,
        needs=body.get("needs", {}),
    )
    possible = operation_sites(rules, context.sites, context.accounts)
    if not possible:
        key = "needs" if "needs" in body else "match"
        yield (KeySegment(key),), "no operation suits `needs` and `match` together"
        return
    condition_problems = tuple(_condition_problems(body, possible))
    yield from condition_problems
    sites = play_sites(rules, possible, context.accounts)
    if not sites and not condition_problems:
        yield (KeySegment("needs"),), "no operation has all legs of `needs` and `match` together"
    for part in scenario_parts(body) if sites else ():
        yield from _part_problems(part, sites, context)


def describe_sites(sites: Iterable[PlaySite]) -> str:
    """Name the providers, or the operation if there is one of several: `innocalls bridge`."""
    known = tuple(sites)
    providers = dict.fromkeys(site.provider.name for site in known)
    operations = {site.operation for site in known}
    if len(providers) > 1 or len(operations) > 1:
        return " and ".join(providers)
    [operation], provider = operations, known[0].provider
    is_only = all(endpoint.operation == operation for endpoint in provider.endpoints)
    return provider.name if is_only else f"{provider.name} {operation}"


def _condition_problems(body: RawMapping, sites: tuple[PlaySite, ...]) -> Iterator[PathProblem]:
    """Yield the legs of `needs` and `match` that no operation has."""
    leg = body.get("needs", {}).get("leg")
    if leg is not None:
        yield from _unknown_leg_problems(("needs", "leg"), leg, sites)
    for name, glob in build_match_rule(body.get("match", {})).globs.items():
        path = ("match", KeySegment(name))
        if name in CONTEXT_NAMES or fnmatchcase("", glob):
            continue
        yield from _unknown_leg_problems(path, name, sites)
        have_leg = [site for site in sites if name in site.legs]
        if have_leg and not any(name in site.dialed_names for site in have_leg):
            message = f"{name} has no number yet when a scenario is chosen: it is dialed later"
            yield path, message


def _part_problems(
    part: ScenarioPart, sites: tuple[PlaySite, ...], context: PlayContext
) -> Iterator[PathProblem]:
    calls = tuple(site for site in sites if site.flow)
    for path, leg in _leg_references(part):
        yield from _unknown_leg_problems(path, leg, sites)
    yield from shadowed_leg_problems(part, calls)
    yield from leg_behavior_problems(part)
    yield from _act_problems(part, sites)
    yield from _fault_problems(part, sites)
    yield from _list_problems(part, calls)
    for path, message in webhook_problems(part, calls, context.bodies):
        yield path, message.replace("{where}", describe_sites(sites))


def _leg_references(part: ScenarioPart) -> Iterator[tuple[DocumentPath, str]]:
    yield from (((*part.legs_path, KeySegment(leg)), leg) for leg in part.legs)
    for path, step in part.steps():
        yield from (((*path, *inner), leg) for inner, leg in step_leg_references(step))


def _unknown_leg_problems(
    path: DocumentPath, leg: str, sites: tuple[PlaySite, ...]
) -> Iterator[PathProblem]:
    known = tuple(dict.fromkeys(name for site in sites for name in site.legs))
    if not known:
        yield path, f"{describe_sites(sites)} places no calls, so it has no leg {leg}"
    elif leg not in known:
        yield path, f"{describe_sites(sites)} has no leg {leg!r}: {suggestion(leg, known)}"


def _act_problems(part: ScenarioPart, sites: tuple[PlaySite, ...]) -> Iterator[PathProblem]:
    known = {name for site in sites for name in site.provider.vendor_events}
    for path, step in part.steps():
        act = step.get("act")
        if act is not None and act not in known:
            hint = suggestion(act, tuple(sorted(known)))
            yield (*path, "act"), f"{describe_sites(sites)} has no act {act!r}: {hint}"


def _fault_problems(part: ScenarioPart, sites: tuple[PlaySite, ...]) -> Iterator[PathProblem]:
    known = {
        fault.name: None
        for provider in {site.provider.name: site.provider for site in sites}.values()
        for fault in all_faults(provider)
    }
    for path, fault in _fault_references(part):
        if fault not in known:
            hint = suggestion(fault, tuple(known))
            yield (
                path,
                f"{describe_sites(sites)} has no fault {format_value(fault)}: {hint}",
            )


def _fault_references(part: ScenarioPart) -> Iterator[tuple[DocumentPath, str]]:
    if "refuse" in part.body:
        yield (*part.path, "refuse"), part.body["refuse"]
    for path, response in response_items(part.body):
        if isinstance(response, Mapping) and "refuse" in response:
            yield (*part.path, *path, "refuse"), response["refuse"]


def _list_problems(part: ScenarioPart, calls: tuple[PlaySite, ...]) -> Iterator[PathProblem]:
    """Yield the second item of a list of which no operation gets beyond the first."""
    for item in list_items(part.body):
        is_reached = any(site.calls.reaches_beyond_first(item.key) for site in calls)
        if calls and item.position == 1 and not is_reached:
            yield (*part.path, item.key, 1), never_reached(item.key, calls)


def never_reached(key: str, sites: Iterable[PlaySite]) -> str:
    """Say that no call of the sites reaches the second item of the list `key`."""
    return f"never reached: {describe_sites(sites)} {ONE_ITEM_REASONS[key]}"
