"""Map the state of a call to Phonon's record statuses."""

from mockserver.core.call import Call


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
