"""What is due in a sandbox, as JSON."""

from typing import Any, Final

from mockserver.core.call import Event
from mockserver.core.time import format_iso
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import DueItem, ScheduledEvent

CALL_KINDS: Final = ("script", "event")


def serialize_due_item(state: SandboxState, due: DueItem) -> dict[str, Any]:
    """Tell what is due, when, and of which call, webhook or account it is; None for what it lacks.

    `event` is that of a call; empty for a step that only waits.
    """
    event, delivery = _event_of(state, due), state.deliveries.by_id.get(due.subject)
    is_webhook = delivery is not None and due.kind not in (*CALL_KINDS, "account")
    call_id = due.subject if due.kind in CALL_KINDS else None
    return {
        "at": format_iso(due.at),
        "kind": due.kind,
        "call": delivery.webhook.call_id if delivery and is_webhook else call_id,
        "webhook": due.subject if is_webhook else None,
        "account": due.subject if due.kind == "account" else None,
        "event": event.type if event else None,
        "leg": (event.leg or None) if event else None,
    }


def _event_of(state: SandboxState, due: DueItem) -> Event | None:
    if isinstance(due.payload, ScheduledEvent):
        return due.payload.event
    step = state.calls.progress[due.subject].next_step if due.kind == "script" else None
    return step.event if step else None
