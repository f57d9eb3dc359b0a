"""Which stories play: for the API's answer, for each call's phones, for its webhooks."""

from mockserver.core.call import Call
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.scenario import ApiBehavior, MatchContext, Scenario
from mockserver.core.selection import (
    Activation,
    SelectedScenario,
    candidates,
    is_applicable,
    select,
)
from mockserver.engine.exchange import DEFAULT_API_BEHAVIOR, RequestSelection
from mockserver.engine.sandbox_state import SandboxState

DEFAULT_SCENARIO = SelectedScenario(Scenario("answered"), "default")
"""For a default story that has nothing to say about phones."""


EMPTY_MATCH_CONTEXT = MatchContext("", "", "", "", {}, {})
"""For stories that are not asked whom they suit."""


def select_for_call(state: SandboxState, call: Call, selection: RequestSelection) -> None:
    """Settle for good who plays the phones of a new call, and how its webhooks travel."""
    stories = state.configuration.scenarios
    matched = selection.activations or stories.matchable
    seen = _build_match_context(call, selection) if matched else EMPTY_MATCH_CONTEXT
    among = tuple(candidates(stories, selection.scenario_names, selection.activations, seen))
    state.leg_scenarios[call.spec.id] = select("phones", among) or DEFAULT_SCENARIO
    travelling = select("webhooks", among)
    if travelling:
        state.webhook_scenarios[call.spec.id] = travelling.scenario


def select_api_behavior(
    state: SandboxState, selection: RequestSelection, match_contexts: tuple[MatchContext, ...]
) -> tuple[ApiBehavior, str]:
    """How the API answers this request, and the story that says so; it counts as asked once.

    Of a request that would place many calls, one that suits is enough.
    """
    stories = state.configuration.scenarios
    for seen in match_contexts:
        chosen = select(
            "api", candidates(stories, selection.scenario_names, selection.activations, seen)
        )
        if chosen:
            story = chosen.scenario
            nth = state.response_positions.get(story.name, 0)
            state.response_positions[story.name] = nth + 1
            return story.responses[min(nth, len(story.responses) - 1)], story.name
    return DEFAULT_API_BEHAVIOR, ""


def consume_activations(state: SandboxState, match_contexts: tuple[MatchContext, ...]) -> None:
    """One request less for every activation that it suited."""
    state.activations = [
        kept
        for one in state.activations
        if (kept := _consume(state, one, match_contexts)).remaining is None or kept.remaining > 0
    ]


def _build_match_context(call: Call, selection: RequestSelection) -> MatchContext:
    order = call.spec
    shape = CALL_FLOWS[order.flow]
    legs = dict.fromkeys(shape.later_legs, "")
    legs |= {name: leg.number for leg in call.legs for name in (leg.name, leg.role)}
    legs["callee"] = legs.get(shape.callee, "")
    return MatchContext(
        order.provider, order.operation, order.account, selection.credential, legs, order.parameters
    )


def _consume(
    state: SandboxState, activation: Activation, match_contexts: tuple[MatchContext, ...]
) -> Activation:
    suited = any(
        is_applicable(state.configuration.scenarios, activation, seen) for seen in match_contexts
    )
    return (
        activation._replace(remaining=activation.remaining - 1)
        if suited and activation.remaining is not None
        else activation
    )
