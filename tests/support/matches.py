"""Matches a request or a call with the scenarios of a state, and puts scenarios in force."""

from typing import Any

from mockserver.core.call import Call, PlannedCall
from mockserver.core.leg_names import legs_by_name
from mockserver.core.scenario import MatchContext, MatchRule
from mockserver.core.selection import Activation, candidates, select
from mockserver.engine.exchange import CallMatch, MatchedRequest
from mockserver.engine.pipeline import match_request
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import admit
from tests.support.simulation import START, build_click_to_call


def activate(
    state: SandboxState, scenario: str, times: int | None = None, **match: Any
) -> Activation:
    """Activate a scenario for the next `times` requests; `match` are the fields of its rule."""
    activation = Activation(
        id=state.activations.next_id,
        scenario_name=scenario,
        match=MatchRule(**match),
        remaining=times,
    )
    state.activations.add(activation)
    return activation


def clear_activations(state: SandboxState) -> None:
    state.activations.clear()


def restart_responses(state: SandboxState, scenario: str) -> None:
    state.activations.restart_responses(scenario)


def match_call(
    state: SandboxState,
    call: Call,
    *names: str,
    activations: tuple[Activation, ...] = (),
    credential: str = "",
) -> tuple[CallMatch, ...]:
    """Match a call that no request has planned, as if it were the only one of its request."""
    spec, dialed = call.spec, {leg.name: leg.number for leg in call.legs}
    context = MatchContext(
        provider=spec.provider,
        operation=spec.operation,
        account=spec.account,
        credential=credential,
        numbers={name: dialed.get(leg, "") for name, leg in legs_by_name(call).items()},
        parameters=spec.parameters,
    )
    options = candidates(state.configuration.scenarios, names, activations, context)
    return (CallMatch(context=context, selection=select(state.configuration.scenarios, options)),)


def match_planned_calls(
    state: SandboxState, *planned: PlannedCall, names: tuple[str, ...] = ()
) -> MatchedRequest:
    """Match a click-to-call whose endpoint plans these calls; the header has these names."""
    incoming = build_click_to_call(state, *names)
    endpoint = incoming.endpoint._replace(planned_calls=lambda _: planned)
    return match_request(state, incoming.replace(endpoint=endpoint), START)


def admit_click_to_call(state: SandboxState, *names: str, **fields: object) -> MatchedRequest:
    """Match a click-to-call and admit it; its response is still to come."""
    return admit(state, match_request(state, build_click_to_call(state, *names, **fields), START))
