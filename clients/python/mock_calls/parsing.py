"""Make values of the JSON of the control API."""

from datetime import datetime

from mock_calls.models import (
    AdvanceResult,
    Attempt,
    Call,
    Explanation,
    Json,
    Leg,
    ReceivedRequest,
    ReceiverReport,
    Request,
    Webhook,
)

LEG_FIELDS = frozenset({"name", "role", "number", "state", "cause"})
WEBHOOK_FIELDS = frozenset(
    {"id", "provider", "call", "kind", "method", "url", "headers", "body", "state"}
    | {"copy_of", "altered"}
)
REQUEST_FIELDS = frozenset(
    {"id", "provider", "operation", "method", "path", "query", "headers", "body"}
    | {"status", "response", "fault", "problem"}
)
RECEIVER_FIELDS = frozenset({"url", "states", "attempts", "unasked", "errors", "failures"})
"""Fields that are copied from the JSON as they are; those that a newer server adds are ignored."""


def parse_call(raw: Json) -> Call:
    return Call(
        id=raw["id"],
        vendor_id=raw["vendor_id"],
        provider=raw["provider"],
        operation=raw["operation"],
        state=raw["state"],
        outcome=raw["outcome"],
        vendor_status=raw["vendor_status"],
        created_at=datetime.fromisoformat(raw["created_at"]),
        ended_at=_parse_time(raw["ended_at"]),
        legs=tuple(_parse_leg(leg) for leg in raw["legs"]),
        leg_names=raw["leg_names"],
        attempts=len(raw["attempts"]),
        waiting=tuple(reason["for"] for reason in raw["waiting"]),
        events=tuple(f"{event['event']} {event['leg'] or ''}".strip() for event in raw["events"]),
        raw=raw,
    )


def parse_webhook(raw: Json) -> Webhook:
    plain = {name: value for name, value in raw.items() if name in WEBHOOK_FIELDS}
    return Webhook(
        **plain,
        next_attempt_at=_parse_time(raw["next_attempt_at"]),
        attempts=tuple(map(_parse_attempt, raw["attempts"])),
        raw=raw,
    )


def parse_request(raw: Json) -> Request:
    plain = {name: value for name, value in raw.items() if name in REQUEST_FIELDS}
    return Request(
        **plain,
        at=datetime.fromisoformat(raw["at"]),
        scenarios=tuple(raw["scenarios"]),
        calls=tuple(raw["calls"]),
        raw=raw,
    )


def parse_received_request(raw: Json) -> ReceivedRequest:
    return ReceivedRequest(
        at=datetime.fromisoformat(raw["at"]),
        method=raw["method"],
        query=raw["query"],
        headers=raw["headers"],
        body=raw["body"],
        status=raw["status"],
        raw=raw,
    )


def parse_receiver_report(raw: Json) -> ReceiverReport:
    plain = {name: value for name, value in raw.items() if name in RECEIVER_FIELDS}
    latency = raw["latency_ms"] or {"p50": None, "p99": None}
    return ReceiverReport(
        **plain,
        kinds=tuple(raw["kinds"]),
        statuses={int(status): count for status, count in raw["statuses"].items()},
        failed_webhooks={
            reason: tuple(webhooks) for reason, webhooks in raw["failed_webhooks"].items()
        },
        p50=latency["p50"],
        p99=latency["p99"],
        differing_copies=tuple(raw["differing_copies"]),
        follow_ups=tuple(raw["follow_ups"]),
        raw=raw,
    )


def parse_advance_result(raw: Json) -> AdvanceResult:
    return AdvanceResult(
        now=datetime.fromisoformat(raw["now"]),
        events=raw["events"],
        attempts=raw["attempts"],
        pending=raw["pending"],
        waiting=tuple(raw["waiting"]),
        stop_reason=raw["stop_reason"],
        errors=raw["errors"],
    )


def parse_explanation(raw: Json) -> Explanation:
    hints, nearest = raw.get("hints", ()), raw["nearest"]
    return Explanation(raw["reason"], tuple(raw["rules"]), tuple(hints), tuple(nearest), raw)


def _parse_leg(raw: Json) -> Leg:
    plain = {name: value for name, value in raw.items() if name in LEG_FIELDS}
    answered, ended = _parse_time(raw["answered_at"]), _parse_time(raw["ended_at"])
    return Leg(**plain, answered_at=answered, ended_at=ended)


def _parse_attempt(raw: Json) -> Attempt:
    at = datetime.fromisoformat(raw["at"])
    return Attempt(
        raw["number"], at, raw["status"], raw["error"], raw["reason"], raw.get("response")
    )


def _parse_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
