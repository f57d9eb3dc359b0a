"""Apply effects to a sandbox's state: charges, records, calls, events and webhooks."""

from collections.abc import Mapping

from mockserver.core.account import Account
from mockserver.core.behavior import DEFAULT_BEHAVIOR, LegBehavior
from mockserver.core.call import Call, Event, Leg
from mockserver.core.call_flows import (
    CALL_FLOWS,
    add_leg_tracks,
    compile_script,
    compile_stepless_script,
)
from mockserver.core.conversation import next_due_step
from mockserver.core.journal import IgnoredLeg, JournalEntry
from mockserver.core.leg_names import legs_by_name
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.number_plan import TEST_NUMBER, number_plan_behavior
from mockserver.core.provider import Effects
from mockserver.core.resolution import NO_DRAW, ResolvedScenario
from mockserver.core.script import Step, WaitReason
from mockserver.core.selection import EXPLICIT_RANKS, NO_SELECTION
from mockserver.engine.call_scenarios import resolve_for_attempt
from mockserver.engine.exchange import CallMatch
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import ScheduledEvent
from mockserver.engine.state.calls import FALLBACK_SCENARIO, NEW_PROGRESS, CallProgress, LegSource
from mockserver.engine.webhooks import enqueue


def apply(
    state: SandboxState, effects: Effects, now: int, matches: tuple[CallMatch, ...] = ()
) -> None:
    """Apply charges, records, counts, uploads, calls, events and webhooks, in this order.

    Calls come before events and webhooks, which may belong to a call placed by the same effects.
    `now` is in ms. `matches` are those of the request that places new calls.
    """
    for charge in effects.charges:
        state.accounts.charge(charge)
        payload = dict(zip(("provider", "account"), charge.account, strict=True))
        payload |= {"amount": str(charge.amount), "reason": charge.reason}
        state.journal.append(JournalEntry(now, "charge", charge.call_id, payload))
    for save in effects.records:
        state.accounts.save_record(save)
    for key in effects.counts:
        state.counters.count(key, now)
    for data in effects.uploads:
        state.accounts.store_upload(data)
    for call in effects.calls:
        place_call(state, call, now, matches)
    for call_id, event in effects.events:
        attempt = len(state.calls.by_id[call_id].attempts)
        state.agenda.schedule(event.at, "event", call_id, ScheduledEvent(attempt, event))
    for webhook in effects.webhooks:
        enqueue(state, webhook, now)


def place_call(
    state: SandboxState, call: Call, now: int, matches: tuple[CallMatch, ...] = ()
) -> None:
    """Store a new call, the next attempt of a known call, or a new start of a call not yet begun.

    A start before `now` is moved to `now`. A new call keeps the scenarios of its match for good.
    """
    call_id = call.spec.id
    ready = call if call.starts_at >= now else call.replace(starts_at=now)
    is_new = call_id not in state.calls.by_id
    if is_new:
        match = matches[call.spec.match_index] if matches else None
        selection = match.selection if match else NO_SELECTION
        webhooks = selection.webhooks
        progress = state.calls.progress.get(call_id, NEW_PROGRESS).replace(
            leg_scenario=selection.legs or FALLBACK_SCENARIO,
            webhook_scenario=webhooks.scenario if webhooks else None,
            draw=match.draw if match else NO_DRAW,
        )
        state.calls.add(ready, progress)
        state.journal.append(JournalEntry(now, "event", call_id, ready.events[0]))
    else:
        state.calls.update(ready)
    scenario = _attempt_scenario(state, ready, call.number_index)
    names = legs_by_name(ready)
    chosen = {leg.name: _choose_behavior(state, ready, leg, scenario, names) for leg in ready.legs}
    behaviors = {leg: behavior for leg, (behavior, _) in chosen.items()}
    script = (
        compile_script(CALL_FLOWS[call.spec.flow], behaviors, scenario.steps)
        if scenario.steps
        else compile_stepless_script(call.spec.flow, tuple(behaviors.items()))
    )
    progress, attempt = state.calls.progress[call_id], len(ready.attempts) + 1
    earlier = [each for each in progress.leg_sources if each.attempt < attempt]
    sources = [LegSource(attempt, leg.name, leg.number, chosen[leg.name][1]) for leg in ready.legs]
    if is_new:
        _record_ignored_legs(state, ready, scenario, names, now)
    _schedule(state, ready, progress.replace(script=script, leg_sources=(*earlier, *sources)))


