"""The vendor's words for the state of a call."""

from mockserver.core.call import Call


def status(call: Call) -> str:
    """Of the words for records; when each is reached is assumed."""
    if call.phase == "ended":
        answered = call.legs[0].answered_at is not None
        whole = all(leg.answered_at is not None for leg in call.legs)
        return "COMPLETED" if whole else "PARTIAL_COMPLETE" if answered else "FAILURE"
    if call.phase == "placed" and call.redial_index:
        return "REATTEMPT_SCHEDULED"
    booked = call.starts_at > call.spec.created_at
    return "SCHEDULED" if call.phase == "placed" and booked else "IN_PROGRESS"
