"""What the scenarios of a call say of one attempt, and which of them it has reached."""

from collections.abc import Iterator

from mockserver.core.call import Call
from mockserver.core.hidden_words import reached_parts
from mockserver.core.playability import find_site
from mockserver.core.resolution import ResolvedScenario, resolve
from mockserver.core.scenario import Scenario
from mockserver.engine.sandbox_state import SandboxState


def resolve_for_attempt(
    state: SandboxState, call: Call, scenario: Scenario, indexes: tuple[int, int]
) -> ResolvedScenario:
    """Resolve a scenario of the call for (redial index, number index), both from 0."""
    configuration, draw = state.configuration, state.calls.progress[call.spec.id].draw
    return resolve(configuration.scenarios, scenario, configuration.seed, draw, indexes)


def reached_names(state: SandboxState, call: Call) -> tuple[str, ...]:
    """Return the names of the scenarios that the call has reached, in all its attempts.

    The scenario of the legs comes first, then what it led to, then that of the webhooks likewise.
    """
    progress = state.calls.progress[call.spec.id]
    selected = (progress.leg_scenario.scenario, progress.webhook_scenario)
    names = (
        part.name
        for scenario in selected
        if scenario
        for indexes in attempt_indexes(call)
        for part in applied_parts(state, call, resolve_for_attempt(state, call, scenario, indexes))
    )
    return tuple(dict.fromkeys(names))


def applied_parts(
    state: SandboxState, call: Call, resolved: ResolvedScenario
) -> tuple[Scenario, ...]:
    """Return the parts of a scenario of the call, without those that outer ones hide whole."""
    if len(resolved.parts) == 1:
        return resolved.parts
    spec, provider = call.spec, state.configuration.providers[call.spec.provider].provider
    site = find_site(provider, spec.operation, spec.flow)
    return reached_parts(state.configuration.scenarios.words_at(site), resolved.parts)


def attempt_indexes(call: Call) -> Iterator[tuple[int, int]]:
    """Yield (redial index, number index) of each attempt of the call, the current one last."""
    yield from ((attempt.redial_index, attempt.number_index) for attempt in call.attempts)
    yield call.redial_index, call.number_index
