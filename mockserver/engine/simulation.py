"""The simulation: a few verbs, synchronous, told the time, each a step that nothing interrupts."""

from mockserver.core.account import Account, merge_patch, with_charge, with_record
from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.call_flows import EVENTS_WITHOUT_FOLLOW_UP, follow_up
from mockserver.core.journal import JournalEntry, RejectedEvent
from mockserver.core.lifecycle import transition
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, Provider
from mockserver.core.read_model import ReadModel
from mockserver.core.script import advance
from mockserver.core.webhook import Delivery
from mockserver.engine.effects import add_leg, apply, call_account, schedule_next_step
from mockserver.engine.retention import retire_call
from mockserver.engine.sandbox_state import AccountPatch, DueItem, SandboxState, ScheduledEvent
from mockserver.engine.webhooks import release_held


def apply_event(state: SandboxState, call_id: str, event: Event) -> Call:
    """Let something happen to a call, and all that follows from it at the same instant.

    Raises:
        Impossible: the lifecycle forbids it, and nothing has changed.
    """
    _apply_cascade(state, call_id, event)
    assign_resources(state, event.at)
    return state.calls[call_id]


def update_account(state: SandboxState, account: Account, now: int) -> None:
    """An account is another from now on, and who waits for something may get it."""
    state.accounts[account.key] = state.configuration.populate(state.configuration.seed, account)
    assign_resources(state, now)


def assign_resources(state: SandboxState, now: int) -> None:
    """Give what there is to those who wait for it, to the one who has waited longest first."""
    waiting = tuple(state.resource_queue)
    while waiting:
        name, *rest = waiting
        event = _resource_event(state, name, now) if name in state.resource_queue else None
        if event:
            _apply_cascade(state, name, event)
        waiting = tuple(rest)


def _resource_event(state: SandboxState, call_id: str, now: int) -> Event | None:
    call = state.calls[call_id]
    resource = state.configuration.providers[call.spec.provider].provider.resources[
        state.resource_queue[call_id]
    ]
    return resource.assign(call, call_account(state, call), now)


def _apply_cascade(state: SandboxState, call_id: str, event: Event) -> None:
    before = state.calls[call_id]
    for call, happened, effects in cascade(state, call_account(state, before), before, event):
        state.calls[call_id] = call
        state.record(JournalEntry(event.at, "event", call_id, happened))
        if happened.type == "ring" and "number" in happened.data:
            add_leg(state, call_id, happened)
        if effects is not NO_EFFECTS:
            apply(state, effects, event.at)
        if happened.type == "ended":
            release_held(state, call_id, event.at)
    schedule_next_step(state, call_id)
    if state.calls[call_id].phase == "ended":
        retire_call(state, call_id)


def step(state: SandboxState) -> Delivery | None:
    """Do one due thing; hand the webhook out if that is what it was."""
    due = state.take()
    if due is None:
        return None
    if due.kind == "delivery":
        return _take_delivery(state, due)
    match due.payload:
        case ScheduledEvent() as told:
            _run_scheduled_event(state, due.subject, told)
        case AccountPatch() as change:
            _apply_account_patch(state, change, due.at)
        case _:
            _run_script_step(state, due.subject)
    return None


def _run_script_step(state: SandboxState, call_id: str) -> None:
    """The call's next step; one that the lifecycle forbids by now is moot, the rest goes on."""
    _, coming = state.next_steps.pop(call_id)
    state.calls[call_id] = advance(state.scripts[call_id], state.calls[call_id], coming)
    if not coming.event.type:
        schedule_next_step(state, call_id)
        return
    apply_or_reject(state, call_id, coming.event, coming.location)


def _run_scheduled_event(
    state: SandboxState, call_id: str, scheduled_event: ScheduledEvent
) -> None:
    """An announced event; in a later attempt than the one that it belongs to it is moot."""
    if scheduled_event.attempt == len(state.calls[call_id].attempts):
        apply_or_reject(state, call_id, scheduled_event.event, "")
    else:
        _record_rejected_event(
            state, call_id, scheduled_event.event, ("", "it belongs to an attempt that is over")
        )


def _apply_account_patch(state: SandboxState, account_patch: AccountPatch, now: int) -> None:
    """An account's timeline; what does not read is a fact, and the account stays as it was."""
    account = state.accounts[account_patch.account_key]
    document = merge_patch(account.document, account_patch.patch)
    changed, flaws = state.configuration.parse_account(account.name, account.provider, document)
    if changed:
        state.accounts[account_patch.account_key] = changed
    told = {"account": account.name, "provider": account.provider, "set": account_patch.patch}
    state.record(
        JournalEntry(now, "account", "", told if changed else {**told, "flaws": list(flaws)})
    )
    assign_resources(state, now)


def apply_or_reject(state: SandboxState, call_id: str, event: Event, location: str) -> None:
    try:
        apply_event(state, call_id, event)
    except IllegalTransition as impossible:
        _record_rejected_event(state, call_id, event, (location, str(impossible)))
        schedule_next_step(state, call_id)


def _record_rejected_event(
    state: SandboxState, call_id: str, event: Event, location_and_reason: tuple[str, str]
) -> None:
    state.record(
        JournalEntry(
            event.at, "moot", call_id, RejectedEvent(event.type, event.leg, *location_and_reason)
        )
    )


def _take_delivery(state: SandboxState, due: DueItem) -> Delivery:
    delivery = state.deliveries[due.subject]
    state.deliveries[due.subject] = delivery._replace(next_attempt_at=None)
    return delivery


Transition = tuple[Call, Event, Effects]
"""The call after an event, the event, what the provider says to it."""


def cascade(state: SandboxState, account: Account, call: Call, event: Event) -> list[Transition]:
    """The event and what follows from it, one after another; computed before anything is kept."""
    provider = state.configuration.providers[call.spec.provider].provider
    found: list[Transition] = []
    following: Event | None = event
    while following is not None:
        call = _call_after(provider, call, following, account, state.read_model)
        moment = EventContext(call, following, account, state.read_model)
        effects = provider.on_event(moment)
        found.append((call, following, effects))
        if effects is not NO_EFFECTS:
            if any(placed.spec.id == call.spec.id for placed in effects.calls):
                break
            account = _account_after(account, effects)
        following = _next_event(provider, moment)
    return found


def _call_after(
    provider: Provider, call: Call, event: Event, account: Account, read_model: ReadModel
) -> Call:
    """The call after an event of the lifecycle, or after one of its vendor's own acts."""
    act = provider.vendor_events.get(event.type)
    if act is None:
        return transition(call, event)
    status = provider.status(call)
    if status not in act.allowed_in:
        only = " or ".join(sorted(act.allowed_in))
        raise IllegalTransition(f"{event.type} is not possible while {status}, only while {only}")
    if why := act.guard(EventContext(call, event, account, read_model)):
        raise IllegalTransition(why)
    noted = act.apply(call, event)
    return noted._replace(events=(*call.events, event))


def _next_event(provider: Provider, context: EventContext) -> Event | None:
    """Whom an act dials, at once; else what the legs bring about."""
    call, event = context.call, context.event
    if event.type in EVENTS_WITHOUT_FOLLOW_UP:
        return None
    act = provider.vendor_events.get(event.type)
    if act and act.ring:
        return act.ring(context)._replace(behavior=event.behavior)
    return follow_up(call, event.at)


def _account_after(account: Account, effects: Effects) -> Account:
    """The account as it will be when these effects have been carried."""
    for charge in effects.charges:
        account = with_charge(account, charge) if charge.account == account.key else account
    for keep in effects.records:
        account = with_record(account, keep) if keep.account == account.key else account
    return account
