"""Apply effects to a sandbox's state: charges, records, calls, events and webhooks."""

from collections.abc import Mapping

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, conversation_start
from mockserver.core.call_flows import (
    CALL_FLOWS,
    add_leg_tracks,
    compile_script,
    compile_stepless_script,
    offered_behavior,
)
from mockserver.core.conversation import next_due_step
from mockserver.core.journal import JournalEntry
from mockserver.core.leg_names import legs_by_name
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.number_plan import TEST_NUMBER
from mockserver.core.provider import Effects, Resource
from mockserver.core.resolution import NO_DRAW
from mockserver.core.script import Script, WaitReason
from mockserver.core.selection import NO_SELECTION
from mockserver.engine.exchange import CallMatch
from mockserver.engine.ignored_words import record_missing_legs
from mockserver.engine.leg_behaviors import (
    attempt_scenario,
    choose_behavior,
    legs_dialed_by_steps,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import ScheduledEvent
from mockserver.engine.state.calls import FALLBACK_SCENARIO, NEW_PROGRESS, CallProgress, LegSource
from mockserver.engine.webhooks import enqueue


def split_effects(effects: Effects, now: int) -> tuple[Effects, list[tuple[str, Event]]]:
    """Split effects into (effects with the later events, (call ID, event) pairs due by `now`)."""
    if not effects.events:
        return effects, []
    later = tuple(entry for entry in effects.events if entry[1].at > now)
    return effects.replace(events=later), [entry for entry in effects.events if entry[1].at <= now]


def apply(
    state: SandboxState, effects: Effects, now: int, matches: tuple[CallMatch, ...] = ()
) -> None:
    """Apply all effects: calls after charges, records and counts, events and webhooks at the end.

    Calls come before events and webhooks, which may belong to a call placed by the same effects.
    `now` is in ms. `matches` are those of the request that places new calls.
    """
    for charge in effects.charges:
        state.accounts.charge(charge)
        provider, account = charge.account
        payload = {
            "provider": provider,
            "account": account,
            "amount": str(charge.amount),
            "reason": charge.reason,
        }
        state.journal.append(JournalEntry(now, "charge", charge.call_id, payload))
    for save in effects.records:
        state.accounts.save_record(save)
    for key in effects.counts:
        state.counters.count(key, now)
    for key in effects.sequences:
        state.counters.advance(key)
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
        _keep_script(state, ready)
        state.calls.update(ready)
    script, decided_by = _build_script(state, ready)
    progress, attempt = state.calls.progress[call_id], len(ready.attempts) + 1
    earlier = [each for each in progress.leg_sources if each.attempt < attempt]
    sources = [
        LegSource(attempt, leg.name, leg.number, source)
        for leg, source in zip(ready.legs, decided_by, strict=True)
    ]
    _schedule(state, ready, progress.replace(script=script, leg_sources=(*earlier, *sources)))
    if not is_new:
        record_missing_legs(state, ready, now)


def _keep_script(state: SandboxState, call: Call) -> None:
    """Keep the script of an attempt that has ended, as the next one begins."""
    earlier, progress = state.calls.by_id[call.spec.id], state.calls.progress[call.spec.id]
    if len(call.attempts) > len(earlier.attempts):
        past = (*progress.past_scripts, (progress.script, earlier.cursors))
        state.calls.set_progress(call.spec.id, progress.replace(past_scripts=past))


def _build_script(state: SandboxState, call: Call) -> tuple[Script, tuple[str, ...]]:
    """Build the script of the call's current attempt.

    Returns:
        The script, and what decides the behavior of each leg, as `LegSource.source`.
    """
    scripts = state.configuration.scenarios.plain_scripts
    is_plain = _is_plain(state, call)
    legs = tuple([leg.name for leg in call.legs])
    key = call.spec.flow, tuple(call.spec.roles.items()), legs
    if is_plain and (known := scripts.get(key)):
        return known
    scenario = attempt_scenario(state, call, call.number_index)
    names = legs_by_name(call)
    chosen = {leg.name: choose_behavior(state, call, leg, scenario, names) for leg in call.legs}
    behaviors = {leg: behavior for leg, (behavior, _) in chosen.items()}
    sources = tuple([source for _, source in chosen.values()])
    if scenario.steps:
        return compile_script(CALL_FLOWS[call.spec.flow], behaviors, scenario.steps), sources
    script = compile_stepless_script(call.spec.flow, tuple(behaviors.items()))
    if is_plain:
        state.configuration.scenarios.keep_plain_script(key, (script, sources))
    return script, sources


def _is_plain(state: SandboxState, call: Call) -> bool:
    """Whether only the default scenario describes the legs of a new call, without a draw."""
    default = state.configuration.scenarios.default_selection
    if default is None or default.draws or call.attempts:
        return False
    leg_scenario = state.calls.progress[call.spec.id].leg_scenario
    has_test_number = any(map(TEST_NUMBER.search, [leg.number for leg in call.legs]))
    return leg_scenario is default.legs and not has_test_number


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
    scenario = attempt_scenario(state, call, call.number_index + len(earlier))
    names = legs_by_name(call)
    behavior, source = (
        (event.behavior, "steps")
        if event.behavior
        else choose_behavior(state, call, leg, scenario, names)
    )
    progress = state.calls.progress[call_id]
    offered = offered_behavior(call, leg.name, behavior)
    script, changed = add_leg_tracks(progress.script, call, offered)
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
    waits, resource = _resource_waits(state, call, waits)
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


Waits = tuple[WaitReason, ...]


def _resource_waits(state: SandboxState, call: Call, waits: Waits) -> tuple[Waits, str]:
    """Return (what the call waits for, the resource that it is queued for; empty for none).

    `waits` are those of its script. While the provider connects the awaited leg, the call waits for
    no hangup.
    """
    resources = state.configuration.providers[call.spec.provider].provider.resources
    if not resources or call.phase not in ACTIVE_PHASES:
        return waits, ""
    others = tuple([wait for wait in waits if wait.reason != "hangup"])
    for name, resource in resources.items():
        if resource.is_reserved(call):
            return (WaitReason(name), *others), ""
    if needed := _needed_resource(state, call, resources):
        return (WaitReason(needed), *others), needed
    awaited = CALL_FLOWS[call.spec.flow].awaited_leg
    is_connected = not awaited or conversation_start(call, awaited) is not None
    return waits if is_connected else others, ""


def _needed_resource(state: SandboxState, call: Call, resources: Mapping[str, Resource]) -> str:
    """Name the resource of which the call needs any free one.

    Empty if it needs none, or if a remaining step dials the awaited leg.
    """
    dialed = legs_dialed_by_steps(state, call, attempt_scenario(state, call, call.number_index))
    if CALL_FLOWS[call.spec.flow].awaited_leg in dialed:
        return ""
    return next((name for name, resource in resources.items() if resource.waits_for(call)), "")
