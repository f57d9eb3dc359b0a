"""Map the state of a call to Phonon's record statuses."""

from typing import Final

from mockserver.core.call import Call
from mockserver.core.status_row import StatusRow


def status(call: Call) -> str:
    """The status of a call, in documented words; when each applies is assumed."""
    if call.phase == "ended":
        answered = call.legs[0].answered_at is not None
        all_answered = all(leg.answered_at is not None for leg in call.legs)
        return "COMPLETED" if all_answered else "PARTIAL_COMPLETE" if answered else "FAILURE"
    if call.phase == "placed" and call.redial_index:
        return "REATTEMPT_SCHEDULED"
    is_later = call.starts_at > call.spec.created_at
    return "SCHEDULED" if call.phase == "placed" and is_later else "IN_PROGRESS"


STATUS_TABLE: Final = (
    StatusRow("SCHEDULED", "", "a create for later"),
    StatusRow(
        "IN_PROGRESS",
        "SCHEDULED, REATTEMPT_SCHEDULED",
        "a create; the scheduled time; the next attempt",
    ),
    StatusRow("REATTEMPT_SCHEDULED", "IN_PROGRESS", "the end of an attempt that is repeated"),
    StatusRow("COMPLETED", "IN_PROGRESS", "an end after all legs have answered"),
    StatusRow("PARTIAL_COMPLETE", "IN_PROGRESS", "an end after only the first leg has answered"),
    StatusRow("FAILURE", "IN_PROGRESS", "an end before the first leg has answered"),
)
