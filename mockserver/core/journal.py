"""The entries of the journal, a record of what happened that can be replayed."""

from mockserver.core.value import Value


class JournalEntry(Value):
    """Something that happened in a sandbox, at `at` (ms).

    `type` is request, ignored, event, event-rejected, leg-ignored, scenario-ignored,
    webhook-dropped, delivery-attempt, charge, account, command, clock or error. `call_id` is empty
    if the entry belongs to no call. `payload` is the value itself (an exchange, an event, ...); it
    is rendered only when the journal is read.
    """

    at: int
    type: str
    call_id: str
    payload: object


class RejectedEvent(Value):
    """A step or scheduled event that was illegal when it became due; `reason` says why.

    `location` is the place of the step in a scenario file, empty for a scheduled event.
    """

    type: str
    leg: str
    location: str
    reason: str


class IgnoredLeg(Value):
    """A leg that a scenario describes, but that the call does not have."""

    scenario: str
    leg: str


class Ignored(Value):
    """What a scenario orders for a request, but what could not apply to it; `reason` says why."""

    scenario: str
    request_id: str
    reason: str


class IgnoredKey(Value):
    """A key of a scenario that could not do to a webhook what it says; `reason` says why.

    `webhook` is the id of the delivery, and `kind` that of the webhook.
    """

    scenario: str
    key: str
    webhook: str
    kind: str
    reason: str
