"""A scenario in words: what it says, what it leads to, and where it can play."""

from collections.abc import Iterable, Iterator
from textwrap import shorten
from typing import Any, Final

from mockserver.core.composition import find_scenario
from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.match_words import match_rule_words
from mockserver.core.number_plan import describe_behavior, format_range
from mockserver.core.playability import PlaySite, all_sites, play_accounts, play_sites
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, MatchRule, Scenario
from mockserver.core.script import Condition, Step
from mockserver.core.secret_names import is_secret_header
from mockserver.core.time import to_seconds
from mockserver.core.value import Value
from mockserver.core.webhook import SimulatedAttempt

MAX_BODY_LENGTH: Final = 80  # characters of a raw answer's body that are shown
HIDDEN: Final = "(hidden)"  # in place of the value of a secret header


class Successor(Value):
    """What a scenario leads to: by `use` or by an item of its list, whose positions begin at 1.

    `percent` is how often `choose` draws the item.
    """

    key: str
    name: str
    position: int = 0
    percent: float = 100.0


def outline_scenario(configuration: Configuration, scenario: Scenario) -> Iterator[str]:
    """Yield the lines: the scenario with all to which it leads, its operations and accounts."""
    place = "bundled" if scenario.bundled else scenario.location
    yield f"{scenario.name} ({place})"
    yield from _indent(_outline(configuration, scenario, set()))
    possible = outlined_sites(configuration, scenario)
    yield "operations on which it can play:"
    yield from _indent(_outline_sites(possible))
    yield "accounts on which it can play:"
    accounts = play_accounts(scenario, possible, configuration.accounts)
    yield from _indent(f"{provider} {name}" for provider, name in accounts or [("none", "yet")])


def outlined_sites(configuration: Configuration, scenario: Scenario) -> tuple[PlaySite, ...]:
    """Return where the scenario can play, and something that it leads to applies."""
    sites = all_sites(bound.provider for bound in configuration.providers.values())
    return tuple(
        site
        for site in play_sites(scenario, sites, configuration.accounts)
        if configuration.scenarios.words_at(site).can_apply(scenario)
    )


def _outline(configuration: Configuration, scenario: Scenario, shown: set[str]) -> Iterator[str]:
    """Yield what a scenario says, and once each what it leads to."""
    if scenario.description:
        yield scenario.description
    if scenario.needs:
        yield f"needs: {_pairs(scenario.needs.items())}"
    if scenario.match:
        yield f"match: {_pairs(_match_words(scenario.match))}"
    yield from _outline_responses(scenario)
    for leg, behavior in scenario.legs.items():
        yield f"{leg}: {describe_behavior(behavior)}"
    for number, step in enumerate(scenario.steps, start=1):
        yield f"step {number}: {describe_step(step)}"
    for kind, delivery in scenario.webhooks.items():
        yield f"webhooks {kind}: {describe_delivery(delivery)}"
    for successor in successors(scenario):
        name = successor.name
        yield f"{_how(successor)}: {'as written here' if '/' in name else name}"
        inner = find_scenario(configuration.scenarios.by_name, name)
        if inner and name not in shown:
            shown.add(name)
            yield from _indent(_outline(configuration, inner, shown))


def _outline_responses(scenario: Scenario) -> Iterator[str]:
    for number, response in enumerate(scenario.responses, start=1):
        yield f"response {number}: {describe_response(response)}"
    if scenario.cycles:
        yield f"response {len(scenario.responses) + 1}: the first one again, and so on"


def _match_words(rule: MatchRule) -> Iterator[tuple[str, str]]:
    """Yield (word, glob or limit); the glob of a secret is not shown."""
    for key, value in match_rule_words(rule).items():
        if isinstance(value, str):
            yield key, shown_value(key, value)
        else:
            for name, glob in value.items():
                yield f"{key}.{name}", shown_value(name, glob)


def successors(scenario: Scenario) -> Iterator[Successor]:
    """Yield what the scenario leads to: what it uses, and the items of its list."""
    if scenario.use:
        yield Successor(key="use", name=scenario.use)
    total = sum(weight for weight, _ in scenario.choose)
    for position, (weight, name) in enumerate(scenario.choose, start=1):
        percent = round(100 * weight / total, 1)
        yield Successor(key="choose", name=name, position=position, percent=percent)
    for position, name in enumerate(scenario.attempts, start=1):
        yield Successor(key="attempts", name=name, position=position)
    for position, name in enumerate(scenario.numbers, start=1):
        yield Successor(key="numbers", name=name, position=position)


def _how(successor: Successor) -> str:
    if successor.key == "choose":
        return f"choose, {successor.percent:g} %"
    return f"{successor.key.removesuffix('s')} {successor.position or ''}".rstrip()


def describe_response(response: ApiBehavior) -> str:
    """Say what is answered, and when."""
    parts = [
        f"after {to_seconds(response.delay)} s" if response.delay else "",
        f"refuse {response.fault}" if response.fault else "",
        f"break the connection ({response.disconnect})" if response.disconnect else "",
        *(_describe_answer(response.answer) if response.answer else ()),
        f"send it within {to_seconds(response.dribble)} s" if response.dribble else "",
    ]
    return ", ".join(filter(None, parts)) or "as the vendor responds"


def _describe_answer(answer: Response) -> Iterator[str]:
    """Yield the parts of a raw answer; its body is one of bytes, shown shortened."""
    yield f"answer {answer.status}"
    for name, value in answer.headers.items():
        yield f"header {name}: {shown_value(name, value)}"
    if isinstance(answer.body, bytes) and answer.body:
        yield f"body {shorten(answer.body.decode(), MAX_BODY_LENGTH, placeholder=' ...')}"


def shown_value(name: str, value: str) -> str:
    """Return the value of a header or field, or that it is not shown because it is a secret."""
    return HIDDEN if is_secret_header(name) else value


def describe_step(step: Step) -> str:
    """Say what a step waits for and does."""
    parts = [
        f"after {format_range(step.delay)}" if step.delay.high else "",
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


def describe_delivery(delivery: DeliveryBehavior) -> str:
    """Name what differs from a usual delivery, in the words of a file."""
    words = {
        "drop": "all" if delivery.drop is None else delivery.drop,
        "duplicate": delivery.duplicate if delivery.duplicate > 1 else 0,
        "spacing": format_range(delivery.spacing) if delivery.spacing.high else "",
        "reorder": "calls" if delivery.reorder_calls else delivery.reorder and "yes",
        "after": format_range(delivery.delay) if delivery.delay else "",
        "before_reply": delivery.before_reply and "yes",
        "corrupt": delivery.corrupt,
        "attempts": " / ".join(map(_describe_attempt, delivery.attempts)),
    }
    return _pairs((word, value) for word, value in words.items() if value) or "as usual"


def _describe_attempt(attempt: SimulatedAttempt | None) -> str:
    if attempt is None:
        return "deliver"
    after = f" after {format_range(attempt.duration)}" if attempt.duration.high else ""
    return f"{attempt.error or attempt.status}{after}"


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
