"""The entries of the journal, a record of what happened that can be replayed."""

from mockserver.core.value import Value


class JournalEntry(Value):
    """Something that happened in a sandbox, at `at` (ms).

    `type` is request, ignored, event, event-rejected, webhook-dropped, delivery-attempt,
    received, activation-used-up, charge, account, command, clock or error. `call_id` is empty if
    the entry belongs to no call. `payload` is the value itself (an exchange, an event, ...); it is
    rendered only when the journal is read.
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


class Ignored(Value):
    """Words of a scenario that could not apply to a request, a call or a webhook.

    `scenario` is the one in whose words it stands, `what` is the place there, such as `legs.agent`,
    `refuse: suspended` or `webhooks.cdr.attempts`; `reason` says why. `request_id`, `call_id` and
    `webhook_id` (of a delivery) are empty where there is none. With `strict`, a strict test fails:
    somebody chose the scenario, and the words could never have applied. It is False for the default
    scenario, and for what was overtaken.
    """

    scenario: str
    what: str
    reason: str
    request_id: str = ""
    call_id: str = ""
    webhook_id: str = ""
    strict: bool = True
