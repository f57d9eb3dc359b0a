"""The lines of the journal: what did happen, in order, replayable."""

from typing import NamedTuple


class Fact(NamedTuple):
    """`kind` is request, event, moot, skipped, dropped, attempt, account, control, clock or error.

    `at` is in ms, `what` is the thing itself (an exchange, an event, ...); it is rendered when
    somebody reads it.
    """

    at: int
    kind: str
    call: str
    what: object


class Moot(NamedTuple):
    """A step or an announced event that the lifecycle forbade when its time had come."""

    verb: str
    leg: str
    place: str
    why: str


class Skipped(NamedTuple):
    """What a story says of a leg that the call does not have."""

    story: str
    leg: str
