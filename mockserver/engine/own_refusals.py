"""Record the requests that the mock server itself refuses, in place of a vendor."""

from collections.abc import Mapping

from mockserver.core.http import Request, Response
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.value import Value
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import request_data


class OwnRefusal(Value):
    """A problem response of the mock server.

    `problem` is its kind, and `explanation` says why. `provider` and `operation` are empty for a
    path that no provider has. `scenario_names` are those of the request's header.
    """

    problem: str
    status: int
    explanation: str
    provider: str = ""
    operation: str = ""
    scenario_names: tuple[str, ...] = ()
    body: Mapping[str, object] = EMPTY_MAPPING


def record_refusal(
    state: SandboxState, request: Request, now: int, refusal: OwnRefusal
) -> Exchange:
    """Record the exchange of a request that the mock server refuses; it changes nothing else."""
    state.inputs.record("refusal", now, {**request_data(request), "refusal": refusal})
    exchange = Exchange(
        id=state.journal.next_request_id,
        at=now,
        provider=refusal.provider,
        operation=refusal.operation,
        request=request,
        response=Response(refusal.status, refusal.body),
        fault=None,
        explanation=refusal.explanation,
        scenario_names=refusal.scenario_names,
        scenarios=state.configuration.scenarios,
        problem=refusal.problem,
    )
    state.journal.record_exchange(exchange)
    return exchange
