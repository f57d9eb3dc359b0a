"""Apply events and due items to a sandbox's state, one at a time.

All functions are synchronous: nothing interrupts an event and the events that follow from it.
"""

from typing import cast

from mockserver.core.account import Account, merge_patch
from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.journal import JournalEntry, RejectedEvent
from mockserver.core.provider import NO_EFFECTS
from mockserver.core.script import DueStep, advance
from mockserver.core.webhook import Delivery
from mockserver.engine.account_conflicts import credential_conflicts
from mockserver.engine.call_ends import end_webhooks
from mockserver.engine.cascade import AppliedEvent, cascade
from mockserver.engine.effects import add_leg, apply, call_account, schedule_next_step
from mockserver.engine.failures import fail_call
from mockserver.engine.retention import retire_call
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import AccountPatch, DueItem, ScheduledEvent
from mockserver.engine.webhooks import DELIVERY_ITEMS, run_delivery_item


def apply_event(state: SandboxState, call_id: str, event: Event) -> Call:
    """Apply an event to a call, and the events that follow from it at the same instant.

    Returns the call after all of them.

    Raises:
        IllegalTransition: the lifecycle forbids the event; nothing has changed.
    """
    return apply_transitions(state, call_id, compute_transitions(state, call_id, event))


def compute_transitions(state: SandboxState, call_id: str, event: Event) -> list[AppliedEvent]:
    """Compute an event of a call and the events that follow from it, without storing anything.

    Its time is never before that of the call's last event: a busy server plays late what was due.

    Raises:
        IllegalTransition: the lifecycle forbids one of the events.
    """
    call = state.calls.by_id[call_id]
    if call.events and event.at < call.events[-1].at:
        event = event.replace(at=call.events[-1].at)
    return cascade(state, call_account(state, call), call, event)


def apply_transitions(state: SandboxState, call_id: str, transitions: list[AppliedEvent]) -> Call:
    """Store what `compute_transitions` has computed; return the call after it."""
    try:
        _apply(state, call_id, transitions)
    finally:
        state.drop_stale_items()
    return state.calls.by_id[call_id]


def _apply(state: SandboxState, call_id: str, transitions: list[AppliedEvent]) -> None:
    _store_transitions(state, call_id, transitions)
    assign_resources(state, transitions[0][1].at)


def update_account(state: SandboxState, account: Account, now: int) -> None:
    """Replace an account, and assign resources that it frees to waiting calls."""
    state.accounts.replace(state.configuration.populate(state.configuration.seed, account))
    assign_resources(state, now)
    state.drop_stale_items()


def assign_resources(state: SandboxState, now: int) -> None:
    """Assign free resources to the waiting calls, the longest wait first.

    An internal error ends the waiting call that it meets, and no other one.
    """
    for call_id in tuple(state.calls.resource_queue):
        try:
            is_queued = call_id in state.calls.resource_queue
            event = _resource_event(state, call_id, now) if is_queued else None
            if event:
                _store_transitions(state, call_id, compute_transitions(state, call_id, event))
        except Exception as error:  # noqa: BLE001 - it is not the fault of what has freed them
            fail_call(state, call_id, error, now)


def _resource_event(state: SandboxState, call_id: str, now: int) -> Event | None:
    call = state.calls.by_id[call_id]
    resource = state.configuration.providers[call.spec.provider].provider.resources[
        state.calls.resource_queue[call_id]
    ]
    return resource.assign(call, call_account(state, call), now, state.read_model)


def _store_transitions(state: SandboxState, call_id: str, transitions: list[AppliedEvent]) -> None:
    at = transitions[0][1].at
    for call, applied, effects in transitions:
        state.calls.update(call)
        state.journal.append(JournalEntry(at, "event", call_id, applied))
        if applied.type == "ring" and "number" in applied.data:
            add_leg(state, call_id, applied)
        if effects is not NO_EFFECTS:
            apply(state, effects, at)
        if applied.type == "ended":
            end_webhooks(state, call_id, at)
    schedule_next_step(state, call_id)
    if state.calls.by_id[call_id].phase == "ended":
        retire_call(state, call_id)


