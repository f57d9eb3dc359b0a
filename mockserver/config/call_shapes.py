"""The calls that operations place: the names of their legs, the kinds of their webhooks."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.http import Request
from mockserver.core.leg_names import flow_legs_by_name
from mockserver.core.provider import Endpoint, endpoint_roles
from mockserver.core.rulebook import RequestContext
from mockserver.core.scenario import CONTEXT_NAMES, Scenario

BRIDGED_FLOW: Final = "callee-first"
"""A flow that depends on the account, so that no example shows it; it has both legs."""


class CallShape(NamedTuple):
    """What a scenario can speak of in a call of an operation.

    `legs` maps each name of each leg to the leg.
    """

    provider: str
    operation: str
    legs: Mapping[str, str]
    webhook_kinds: tuple[str, ...]


def call_shapes(providers: Mapping[str, BoundProvider]) -> tuple[CallShape, ...]:
    """Return the shapes of all calls that the examples of the operations place."""
    return tuple(
        CallShape(
            bound.provider.name,
            endpoint.operation,
            flow_legs_by_name(flow, tuple(endpoint_roles(bound.provider, endpoint).items())),
            tuple(bound.provider.webhooks),
        )
        for bound in providers.values()
        for endpoint in bound.provider.endpoints
        for flow in _flows(bound, endpoint)
    )


def can_play(scenario: Scenario, shape: CallShape) -> bool:
    """Return True if neither `needs` nor `match` keeps the scenario from such a call."""
    match = scenario.match.globs if scenario.match else {}
    named = {"provider": shape.provider, "operation": shape.operation}
    return holds(scenario, shape) and all(
        fnmatchcase(named[name], glob) if name in named else name in (*CONTEXT_NAMES, *shape.legs)
        for name, glob in match.items()
    )


def holds(scenario: Scenario, shape: CallShape) -> bool:
    """Return True if such a call has all that the scenario needs."""
    named = {"provider": shape.provider, "operation": shape.operation}
    return all(
        value in shape.legs if name == "leg" else named[name] == value
        for name, value in scenario.needs.items()
    )


def _flows(bound: BoundProvider, endpoint: Endpoint) -> Iterator[str]:
    """Yield the flows of the endpoint's examples, and the bridged one if no example has leg b."""
    requests = (
        Request(endpoint.method, endpoint.path, fields=example)
        for example in bound.examples(endpoint.operation)
    )
    flows = {
        planned.flow
        for request in requests
        for planned in endpoint.planned_calls(RequestContext(request, 0))
    }
    yield from sorted(flows)
    roles = endpoint_roles(bound.provider, endpoint)
    if flows and "b" in roles and not any("b" in _all_legs(flow) for flow in flows):
        yield BRIDGED_FLOW


def _all_legs(flow: str) -> tuple[str, ...]:
    return (*CALL_FLOWS[flow].dial_conditions, *CALL_FLOWS[flow].later_legs)
