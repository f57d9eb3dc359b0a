"""What a test would not expect: each is a finding with a kind, for which a strict test fails."""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.composition import reachable_scenarios
from mockserver.core.journal import Ignored
from mockserver.core.scenario import Scenario, readable_name
from mockserver.core.value import Value
from mockserver.core.webhook import Delivery, DeliveryResult, error_reason
from mockserver.engine.call_scenarios import reached_names
from mockserver.engine.idle import PERSON
from mockserver.engine.retry_policy import find_retry
from mockserver.engine.sandbox_state import SandboxState

UNKNOWN_PATH: Final = "unknown-path"


class Unexpected(Value):
    """Something that a strict test fails for; `subject` is the id or the name of what it is."""

    kind: str
    subject: str
    message: str


Source = tuple[SandboxState, Collection[str]]
"""A sandbox, and the names of the scenarios that were put into it."""

Finder = Callable[[Source], Iterator[Unexpected]]


def _find_errors(source: Source) -> Iterator[Unexpected]:
    for entry in source[0].journal.entries:
        if entry.type == "error":
            message = f"the mock server has a fault of its own: {entry.payload!r}"
            yield Unexpected("internal-error", entry.call_id, message)


def _find_unknown_paths(source: Source) -> Iterator[Unexpected]:
    for exchange in source[0].journal.exchanges:
        if exchange.problem == UNKNOWN_PATH:
            request = f"{exchange.request.method} {exchange.request.path}"
            message = f"unknown path: {exchange.id} {request}: {exchange.explanation}"
            yield Unexpected(UNKNOWN_PATH, exchange.id, message)


def _find_refusals(source: Source) -> Iterator[Unexpected]:
    for exchange in source[0].journal.exchanges:
        if exchange.problem not in ("", UNKNOWN_PATH):
            request = f"{exchange.id} {exchange.request.method} {exchange.request.path}"
            message = f"refused by the mock server: {request}: {exchange.explanation}"
            yield Unexpected("refused-request", exchange.id, message)


def _find_waiting_calls(source: Source) -> Iterator[Unexpected]:
    state = source[0]
    for call_id in state.calls.waiting:
        reasons = state.calls.progress[call_id].wait_reasons
        legs = ", ".join(f"leg {wait.leg}" for wait in reasons if wait.reason == PERSON)
        if legs:
            message = f"call {call_id} is left waiting for a person: {legs} rings until one answers"
            yield Unexpected("waiting-call", call_id, message)


def _find_refused_webhooks(source: Source) -> Iterator[Unexpected]:
    for delivery in source[0].deliveries.by_id.values():
        if delivery.state == "refused":
            reason = error_reason(delivery.attempts[-1].result)
            message = f"{_describe_webhook(delivery)} was not sent: {reason}"
            yield Unexpected("refused-webhook", delivery.id, message)


def _find_unaccepted_webhooks(source: Source) -> Iterator[Unexpected]:
    """Find webhooks that their receivers were asked to accept, and have never accepted.

    A receiver is right to refuse a body that a scenario corrupts.
    """
    for delivery in source[0].deliveries.by_id.values():
        results = _results_of_receiver(delivery)
        is_refused = delivery.state == "refused" or delivery.webhook.corrupt
        if results and not (is_refused or _is_accepted(source[0], delivery)):
            met = ", ".join(_describe_result(each) for each in results)
            accepted = _describe_accepted(_accepted_statuses(source[0], delivery))
            end = f"was never accepted: {met}; the vendor accepts {accepted}"
            message = f"{_describe_webhook(delivery)} {end}"
            yield Unexpected("unaccepted-webhook", delivery.id, message)


def _find_unplayed_activations(source: Source) -> Iterator[Unexpected]:
    for activation in source[0].activations.unplayed:
        name = readable_name(activation.scenario_name)
        message = f"activation {activation.id} of scenario {name!r} has never played"
        yield Unexpected("unplayed-activation", activation.id, message)


