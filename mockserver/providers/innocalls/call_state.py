"""Map the state of a call and of its recipients to Innocalls' status words."""

from typing import Final

from mockserver.core.call import Call, Leg
from mockserver.core.status_row import StatusRow


def recipient_status(leg: Leg) -> str:
    """`answered` and `not_answered` are documented; `pending` and `ringing` are assumed."""
    if leg.answered_at is not None:
        return "answered"
    if leg.ended_at is not None:
        return "not_answered"
    return "ringing" if leg.ringing_at is not None else "pending"


def status(call: Call) -> str:
    """The status of a call; `words.py` says how we know of each."""
    if call.phase == "ended":
        return "completed" if call.outcome == "completed" else "failed"
    if call.phase == "bridged":
        return "in_progress"
    return "pending" if call.phase == "placed" and not call.attempts else "processing"


STATUS_TABLE: Final = (
    StatusRow("pending", "", "a create", "scheduledDateTime"),
    StatusRow("processing", "pending", "the start of an attempt", "actualDateTime"),
    StatusRow("in_progress", "processing", "both sides are connected"),
    StatusRow("completed", "processing, in_progress", "an end after each leg has answered"),
    StatusRow("failed", "processing", "any other end"),
)
