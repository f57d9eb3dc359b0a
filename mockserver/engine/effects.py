"""Carries effects into the store: money, records, calls placed, events told, webhooks sent."""

from mockserver.core.account import Account, with_charge, with_record
from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    STAY_ON_LINE,
    LegBehavior,
    number_plan_behavior,
)
from mockserver.core.call import Call, Event, Leg, parse_recording_token
from mockserver.core.call_flows import CALL_FLOWS, add_leg_tracks, compile_script
from mockserver.core.journal import IgnoredLeg, JournalEntry
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.provider import Effects
from mockserver.core.read_model import upload_digest
from mockserver.core.scenario import Scenario
from mockserver.core.script import Step, WaitReason, next_step
from mockserver.core.selection import EXPLICIT_RANKS, resolve
from mockserver.engine.exchange import NO_SELECTION, RequestSelection
from mockserver.engine.sandbox_state import SandboxState, ScheduledEvent
from mockserver.engine.scenario_selection import select_for_call
from mockserver.engine.webhooks import enqueue


def apply(
    state: SandboxState, effects: Effects, now: int, selection: RequestSelection = NO_SELECTION
) -> None:
    """Bring about what a provider has said: charge, keep, mark, hold, place, tell, send."""
    for charge in effects.charges:
        state.accounts[charge.account] = with_charge(state.accounts[charge.account], charge)
        provider, account = charge.account
        paid = {"amount": str(charge.amount), "reason": charge.reason}
        state.record(
            JournalEntry(
                now, "charge", charge.call_id, {"provider": provider, "account": account, **paid}
            )
        )
    for keep in effects.records:
        state.accounts[keep.account] = with_record(state.accounts[keep.account], keep)
    for key in effects.counts:
        state.count(key, now)
    state.uploads.update({upload_digest(data): data for data in effects.uploads})
    for call in effects.calls:
        place_call(state, call, now, selection)
    for name, event in effects.events:
        state.schedule(
            event.at, "told", name, ScheduledEvent(len(state.calls[name].attempts), event)
        )
    for webhook in effects.webhooks:
        enqueue(state, webhook, now)


def place_call(state: SandboxState, call: Call, now: int, selection: RequestSelection) -> None:
    """Take a new call in, give a known one its next attempt, or move one that has not begun."""
    name = call.spec.id
    ready = call if call.starts_at >= now else call._replace(starts_at=now)
    new = name not in state.calls
    if new:
        state.call_count += 1
        select_for_call(state, ready, selection)
        state.call_ids_by_recording[parse_recording_token(call.spec.recording_url)] = name
        state.call_ids_by_vendor_id[call.spec.provider, call.spec.vendor_id] = name
    state.calls[name] = ready
    if new:
        state.record(JournalEntry(now, "event", name, ready.events[0]))
    story = _attempt_scenario(state, ready, call.number_index)
    people = {leg.name: _leg_behavior(state, ready, leg, story) for leg in ready.legs}
    state.scripts[name] = compile_script(CALL_FLOWS[call.spec.flow], people, story.steps)
    if new:
        _record_ignored_legs(state, ready, story, now)
    schedule_next_step(state, name)


def add_leg(state: SandboxState, call_id: str, event: Event) -> None:
    """Give a leg that is dialled in the course of a call its own tracks.

    Whoever is dialled as the n-th in an attempt is the n-th of a story's `numbers`.
    """
    call = state.calls[call_id]
    since = max(at for at, past in enumerate(call.events) if past.type == "begin")
    before = [
        past for past in call.events[since:-1] if (past.type, past.leg) == ("ring", event.leg)
    ]
    leg = next(leg for leg in call.legs if leg.name == event.leg)
    story = _attempt_scenario(state, call, call.number_index + len(before))
    how = event.behavior or _leg_behavior(state, call, leg, story)
    state.scripts[call_id], state.calls[call_id] = add_leg_tracks(state.scripts[call_id], call, how)


def schedule_next_step(state: SandboxState, call_id: str) -> None:
    """Put the call's one next step on the agenda, or note what it waits for."""
    call = state.calls[call_id]
    step, people = next_step(state.scripts[call_id], call, state.configuration.seed)
    resource = _needed_resource(state, call)
    if resource:
        people = (WaitReason(resource), *(one for one in people if one.reason != "hangup"))
        state.resource_queue.setdefault(call_id, resource)
    elif state.resource_queue:
        state.resource_queue.pop(call_id, None)
    state.wait_reasons.pop(call_id, None)
    if people:
        state.wait_reasons[call_id] = people
    turn = state.next_steps.get(call_id)
    if turn and turn[1] == step:
        return
    if step:
        state.next_steps[call_id] = (state.schedule(step.at, "script", call_id), step)
    elif turn:
        del state.next_steps[call_id]


