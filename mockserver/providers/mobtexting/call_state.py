"""Map the state of a call and of its legs to Mobtexting's status words."""

from typing import Final

from mockserver.core.call import Call, Leg
from mockserver.core.status_row import StatusRow

STATUS_BY_CAUSE: Final = {  # the meanings are documented, the mapping is assumed
    "normal": "CANCEL",  # "caller hung up before pick-up"
    "busy": "BUSY",
    "no-answer": "NOANSWER",
    "rejected": "BUSY",
    "unreachable": "CHANUNAVAIL",
    "invalid-number": "CONGESTION",
    "network-failure": "CHANUNAVAIL",
}


def status(call: Call) -> str:
    """The status of a call.

    Before the first leg has answered: the word for its cause, or `queued`. After that: COMPLETED
    once the second leg has answered, MISSED if the first leg ended before, else RECEIVED, which is
    also the status of an answered flow.
    """
    first, *rest = call.legs
    if first.answered_at is None:
        return leg_status(first) or "queued"
    if not rest:
        return "RECEIVED"
    if rest[-1].answered_at is not None:
        return "COMPLETED"
    return "MISSED" if first.ended_at is not None else "RECEIVED"


def leg_status(leg: Leg) -> str:
    """ANSWER, the word for the cause, or an empty string while the leg is still open."""
    if leg.answered_at is not None:
        return "ANSWER"
    return STATUS_BY_CAUSE[leg.cause] if leg.cause else ""


STATUS_TABLE: Final = (
    StatusRow("queued", "RECEIVED", "a create; a redial"),
    StatusRow("RECEIVED", "queued", "the first leg answers"),
    StatusRow("COMPLETED", "RECEIVED", "the second leg answers"),
    StatusRow("MISSED", "RECEIVED", "the first leg ends before the second answers"),
    StatusRow("BUSY", "queued", "the first leg is busy or rejects the call"),
    StatusRow("NOANSWER", "queued", "the first leg does not answer"),
    StatusRow("CANCEL", "queued", "the first leg hangs up before it answers"),
    StatusRow("CHANUNAVAIL", "queued", "the first leg is unreachable, or its network fails"),
    StatusRow("CONGESTION", "queued", "the number of the first leg is invalid"),
)