def add_leg(state: SandboxState, call_id: str, event: Event) -> None:
    """Give a leg that is dialed in the course of a call its own tracks.

    Each further dial of the leg within an attempt takes the next item of the scenario's `numbers`.
    """
    call = state.calls.by_id[call_id]
    start = max(index for index, past in enumerate(call.events) if past.type == "begin")
    earlier = [
        past for past in call.events[start:-1] if (past.type, past.leg) == ("ring", event.leg)
    ]
    leg = next(leg for leg in call.legs if leg.name == event.leg)
    scenario = _attempt_scenario(state, call, call.number_index + len(earlier))
    names = legs_by_name(call)
    behavior, source = (
        (event.behavior, "steps")
        if event.behavior
        else _choose_behavior(state, call, leg, scenario, names)
    )
    progress = state.calls.progress[call_id]
    script, changed = add_leg_tracks(progress.script, call, behavior)
    dialed = LegSource(len(call.attempts) + 1, leg.name, leg.number, source)
    state.calls.set_progress(
        call_id,
        progress.replace(script=script, leg_sources=(*progress.leg_sources, dialed)),
    )
    state.calls.update(changed)


def schedule_next_step(state: SandboxState, call_id: str) -> None:
    """Put the call's next step on the agenda, and store what the call waits for."""
    _schedule(state, state.calls.by_id[call_id], state.calls.progress[call_id])


def _schedule(state: SandboxState, call: Call, progress: CallProgress) -> None:
    """Store the progress of the call, with its next step by the script on the agenda."""
    call_id = call.spec.id
    step, waits = next_due_step(progress.script, call, state.configuration.seed)
    resource = _needed_resource(state, call)
    if resource:
        waits = (WaitReason(resource), *(wait for wait in waits if wait.reason != "hangup"))
    if resource or state.calls.resource_queue:
        state.calls.queue_for(call_id, resource)
    serial = progress.serial
    if step != progress.next_step:
        serial = state.agenda.schedule(step.at, "script", call_id) if step else 0
    state.calls.set_progress(
        call_id, progress.replace(next_step=step, serial=serial, wait_reasons=waits)
    )


def call_account(state: SandboxState, call: Call) -> Account:
    return state.accounts.by_key[call.spec.provider, call.spec.account]


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


def _attempt_scenario(state: SandboxState, call: Call, number_index: int) -> ResolvedScenario:
    """Resolve the call's scenario for its current redial and this number index (from 0)."""
    scenario = state.calls.progress[call.spec.id].leg_scenario.scenario
    indexes = (call.redial_index, number_index)
    return _with_leg_names(call, resolve_for_attempt(state, call, scenario, indexes))


def _choose_behavior(
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
    is_dialed_by_step = leg.name in _legs_dialed_by_steps(state, call, scenario)
    if state.configuration.scenarios.number_plan and not is_dialed_by_step:
        planned = TEST_NUMBER.search(leg.number) and number_plan_behavior(leg.number)
        if planned:
            return planned, "number-plan"
    if behavior:
        return behavior, "scenario"
    if is_dialed_by_step:
        return None, "steps"
    return DEFAULT_BEHAVIOR, "default"


def _legs_dialed_by_steps(state: SandboxState, call: Call, scenario: ResolvedScenario) -> set[str]:
    """Return the legs that the remaining steps dial, by a `ring` step or by a vendor event."""
    if not scenario.steps:
        return set()
    vendor_events = state.configuration.providers[call.spec.provider].provider.vendor_events
    return {
        vendor_events[step.event_type].dials if step.event_type in vendor_events else step.leg
        for step in scenario.steps[_count_completed_steps(state, call) :]
        if step.event_type == "ring" or step.event_type in vendor_events
    }


def _count_completed_steps(state: SandboxState, call: Call) -> int:
    """Count the scenario's steps that have run already."""
    tracks = state.calls.progress[call.spec.id].script
    positions = zip(tracks, call.cursors, strict=False)
    return next((cursor.position for track, cursor in positions if track.name == "steps"), 0)


def _needed_resource(state: SandboxState, call: Call) -> str:
    """Name the resource that the call waits for.

    Empty if it waits for none, or if a remaining step dials a later leg itself.
    """
    resources = state.configuration.providers[call.spec.provider].provider.resources
    if not resources or call.phase not in ACTIVE_PHASES:
        return ""
    if _legs_dialed_by_steps(state, call, _attempt_scenario(state, call, call.number_index)) & {
        *CALL_FLOWS[call.spec.flow].later_legs
    }:
        return ""
    return next((name for name, resource in resources.items() if resource.waits_for(call)), "")


def _record_ignored_legs(
    state: SandboxState, call: Call, scenario: ResolvedScenario, known: Mapping[str, str], now: int
) -> None:
    """Journal the legs that the scenario names but this call does not have."""
    named = {leg: part.name for part in scenario.parts[::-1] for leg in part.legs}
    for leg, name in named.items():
        if leg not in known:
            ignored = IgnoredLeg(name, leg)
            state.journal.append(JournalEntry(now, "leg-ignored", call.spec.id, ignored))
