"""The lines of the journal: what did happen, in order, replayable."""

from typing import NamedTuple


class JournalEntry(NamedTuple):
    """`kind` is request, event, moot, skipped, dropped, attempt, account, control, clock or error.

    `at` is in ms, `what` is the thing itself (an exchange, an event, ...); it is rendered when
    somebody reads it.
    """

    at: int
    type: str
    call_id: str
    payload: object


class RejectedEvent(NamedTuple):
    """A step or an announced event that the lifecycle forbade when its time had come."""

    type: str
    leg: str
    location: str
    reason: str


class IgnoredLeg(NamedTuple):
    """What a story says of a leg that the call does not have."""

    scenario: str
    leg: str
