"""Whom a leg rings: the journal tells it with each ring, so that it can be drawn on its own."""

from typing import Any

from mockserver.core.call import Event, current_attempt
from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.redaction import redact_item
from mockserver.web.views.serializers import serialize_entry


def serialize_with_ring(entry: JournalEntry, state: SandboxState) -> dict[str, Any]:
    """Serialize an entry; that of a ring has role and number, as long as the call is kept."""
    serialized = serialize_entry(entry, state.configuration)
    details = _ring_details(entry, state) if _rings(entry) else {}
    return {**serialized, **redact_item(details, state.configuration.seed)}


def _rings(entry: JournalEntry) -> bool:
    """Whether a leg rings, and the entry does not say so by itself whom."""
    event = entry.payload
    return isinstance(event, Event) and event.type == "ring" and "number" not in event.data


def _ring_details(entry: JournalEntry, state: SandboxState) -> dict[str, str]:
    """Return role and number of the leg in the attempt of that time; nothing if it is gone."""
    call, event = state.calls.by_id.get(entry.call_id), entry.payload
    if call is None or not isinstance(event, Event):
        return {}
    begun = [
        attempt
        for attempt in (*call.attempts, current_attempt(call))
        if attempt.started_at <= event.at
    ]
    legs = (leg for attempt in reversed(begun) for leg in attempt.legs if leg.name == event.leg)
    leg = next(legs, None)
    return {"role": leg.role, "number": leg.number} if leg else {}
