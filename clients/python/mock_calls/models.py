"""Values that clients return; `raw` holds the JSON of those that are parsed from it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a call: `a` is dialed first; `role` is the vendor's word for it."""

    name: str
    role: str
    number: str
    state: str
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call in its present state; `legs` are those of the last attempt.

    `leg_names` maps every name of a leg to `Leg.name`, also of legs that are not dialed yet.
    `events` are the type and leg of each event, such as `answer a`.
    """

    id: str
    vendor_id: str
    provider: str
    operation: str
    state: str
    outcome: str | None
    vendor_status: str
    created_at: datetime
    ended_at: datetime | None
    legs: tuple[Leg, ...]
    leg_names: Mapping[str, str]
    attempts: int
    waiting: tuple[str, ...]
    events: tuple[str, ...]
    raw: Json = field(repr=False)

    def leg(self, name: str) -> Leg:
        """Return a leg by any of its names: `a`, `b`, `callee`, or the vendor's word for it.

        Raises:
            LookupError: the call has no such leg; the message lists the names that it has.
        """
        legs = {leg.name: leg for leg in self.legs}
        known = {other: legs[leg] for other, leg in self.leg_names.items() if leg in legs}
        if name not in known:
            raise LookupError(f"call {self.id} has no leg {name}, only {', '.join(known)}")
        return known[name]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a webhook: `status` of the response, or the class of the `error`.

    `reason` says in one sentence what the error means, or that a scenario simulates the attempt.
    """

    number: int
    at: datetime
    status: int | None
    error: str | None
    reason: str | None
    response: Any


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook with all attempts to deliver it.

    `copy_of` is the id of the webhook that a scenario duplicates by this one. `altered` says how a
    scenario corrupts the body: `truncate` or `garbage`.
    """

    id: str
    provider: str
    call: str
    kind: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    state: str
    next_attempt_at: datetime | None
    copy_of: str | None
    altered: str | None
    attempts: tuple[Attempt, ...]
    raw: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """A vendor request and the response to it.

    `problem` is the kind of the problem with which the mock server itself refused the request.
    """

    id: str
    at: datetime
    provider: str
    operation: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any
    status: int | None
    response: Any
    fault: str | None
    scenarios: tuple[str, ...]
    calls: tuple[str, ...]
    raw: Json = field(repr=False)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """What a built-in receiver has received, and the status with which it responded."""

    at: datetime
    method: str
    query: str
    headers: Mapping[str, str]
    body: Any
    status: int
    raw: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """What one receiver of webhooks did; `url` is that of its webhooks without the query.

    `attempts` went to it, and `failures` are those of them that the vendor takes as failed:
    `failed_webhooks` maps their status or error to the ids of the webhooks. `p50` and `p99` are
    real milliseconds until a response, None if there was none. `differing_copies` are webhooks
    whose copies got different answers, `follow_ups` the requests to the vendor's API that followed
    its webhooks.
    """

    url: str
    kinds: tuple[str, ...]
    states: Mapping[str, int]
    attempts: int
    unasked: int
    statuses: Mapping[int, int]
    errors: Mapping[str, int]
    failures: int
    failed_webhooks: Mapping[str, tuple[str, ...]]
    p50: int | None
    p99: int | None
    differing_copies: tuple[Json, ...]
    follow_ups: tuple[Json, ...]
    raw: Json = field(repr=False)

    @property
    def timeouts(self) -> int:
        """How many attempts it let time out."""
        return self.errors.get("timeout", 0)


@dataclass(frozen=True, slots=True)
class AdvanceResult:
    """The result of an advance of the clock; calls in `waiting` go on only by outside events."""

    now: datetime
    events: int
    attempts: int
    pending: int
    waiting: tuple[str, ...]
    stop_reason: str | None
    errors: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a request was matched and answered; `str` formats it as text."""

    reason: str
    rules: tuple[Json, ...]
    hints: tuple[str, ...]
    nearest: tuple[str, ...]
    raw: Json = field(repr=False)

    def __str__(self) -> str:
        lines = [self.reason]
        for rule in self.rules:
            where = f"field {rule['field']}, received {rule['received']!r}" if rule["field"] else ""
            condition = f", condition {rule['condition']}"
            evidence = rule["evidence"] + condition * (rule["condition"] != rule["evidence"])
            lines.append(f"  rule {rule['fault']} ({evidence}) {where}".rstrip())
            if rule["note"]:
                lines.append(f"  note: {rule['note']}")
            if rule["would_pass"]:
                lines.append(f"  would pass: {rule['would_pass']}")
        lines += [f"  nearest: {name}" for name in self.nearest]
        lines += [f"  hint: {hint}" for hint in self.hints]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Https:
    """What leads programs and libraries to the server if they call the vendors' own hosts.

    `environment` is for programs, with all variables of this process. `proxy` and `context` are
    for libraries: `httpx.get(url, proxy=https.proxy, verify=https.context)`.
    """

    proxy: str
    environment: Mapping[str, str] = field(repr=False)
    context: ssl.SSLContext = field(repr=False)