def _find_unplayed_scenarios(source: Source) -> Iterator[Unexpected]:
    """Find nothing if the sandbox has evicted requests or calls: one may have played."""
    state, uploads = source
    evicted = state.journal.request_count - len(state.journal.exchanges)
    if evicted or state.calls.count > len(state.calls.by_id):
        return
    unplayed = {*uploads}.difference(_names_of_requests(state) if uploads else ())
    for names in _names_of_calls(state, unplayed) if unplayed else ():
        unplayed.difference_update(names)
    for name in uploads:
        if name in unplayed:
            yield Unexpected("unplayed-scenario", name, f"scenario {name!r} has never played")


def _find_ignored_words(source: Source) -> Iterator[Unexpected]:
    for entry in source[0].journal.entries:
        if isinstance(entry.payload, Ignored) and entry.payload.strict:
            ignored = entry.payload
            subject = ignored.request_id or entry.call_id or ignored.webhook_id
            where = f"scenario {readable_name(ignored.scenario)}: {ignored.what}"
            yield Unexpected("ignored-words", subject, f"ignored: {where}: {ignored.reason}")


def _describe_webhook(delivery: Delivery) -> str:
    return f"webhook {delivery.id} {delivery.webhook.kind} to {delivery.webhook.url}"


def _describe_result(result: DeliveryResult) -> str:
    return f"status {result.status}" if result.status else str(error_reason(result))


def _results_of_receiver(delivery: Delivery) -> tuple[DeliveryResult, ...]:
    """Return the results that no scenario has simulated, and no error of our own."""
    results = (attempt.result for attempt in delivery.attempts)
    return tuple(each for each in results if not each.simulated and each.error != "internal")


def _is_accepted(state: SandboxState, delivery: Delivery) -> bool:
    accepted = _accepted_statuses(state, delivery)
    return any(attempt.result.status in accepted for attempt in delivery.attempts)


def _accepted_statuses(state: SandboxState, delivery: Delivery) -> frozenset[int]:
    accounts, providers = state.accounts.by_key, state.configuration.providers
    return find_retry(delivery, accounts, providers).satisfied_by


def _describe_accepted(statuses: frozenset[int]) -> str:
    first, last = min(statuses), max(statuses)
    is_range = len(statuses) > 1 and len(statuses) == last - first + 1
    return f"{first} to {last}" if is_range else " or ".join(map(str, sorted(statuses)))


def _names_of_requests(state: SandboxState) -> Iterator[str]:
    """Yield the names of the scenarios that have decided anything of a request."""
    for exchange in state.journal.exchanges:
        for name in (*exchange.scenario_names, exchange.ordered_by):
            yield name.partition("/")[0]


def _names_of_calls(state: SandboxState, names: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield what each call has reached, of those calls whose scenarios can lead to these names."""
    leading: dict[str, bool] = {}
    for call_id, progress in state.calls.progress.items():
        for scenario in (progress.leg_scenario.scenario, progress.webhook_scenario):
            if scenario and scenario.name not in leading:
                leading[scenario.name] = _leads_to(state, scenario, names)
            if scenario and leading[scenario.name]:
                reached = reached_names(state, state.calls.by_id[call_id])
                yield tuple(name.partition("/")[0] for name in reached)


def _leads_to(state: SandboxState, scenario: Scenario, names: Collection[str]) -> bool:
    reachable = reachable_scenarios(state.configuration.scenarios.by_name, scenario)
    return any(part.name.partition("/")[0] in names for part in reachable)


FINDERS: Final[Mapping[str, Finder]] = MappingProxyType(
    {
        "internal-error": _find_errors,
        "unknown-path": _find_unknown_paths,
        "refused-request": _find_refusals,
        "waiting-call": _find_waiting_calls,
        "refused-webhook": _find_refused_webhooks,
        "unaccepted-webhook": _find_unaccepted_webhooks,
        "unplayed-activation": _find_unplayed_activations,
        "unplayed-scenario": _find_unplayed_scenarios,
        "ignored-words": _find_ignored_words,
    }
)
"""Kind -> what finds all of it in a sandbox."""
