"""Select scenarios: for the API behavior, for the legs of a call and for its webhooks."""

from mockserver.core.call import Call
from mockserver.core.leg_names import legs_by_name
from mockserver.core.scenario import ApiBehavior, MatchContext, Scenario
from mockserver.core.selection import (
    Activation,
    SelectedScenario,
    candidates,
    is_applicable,
    select,
)
from mockserver.engine.exchange import DEFAULT_API_BEHAVIOR, SelectionInput
from mockserver.engine.sandbox_state import SandboxState

FALLBACK_SCENARIO = SelectedScenario(Scenario("answered"), "default")
"""Selected for the legs if no candidate has the `legs` aspect, not even the default one."""

EMPTY_MATCH_CONTEXT = MatchContext("", "", "", "", {}, {})
"""Used where no candidate has a match rule, so that no real context is built."""


def select_for_call(state: SandboxState, call: Call, selection: SelectionInput) -> None:
    """Select, once per call, the scenarios for its legs and for its webhooks."""
    scenarios = state.configuration.scenarios
    has_match_rules = selection.activations or scenarios.matchable
    context = _build_match_context(call, selection) if has_match_rules else EMPTY_MATCH_CONTEXT
    options = tuple(candidates(scenarios, selection.scenario_names, selection.activations, context))
    state.leg_scenarios[call.spec.id] = select("legs", options) or FALLBACK_SCENARIO
    webhook_scenario = select("webhooks", options)
    if webhook_scenario:
        state.webhook_scenarios[call.spec.id] = webhook_scenario.scenario


def select_api_behavior(
    state: SandboxState, selection: SelectionInput, match_contexts: tuple[MatchContext, ...]
) -> tuple[ApiBehavior, str]:
    """Select the API behavior of a request: the next one in its scenario's list of responses.

    If the request would place several calls, the first context with a scenario for the API decides.

    Returns:
        (API behavior, name of its scenario); the name is empty if none has the `api` aspect.
    """
    scenarios = state.configuration.scenarios
    for context in match_contexts:
        selected = select(
            "api", candidates(scenarios, selection.scenario_names, selection.activations, context)
        )
        if selected:
            scenario = selected.scenario
            position = state.response_positions.get(scenario.name, 0)
            index = min(position, len(scenario.responses) - 1)
            return scenario.responses[index], scenario.name
    return DEFAULT_API_BEHAVIOR, ""


def advance_responses(state: SandboxState, scenario_name: str) -> None:
    """Let the scenario's next response follow; its last one repeats."""
    position = state.response_positions.get(scenario_name, 0)
    state.response_positions[scenario_name] = position + 1


def decrement_activations(state: SandboxState, match_contexts: tuple[MatchContext, ...]) -> None:
    """Decrement the activations that match any of the contexts; remove those used up."""
    state.activations = [
        kept
        for activation in state.activations
        if (kept := _decrement(state, activation, match_contexts)).remaining is None
        or kept.remaining > 0
    ]


def _build_match_context(call: Call, selection: SelectionInput) -> MatchContext:
    spec, called = call.spec, {leg.name: leg.number for leg in call.legs}
    numbers = {name: called.get(leg, "") for name, leg in legs_by_name(call).items()}
    return MatchContext(
        spec.provider, spec.operation, spec.account, selection.credential, numbers, spec.parameters
    )


def _decrement(
    state: SandboxState, activation: Activation, match_contexts: tuple[MatchContext, ...]
) -> Activation:
    is_match = any(
        is_applicable(state.configuration.scenarios, activation, context)
        for context in match_contexts
    )
    return (
        activation.replace(remaining=activation.remaining - 1)
        if is_match and activation.remaining is not None
        else activation
    )
