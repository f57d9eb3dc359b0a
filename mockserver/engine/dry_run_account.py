"""Prepare accounts for dry runs: without limits and momentary state, with requests they accept."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.core.accepted_requests import accepted_requests
from mockserver.core.account import Account
from mockserver.core.behavior import DurationRange, LegBehavior
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration, ParseAccount, leave_unpopulated
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.provider import Endpoint
from mockserver.core.rulebook import RequestContext
from mockserver.core.scenario import Scenario
from mockserver.core.script import Step
from mockserver.core.selection import ScenarioSet
from mockserver.engine.exchange import IncomingRequest

MAX_POLLS = 2  # a step that waits for more polls of a call waits for nothing else


class OperationRequests(NamedTuple):
    """The requests of one operation that an account accepts, or the reason why it accepts none."""

    operation: str
    requests: tuple[IncomingRequest, ...]
    reason: str


def ready_configuration(configuration: Configuration, account: Account) -> Configuration:
    """Return the configuration with this account alone, as a dry run needs it.

    It has no limits, no balance and no webhooks, and what is only so at the moment does not count.
    The numbers called are not test numbers, whatever they are: they are not the scenario's.
    """
    provider = configuration.providers[account.provider].provider

    def ready(account: Account) -> Account:
        return provider.ready_account(
            account.replace(limits=None, balance=None, webhooks=EMPTY_MAPPING, generate={})
        )

    return configuration._replace(
        accounts={account.key: ready(account)},
        scenarios=_only_named(configuration.scenarios),
        parse_account=_then(configuration.parse_account, ready),
        webhook_targets=EMPTY_MAPPING,
        populate=leave_unpopulated,
    )


def _then(parse: ParseAccount, change: Any) -> ParseAccount:
    def parse_and_change(
        name: str, provider: str, document: Mapping[str, Any]
    ) -> tuple[Account | None, tuple[Any, ...]]:
        account, problems = parse(name, provider, document)
        return account and change(account), problems

    return parse_and_change


def _only_named(scenarios: ScenarioSet) -> ScenarioSet:
    """Return the scenarios without match rules: in a dry run, a request names its scenario."""
    by_name = {name: scenario.replace(match=None) for name, scenario in scenarios.by_name.items()}
    return scenarios._replace(by_name=by_name, number_plan=False)


def operation_requests(bound: BoundProvider, account: Account) -> Iterator[OperationRequests]:
    """Yield the requests of each operation that places calls, one for each call flow.

    Of an operation with two methods, the first endpoint counts.
    """
    by_operation = {each.operation: each for each in reversed(bound.provider.endpoints)}
    for endpoint in reversed(by_operation.values()):
        if endpoint.operation in bound.provider.samples:
            accepted = accepted_requests(bound, endpoint, account, 0)
            incoming = (
                IncomingRequest(
                    bound,
                    endpoint,
                    request,
                    (),
                    bound.provider.credential(request) or "",
                    account=account,
                )
                for request in accepted.requests
            )
            by_flow = {_call_flows(endpoint, each): each for each in reversed([*incoming])}
            requests = tuple(reversed(by_flow.values()))
            yield OperationRequests(endpoint.operation, requests, accepted.reason)


def _call_flows(endpoint: Endpoint, incoming: IncomingRequest) -> tuple[str, ...]:
    context = RequestContext(incoming.request, 0, endpoint.operation, incoming.account)
    return tuple(planned.flow for planned in endpoint.planned_calls(context))


def with_few_polls(scenario: Scenario) -> Scenario:
    """Return the scenario with few polls in each step that waits for many of them."""

    def shorten(step: Step) -> Step:
        condition = step.condition
        if condition is None or condition.times <= MAX_POLLS:
            return step
        return step.replace(condition=condition.replace(times=MAX_POLLS))

    return scenario.replace(steps=tuple(map(shorten, scenario.steps)))


def has_ranges(scenario: Scenario) -> bool:
    """Return whether a duration of the scenario is drawn; one that it uses may have such."""
    behaviors = [*scenario.legs.values(), *(step.behavior for step in scenario.steps)]
    durations = [step.delay for step in scenario.steps]
    for behavior in behaviors:
        durations += _durations(behavior) if behavior else ()
    return bool(scenario.use) or any(each.low != each.high for each in durations)


def _durations(behavior: LegBehavior) -> Iterator[DurationRange]:
    optional = (behavior.talk, behavior.hangup)
    yield behavior.ring
    yield from (duration for duration in optional if duration)
    yield from (action.delay for action in behavior.actions)