def run_due_item(state: SandboxState) -> Delivery | None:
    """Run the earliest due item. Returns the delivery to send if the item is one, else None."""
    due = state.agenda.take()
    state.inputs.count_step()
    try:
        return _run_item(state, due) if due else None
    finally:
        state.drop_stale_items()


def _run_item(state: SandboxState, due: DueItem) -> Delivery | None:
    if due.kind in DELIVERY_ITEMS:
        return run_delivery_item(state, due)
    match due.payload:
        case ScheduledEvent() as scheduled_event:
            _run_scheduled_event(state, due.subject, scheduled_event)
        case AccountPatch() as account_patch:
            _apply_account_patch(state, account_patch, due.at)
        case _:
            _run_script_step(state, due.subject)
    return None


def _run_script_step(state: SandboxState, call_id: str) -> None:
    """Run the call's next step; if the lifecycle forbids it, reject it and go on with the rest."""
    progress = state.calls.progress[call_id]
    due_step = cast("DueStep", progress.next_step)  # its due item is current
    state.calls.set_progress(call_id, progress.replace(next_step=None, serial=0))
    state.calls.update(advance(progress.script, state.calls.by_id[call_id], due_step))
    if not due_step.event.type:
        schedule_next_step(state, call_id)
        return
    apply_or_reject(state, call_id, due_step.event, due_step.location)


def _run_scheduled_event(
    state: SandboxState, call_id: str, scheduled_event: ScheduledEvent
) -> None:
    """Apply a scheduled event, or reject it if the call is in a later dial attempt by now."""
    if scheduled_event.attempt == len(state.calls.by_id[call_id].attempts):
        apply_or_reject(state, call_id, scheduled_event.event, "")
    else:
        _record_rejected_event(
            state, call_id, scheduled_event.event, "", "it belongs to an attempt that is over"
        )


def _apply_account_patch(state: SandboxState, account_patch: AccountPatch, now: int) -> None:
    """Merge an entry of the account's timeline into the account, and journal it.

    If the result is invalid, the account stays as it is and the journal entry lists the flaws.
    """
    account = state.accounts.by_key[account_patch.account_key]
    document = merge_patch(account.document, account_patch.patch)
    changed, flaws = state.configuration.parse_account(account.name, account.provider, document)
    if changed and (conflicts := credential_conflicts(state, changed)):
        changed, flaws = None, conflicts
    if changed:
        state.accounts.replace(changed)
    payload = {"account": account.name, "provider": account.provider, "set": account_patch.patch}
    state.journal.append(
        JournalEntry(now, "account", "", payload if changed else {**payload, "flaws": list(flaws)})
    )
    assign_resources(state, now)


def apply_or_reject(state: SandboxState, call_id: str, event: Event, location: str) -> None:
    """Apply an event, or journal its rejection if the lifecycle forbids it; ignore a late timer.

    `location` is the step's place in its scenario file, empty if the event is not from a step.
    """
    try:
        _apply(state, call_id, compute_transitions(state, call_id, event))
    except IllegalTransition as error:
        if location or not _is_timer(state, call_id, event):
            _record_rejected_event(state, call_id, event, location, str(error))
        schedule_next_step(state, call_id)


def _is_timer(state: SandboxState, call_id: str, event: Event) -> bool:
    bound = state.configuration.providers[state.calls.by_id[call_id].spec.provider]
    vendor_event = bound.provider.vendor_events.get(event.type)
    return vendor_event is not None and vendor_event.is_timer


def _record_rejected_event(
    state: SandboxState, call_id: str, event: Event, location: str, reason: str
) -> None:
    rejected = RejectedEvent(event.type, event.leg, location, reason)
    state.journal.append(JournalEntry(event.at, "event-rejected", call_id, rejected))
