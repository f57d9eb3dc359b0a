"""Finds what scenarios, number plan and defaults say of the legs of one attempt."""

from collections.abc import Mapping

from mockserver.core.behavior import DEFAULT_BEHAVIOR, LegBehavior
from mockserver.core.call import Call, Leg
from mockserver.core.leg_names import is_dialed_later, legs_by_name
from mockserver.core.number_plan import TEST_NUMBER, number_plan_behavior
from mockserver.core.resolution import ResolvedScenario
from mockserver.core.script import Step
from mockserver.core.selection import EXPLICIT_RANKS
from mockserver.engine.call_scenarios import resolve_for_attempt
from mockserver.engine.sandbox_state import SandboxState


def attempt_scenario(state: SandboxState, call: Call, number_index: int) -> ResolvedScenario:
    """Resolve the call's scenario for its current redial and this number index (from 0)."""
    scenario = state.calls.progress[call.spec.id].leg_scenario.scenario
    indexes = (call.redial_index, number_index)
    return _with_leg_names(call, resolve_for_attempt(state, call, scenario, indexes))


def choose_behavior(
    state: SandboxState, call: Call, leg: Leg, scenario: ResolvedScenario, names: Mapping[str, str]
) -> tuple[LegBehavior | None, str]:
    """Choose a leg's behavior: explicit scenario, number plan, other scenario, then the default.

    `names` are those of `legs_by_name`. A leg that a step dials ignores the number plan and has no
    default behavior.

    Returns:
        The behavior, and what decides it, as `LegSource.source`.
    """
    behavior = scenario.leg_behavior(leg.name, names)
    if behavior and state.calls.progress[call.spec.id].leg_scenario.rank in EXPLICIT_RANKS:
        return behavior, "scenario"
    is_dialed_by_step = leg.name in legs_dialed_by_steps(state, call, scenario)
    if state.configuration.scenarios.number_plan and not is_dialed_by_step:
        planned = TEST_NUMBER.search(leg.number) and number_plan_behavior(leg.number)
        if planned:
            return planned, "number-plan"
    if behavior:
        return behavior, "scenario"
    if is_dialed_by_step:
        return None, "steps"
    return DEFAULT_BEHAVIOR, "default"


def legs_dialed_by_steps(state: SandboxState, call: Call, scenario: ResolvedScenario) -> set[str]:
    """Return the legs that the remaining steps dial, by a `ring` step or by a vendor event."""
    if not scenario.steps:
        return set()
    vendor_events = state.configuration.providers[call.spec.provider].provider.vendor_events
    steps = scenario.steps[_count_completed_steps(state, call) :]
    rung = {step.leg for step in steps if step.event_type == "ring"}
    words = {step.event_type for step in steps} & vendor_events.keys()
    dialed = {legs_by_name(call).get(vendor_events[word].dials) for word in words}
    return rung | {leg for leg in dialed if leg and is_dialed_later(call, leg)}


def _with_leg_names(call: Call, resolved: ResolvedScenario) -> ResolvedScenario:
    """Replace the names of legs in the steps with `Leg.name`."""
    if not resolved.steps:
        return resolved
    names = legs_by_name(call)

    def resolve_step(step: Step) -> Step:
        condition = step.condition and step.condition.replace(
            leg=names.get(step.condition.leg, step.condition.leg)
        )
        return step.replace(leg=names.get(step.leg, step.leg), condition=condition)

    return resolved.replace(steps=tuple(map(resolve_step, resolved.steps)))


def _count_completed_steps(state: SandboxState, call: Call) -> int:
    """Count the scenario's steps that have run already."""
    tracks = state.calls.progress[call.spec.id].script
    positions = zip(tracks, call.cursors, strict=False)
    return next((cursor.position for track, cursor in positions if track.name == "steps"), 0)
