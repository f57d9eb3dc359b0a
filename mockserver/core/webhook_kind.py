"""The kinds of webhooks that a provider sends: what their attempts carry, and how we know."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mockserver.core.account import Account, Retry
from mockserver.core.call import Call
from mockserver.core.read_model import EMPTY_READ_MODEL, ReadModel
from mockserver.core.rulebook import Evidence
from mockserver.core.time import SECOND
from mockserver.core.value import TrackedValue
from mockserver.core.webhook import Delivery


class AttemptContext(TrackedValue):
    """What a provider may read when an attempt begins: the call and its account as they are then.

    `delivery` has the attempts before this one.
    """

    call: Call
    account: Account
    delivery: Delivery
    read_model: ReadModel = EMPTY_READ_MODEL


RenderBody = Callable[[AttemptContext], Mapping[str, object]]


class WebhookKind(NamedTuple):
    """A kind of webhook.

    - `body` is how we know the form of what it carries;
    - `satisfied_by` is how we know the statuses of `Provider.retry` that count as received, and
      `waits` how we know how often it is tried;
    - `render` builds the body of each later attempt from the call as it is when that attempt
      begins; None if all attempts carry what the first one carried. `repeats` is how we know that;
    - `note` says more, in one sentence;
    - `has_body`: whether its requests have a body.
    """

    body: Evidence
    satisfied_by: Evidence
    waits: Evidence
    repeats: Evidence
    note: str = ""
    render: RenderBody | None = None
    has_body: bool = True


def serialize_kind(name: str, kind: WebhookKind) -> dict[str, str | None]:
    """Serialize what later attempts carry, and the evidence of each part."""
    return {
        "kind": name,
        "body": str(kind.body),
        "satisfied_by": str(kind.satisfied_by),
        "waits": str(kind.waits),
        "later_attempts": "current" if kind.render else "unchanged",
        "later_attempts_evidence": str(kind.repeats),
        "note": kind.note or None,
    }


def serialize_retry(retry: Retry) -> dict[str, object]:
    """Serialize a retry policy as an account may have it."""
    waits = [f"{wait // SECOND}s" for wait in retry.waits]
    return {"waits": waits, "satisfied_by": sorted(retry.satisfied_by)}
