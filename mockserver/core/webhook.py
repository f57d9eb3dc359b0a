"""Webhooks, their deliveries, and the protocol of the dispatcher that sends them."""

import json
from collections.abc import Awaitable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from mockserver.core.behavior import IMMEDIATELY, DurationRange
from mockserver.core.time import SECOND
from mockserver.core.value import Value

ORIGIN_PLACEHOLDER = "{origin}"
"""Stands for the origin of this server in a URL until the webhook is sent."""

DEPTH_HEADER = "x-mock-webhook-depth"
"""The header of a webhook to this server itself: how many webhooks to it led to this request."""

GARBAGE_BODY = b'{"\xff\xfe":<html>'
"""Neither UTF-8 nor JSON."""


NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Webhook(Value):
    """What to send. `body` becomes JSON; None stands for a request without a body.

    `url` is empty if the URL is configured in the vendor's portal: the webhook then goes to the
    URL of `--webhook`, else to the provider's inbox. `corrupt` is truncate, garbage or empty.
    """

    call_id: str
    kind: str
    url: str = ""
    body: Mapping[str, object] | None = None
    method: str = "POST"
    headers: Mapping[str, str] = NO_HEADERS
    corrupt: str = ""


def render_body(webhook: Webhook) -> bytes:
    """Render the body as compact JSON in UTF-8, corrupted if a scenario says so."""
    if webhook.body is None:
        return b""
    text = json.dumps(webhook.body, ensure_ascii=False, separators=(",", ":"), default=dict)
    body = text.encode()
    if webhook.corrupt == "truncate":
        return body[: len(body) // 2]
    return GARBAGE_BODY if webhook.corrupt == "garbage" else body


ERROR_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dns": "the host name of the URL does not resolve",
        "connect": "no connection to the receiver: nothing listens there, or the network fails",
        "tls": "the TLS handshake with the receiver failed",
        "timeout": "the receiver did not respond in time",
        "reset": "the receiver closed the connection before its response was complete",
        "protocol": "the response of the receiver is not valid HTTP",
        "too-large": "the response of the receiver is too large",
        "refused-target": "webhooks may not be sent to this address",
        "internal": "the mock server is at fault: the entry `error` of its journal says why",
    }
)
"""Error of a delivery attempt -> what it means, in one sentence."""

SIMULATED_REASON: Final = "a scenario simulates this attempt: the receiver was not asked"
SIMULATED_TIMEOUT: Final = 10 * SECOND
"""How long a simulated `timeout` takes, in virtual ms: as long as a real one takes in real ms."""


class SimulatedAttempt(Value):
    """What an attempt meets by order of a scenario, without the receiver.

    It ends with either `status` or `error` after `duration`, in virtual ms.
    """

    status: int | None = None
    error: str | None = None
    duration: DurationRange = IMMEDIATELY


PlannedAttempts = tuple[SimulatedAttempt | None, ...]
"""What the first attempts of a delivery meet, in order; None stands for the receiver."""


class DeliveryResult(Value):
    """The result of one attempt: either an HTTP status or the class of an error."""

    status: int | None
    error: str | None = None
    body: bytes = b""
    duration_ms: int = 0
    """Real time, virtual if `simulated`; not in the journal, which has to be reproducible."""
    reason: str = ""
    """Why there is an error, if more is known than `ERROR_REASONS` says."""
    simulated: bool = False
    """True if a scenario has decided the result, and the receiver was not asked."""


def error_reason(result: DeliveryResult) -> str | None:
    """Return why the attempt failed, or that it is simulated, in one sentence; None otherwise."""
    if result.simulated:
        return SIMULATED_REASON
    return None if result.error is None else result.reason or ERROR_REASONS[result.error]


class DeliveryAttempt(Value):
    number: int
    at: int
    result: DeliveryResult


class Delivery(Value):
    """A webhook being delivered; `next_attempt_at` (ms) is None if no attempt is scheduled."""

    id: str
    provider: str
    account: str
    webhook: Webhook
    epoch: int
    state: str
    next_attempt_at: int | None
    attempts: tuple[DeliveryAttempt, ...] = ()
    depth: int = 0
    """How many webhooks to this server have led to it."""
    copy_of: str = ""
    """The id of the delivery that a scenario duplicates by this one."""
    planned: PlannedAttempts = ()
    """What its attempts meet; empty again when it is finished, so that a redelivery is real."""
    webhook_ca: str = ""
    """Certificates in PEM format to trust, beside those of the server, from its account."""


def planned_attempt(delivery: Delivery) -> SimulatedAttempt | None:
    """Return what the next attempt of the delivery meets; None if it is a real one."""
    index = len(delivery.attempts)
    return delivery.planned[index] if index < len(delivery.planned) else None


def count_begun_attempts(delivery: Delivery) -> int:
    """Count the attempts that have a result, and the one that is on its way."""
    is_on_its_way = delivery.state == "pending" and delivery.next_attempt_at is None
    return len(delivery.attempts) + is_on_its_way


class Dispatcher(Protocol):
    def deliver(self, delivery: Delivery) -> Awaitable[DeliveryResult]: ...