def call_account(state: SandboxState, call: Call) -> Account:
    return state.accounts[call.spec.provider, call.spec.account]


def _resolve_leg_names(call: Call, scenario: Scenario) -> Scenario:
    """The story with the legs of its steps by name, where it says `callee` or a vendor's word."""
    if not scenario.steps:
        return scenario
    names = {leg.role: leg.name for leg in call.legs}
    names["callee"] = CALL_FLOWS[call.spec.flow].callee

    def addressed(step: Step) -> Step:
        once = step.condition and step.condition._replace(
            leg=names.get(step.condition.leg, step.condition.leg)
        )
        return step._replace(leg=names.get(step.leg, step.leg), condition=once)

    return scenario._replace(steps=tuple(map(addressed, scenario.steps)))


def _attempt_scenario(state: SandboxState, call: Call, number_index: int) -> Scenario:
    """What the call's story says of this redial and this number."""
    chosen, draw = state.leg_scenarios[call.spec.id], (state.configuration.seed, call.spec.id)
    return _resolve_leg_names(
        call,
        resolve(
            state.configuration.scenarios, chosen.scenario, draw, (call.redial_index, number_index)
        ),
    )


def _leg_behavior(
    state: SandboxState, call: Call, leg: Leg, scenario: Scenario
) -> LegBehavior | None:
    """How a leg behaves: by a strong story, by its number, by the story, as everybody does."""
    told = scenario.leg_behavior(leg, call.spec.flow)
    strong = state.leg_scenarios[call.spec.id].rank in EXPLICIT_RANKS
    rung = leg.name in _legs_dialed_by_steps(state, call, scenario)
    number = (
        number_plan_behavior(leg.number)
        if state.configuration.scenarios.number_plan and not rung
        else None
    )
    usual = None if rung else STAY_ON_LINE if scenario.steps else DEFAULT_BEHAVIOR
    return (told if strong else None) or number or told or usual


def _legs_dialed_by_steps(state: SandboxState, call: Call, scenario: Scenario) -> set[str]:
    """The legs that the steps of a story are still to ring, themselves or by an act."""
    if not scenario.steps:
        return set()
    acts = state.configuration.providers[call.spec.provider].provider.vendor_events
    return {
        acts[step.event_type].dials if step.event_type in acts else step.leg
        for step in scenario.steps[_count_completed_steps(state, call) :]
        if step.event_type == "ring" or step.event_type in acts
    }


def _count_completed_steps(state: SandboxState, call: Call) -> int:
    """How many of its steps have been played."""
    tracks = state.scripts.get(call.spec.id, ())
    marks = zip(tracks, call.cursors, strict=False)
    return next((mark.position for track, mark in marks if track.name == "steps"), 0)


def _needed_resource(state: SandboxState, call: Call) -> str:
    """What the call waits for that its provider may give, unless a step is still to give it."""
    resources = state.configuration.providers[call.spec.provider].provider.resources
    if not resources or call.phase not in ACTIVE_PHASES:
        return ""
    if _legs_dialed_by_steps(state, call, _attempt_scenario(state, call, call.number_index)) & {
        *CALL_FLOWS[call.spec.flow].later_legs
    }:
        return ""
    return next((name for name, one in resources.items() if one.waits_for(call)), "")


def _record_ignored_legs(state: SandboxState, call: Call, scenario: Scenario, now: int) -> None:
    """Journal what a story says of legs that this call does not have."""
    spoken_of = dict.fromkeys(
        leg for legs in (*scenario.inherited_legs[::-1], scenario.legs) for leg in legs
    )
    if not spoken_of:
        return
    later = CALL_FLOWS[call.spec.flow].later_legs
    known = {"callee", *later, *(leg.name for leg in call.legs), *(leg.role for leg in call.legs)}
    for leg in spoken_of:
        if leg not in known:
            state.record(JournalEntry(now, "skipped", call.spec.id, IgnoredLeg(scenario.name, leg)))
