"""Where an advance until idle ends: before a call ends only because it waits for a person."""

from typing import Final

from mockserver.core.script import EXTERNAL_CONDITIONS
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import DueItem, ScheduledEvent

PERSON: Final = "person"
OUTSIDE_WAITS: Final = frozenset({PERSON, "hangup", *EXTERNAL_CONDITIONS})
"""What a call can wait for that comes from outside: from a person, the control API or a client."""

CHECKED_KINDS: Final = ("event", "account")


def next_until_idle(state: SandboxState) -> DueItem | None:
    """Return the next item that an advance until idle runs; None if it ends here.

    It runs a change of an account's timeline, and a timeout that comes too late, only on the way to
    another item.
    """
    due = state.peek()
    if due is None or due.kind not in CHECKED_KINDS:
        return due
    if _is_spared(state, due):
        return None
    return due if not _is_passed(state, due) or _has_more(state) else None


def idle_stop_reason(state: SandboxState) -> str | None:
    """Return `person` if an advance until idle has left the end of a wait for a person."""
    return PERSON if any(_is_spared(state, item) for item in state.pending_items()) else None


def _has_more(state: SandboxState) -> bool:
    return any(
        not _is_passed(state, item) and not _is_spared(state, item)
        for item in state.pending_items()
    )


def _is_passed(state: SandboxState, due: DueItem) -> bool:
    """Whether no call waits for the item: a change of an account, or a timeout that is too late."""
    if not isinstance(due.payload, ScheduledEvent):
        return due.kind == "account"
    call = state.calls.by_id[due.subject]
    provider = state.configuration.providers[call.spec.provider].provider
    event = provider.vendor_events.get(due.payload.event.type)
    return event is not None and event.is_timeout and provider.status(call) not in event.allowed_in


def _is_spared(state: SandboxState, due: DueItem) -> bool:
    """Whether the item ends a wait of its call, which waits for a person.

    A call with a further step in its script goes on by itself, unless a leg rings until a person
    answers.
    """
    if not isinstance(due.payload, ScheduledEvent) or _is_passed(state, due):
        return False
    progress = state.calls.progress[due.subject]
    reasons = {wait.reason for wait in progress.wait_reasons}
    is_waiting = PERSON in reasons or (progress.next_step is None and reasons & OUTSIDE_WAITS)
    return bool(is_waiting) and _ends_wait(state, due.subject, due.payload.event.type)


def _ends_wait(state: SandboxState, call_id: str, event_type: str) -> bool:
    """Whether the event is the hangup at a limit, or comes because nobody has acted in time."""
    provider = state.configuration.providers[state.calls.by_id[call_id].spec.provider].provider
    vendor_event = provider.vendor_events.get(event_type)
    return vendor_event.is_timeout if vendor_event else event_type == "hangup"
