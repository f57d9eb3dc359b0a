"""A scenario in words: what it says, what it leads to, and where it can play."""

from collections.abc import Iterable, Iterator
from typing import Any

from mockserver.core.behavior import DurationRange
from mockserver.core.configuration import Configuration
from mockserver.core.number_plan import describe_behavior
from mockserver.core.playability import PlaySite, all_sites, play_accounts, play_sites
from mockserver.core.scenario import DEFAULT_DELIVERY, ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.script import Condition, Step
from mockserver.core.time import to_seconds


def outline_scenario(configuration: Configuration, scenario: Scenario) -> Iterator[str]:
    """Yield the lines: the scenario with all to which it leads, its operations and accounts."""
    place = "bundled" if scenario.bundled else scenario.location
    yield f"{scenario.name} ({place})"
    yield from _indent(_outline(configuration, scenario, set()))
    sites = all_sites(bound.provider for bound in configuration.providers.values())
    possible = play_sites(scenario, sites, configuration.accounts)
    calls = tuple(site for site in possible if site.flow)
    if calls and not scenario.responses:
        possible = calls
    yield "operations on which it can play:"
    yield from _indent(_outline_sites(possible))
    yield "accounts on which it can play:"
    accounts = play_accounts(scenario, possible, configuration.accounts)
    yield from _indent(f"{provider} {name}" for provider, name in accounts or [("none", "yet")])


def _outline(configuration: Configuration, scenario: Scenario, shown: set[str]) -> Iterator[str]:
    """Yield what a scenario says, and once each what it leads to."""
    if scenario.description:
        yield scenario.description
    if scenario.needs:
        yield f"needs: {_pairs(scenario.needs.items())}"
    if scenario.match:
        fields = [(f"fields.{name}", glob) for name, glob in scenario.match.fields.items()]
        yield f"match: {_pairs([*scenario.match.globs.items(), *fields])}"
    for number, response in enumerate(scenario.responses, start=1):
        yield f"response {number}: {_describe_response(response)}"
    for leg, behavior in scenario.legs.items():
        yield f"{leg}: {describe_behavior(behavior)}"
    for number, step in enumerate(scenario.steps, start=1):
        yield f"step {number}: {_describe_step(step)}"
    for kind, delivery in scenario.webhooks.items():
        yield f"webhooks {kind}: {_describe_delivery(delivery)}"
    for how, name in _successors(scenario):
        yield f"{how}: {'as written here' if '/' in name else name}"
        if name in configuration.scenarios.by_name and name not in shown:
            shown.add(name)
            successor = configuration.scenarios.by_name[name]
            yield from _indent(_outline(configuration, successor, shown))


def _successors(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield (how the scenario leads to another, the name of that one)."""
    if scenario.use:
        yield "use", scenario.use
    total = sum(weight for weight, _ in scenario.choose)
    for weight, name in scenario.choose:
        yield f"choose, {round(100 * weight / total, 1):g} %", name
    for number, name in enumerate(scenario.attempts, start=1):
        yield f"attempt {number}", name
    for number, name in enumerate(scenario.numbers, start=1):
        yield f"number {number}", name


def _describe_response(response: ApiBehavior) -> str:
    parts = [
        f"after {to_seconds(response.delay)} s" if response.delay else "",
        f"refuse {response.fault}" if response.fault else "",
        f"break the connection ({response.disconnect})" if response.disconnect else "",
    ]
    return ", ".join(filter(None, parts)) or "as the vendor responds"


def _describe_step(step: Step) -> str:
    parts = [
        f"after {_text(step.delay)}" if step.delay.high else "",
        f"{step.event_type} {step.leg}".strip(),
        _pairs(step.data.items()),
        _describe_condition(step.condition) if step.condition else "",
        f"then {describe_behavior(step.behavior)}" if step.behavior else "",
    ]
    return ", ".join(filter(None, parts)) or "at once"


def _describe_condition(condition: Condition) -> str:
    if condition.type == "settled":
        return f"wait until {condition.leg} answers or stops ringing"
    times = f" {condition.times} times" if condition.times > 1 else ""
    return f"wait for {condition.type} {condition.leg}".rstrip() + times


def _describe_delivery(delivery: DeliveryBehavior) -> str:
    """Name the fields that differ from a usual delivery."""
    fields = {name: getattr(delivery, name) for name in delivery.__struct_fields__}
    changed = {
        name: value for name, value in fields.items() if value != getattr(DEFAULT_DELIVERY, name)
    }
    return _pairs((name, _text(value)) for name, value in changed.items()) or "as usual"


def _text(value: Any) -> str:
    if isinstance(value, DurationRange):
        low, high = to_seconds(value.low), to_seconds(value.high)
        return f"{low} s" if low == high else f"{low} to {high} s"
    return {None: "all", True: "yes"}.get(value, str(value))


def _outline_sites(sites: Iterable[PlaySite]) -> Iterator[str]:
    """Yield each operation once for each of its call flows, with the names of the legs."""
    for site in sites:
        names = [
            "/".join(name for name, meant in site.legs.items() if meant == leg)
            for leg in dict.fromkeys(site.legs.values())
        ]
        legs = f", legs {' and '.join(sorted(names))}" if names else ""
        yield f"{site.provider.name} {site.operation}{legs}"


def _pairs(items: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in items)


def _indent(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
