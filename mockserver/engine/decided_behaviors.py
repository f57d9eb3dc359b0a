"""Which behavior each leg of a call got, by what has decided it."""

from collections import Counter
from collections.abc import Iterator

from mockserver.core.behavior import DEFAULT_BEHAVIOR, LegBehavior
from mockserver.core.call import Call
from mockserver.core.leg_names import legs_by_name
from mockserver.core.number_plan import number_plan_behavior
from mockserver.engine.call_scenarios import attempt_indexes, resolve_for_attempt
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.calls import LegSource


def decided_behaviors(
    state: SandboxState, call: Call
) -> Iterator[tuple[LegSource, LegBehavior | None]]:
    """Yield the behavior of each leg of each attempt; None where steps say what the leg does.

    A leg that is dialed once more within an attempt takes the next item of `numbers`.
    """
    dials: Counter[tuple[int, str]] = Counter()
    for source in state.calls.progress[call.spec.id].leg_sources:
        yield source, _behavior(state, call, source, dials[source.attempt, source.leg])
        dials[source.attempt, source.leg] += 1


def _behavior(
    state: SandboxState, call: Call, source: LegSource, dial_index: int
) -> LegBehavior | None:
    if source.source == "number-plan":
        return number_plan_behavior(source.number)
    if source.source == "default":
        return DEFAULT_BEHAVIOR
    if source.source == "steps":
        return None
    redial_index, number_index = (*attempt_indexes(call),)[source.attempt - 1]
    scenario = state.calls.progress[call.spec.id].leg_scenario.scenario
    indexes = (redial_index, number_index + dial_index)
    resolved = resolve_for_attempt(state, call, scenario, indexes)
    return resolved.leg_behavior(source.leg, legs_by_name(call))
