"""What answers and webhooks should say of amounts, durations and times, by the journal alone.

Each function takes journal entries of one epoch, oldest first, and reads no state.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry

Json = Mapping[str, Any]
Entries = Sequence[JournalEntry]

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))
CAIRO: Final = ZoneInfo("Africa/Cairo")
EFFEBOT_CHANGES: Final = {
    "placed", "begin", "ring", "answer", "branch", "unmatched", "hangup", "paid", "ended",
}  # fmt: skip


def call_events(entries: Entries, call_id: str) -> list[Event]:
    return [
        entry.payload
        for entry in entries
        if entry.call_id == call_id and isinstance(entry.payload, Event) and entry.type == "event"
    ]


def charges(entries: Entries, **values: str) -> Iterator[Mapping[str, str]]:
    """Yield the charges whose payload, with the key `call`, has these values."""
    for entry in entries:
        if entry.type == "charge" and isinstance(entry.payload, Mapping):
            payload = {**entry.payload, "call": entry.call_id}
            if values.items() <= payload.items():
                yield payload


def total(payloads: Iterable[Mapping[str, str]]) -> Decimal:
    return sum((Decimal(each["amount"]) for each in payloads), Decimal(0))


def find(events: Iterable[Event], event_type: str, leg: str = "") -> Event | None:
    """Return the first event of a type, of a leg if that is given."""
    matching = (each for each in events if each.type == event_type and leg in ("", each.leg))
    return next(matching, None)


def at(events: Iterable[Event], event_type: str, leg: str = "") -> int | None:
    event = find(events, event_type, leg)
    return None if event is None else event.at


def seconds(value: int | None) -> int | None:
    return None if value is None else value // 1_000


def effebot_item(entries: Entries, call_id: str) -> Json:
    """The times and the cost of the only item in `calls` of an Effebot call, and its status."""
    events = call_events(entries, call_id)
    cost = total(each for each in charges(entries, call=call_id) if each["reason"] != "synthesis")
    answered, ended = at(events, "answer", "a"), at(events, "ended")
    return {
        "createdAt": seconds(events[0].at),
        "startedAt": seconds(at(events, "ring", "a")),
        "answeredAt": seconds(answered),
        "managerStartedAt": seconds(at(events, "ring", "b")),
        "managerAnsweredAt": seconds(at(events, "answer", "b")),
        "finishedAt": seconds(ended),
        "updatedAt": seconds([each.at for each in events if each.type in EFFEBOT_CHANGES][-1]),
        "cost": str(cost + Decimal("0.00")),
        "status": _effebot_status(events),
    }


def _effebot_status(events: Sequence[Event]) -> str:
    if find(events, "ended"):
        return "finished" if find(events, "answer", "a") else "canceled"
    reached = (
        ("answered", find(events, "answer", "a")),
        ("started", find(events, "ring", "a")),
        ("processed", find(events, "begin")),
    )
    return next((status for status, event in reached if event), "created")


def dial_attempts(entries: Entries, call_id: str) -> list[list[Event]]:
    """Return the events of each dial attempt; there are none before the first one has begun."""
    attempts: list[list[Event]] = []
    for event in call_events(entries, call_id):
        if event.type == "begin":
            attempts.append([])
        if attempts:
            attempts[-1].append(event)
    return attempts


def mobtexting_report(entries: Entries, call_id: str) -> Json:
    """The times and durations of a report, in the page's format."""
    [*_, last] = dial_attempts(entries, call_id)
    ended = seconds(at(last, "ended"))
    end = _kolkata(ended)
    return {
        "start_at": _kolkata(seconds(last[0].at)),
        "end_at": end,
        "date": end,
        "unixtime": str(ended),
        "duration": str(_between(last[0].at, at(last, "hangup", "a"))),
        "billing": str(_between(at(last, "answer", "b"), at(last, "hangup", "b"))),
    }


def _kolkata(value: int | None) -> str:
    return "" if value is None else datetime.fromtimestamp(value, KOLKATA).isoformat(" ")[:19]


def _between(since: int | None, until: int | None) -> int:
    return 0 if since is None or until is None else until // 1_000 - since // 1_000


def phonon_attempts(entries: Entries, call_id: str) -> list[Json]:
    """The times and the duration (ms) of each attempt in a report; None stands for no time."""
    return [_phonon_attempt(events) for events in dial_attempts(entries, call_id)]


def _phonon_attempt(events: Sequence[Event]) -> Json:
    answered, ended = at(events, "answer", "a"), at(events, "hangup", "a")
    is_talk = answered is not None and ended is not None
    return {
        "startTime": iso(events[0].at),
        "connectTime": iso(answered),
        "ringingStartTime": iso(at(events, "ring", "a")),
        "endTime": iso(ended),
        "duration": ended - answered if is_talk else 0,  # type: ignore[operator]
        "pressed": [
            iso(each.at)
            for each in events
            if each.type == "press" and each.leg == "a"
            for _ in str(each.data["digits"])
        ],
    }


def iso(value: int | None, zone: tzinfo = KOLKATA) -> str | None:
    if value is None:
        return None
    second, milli = divmod(value, 1_000)
    text = datetime.fromtimestamp(second, zone).isoformat()
    return f"{text[:19]}.{milli:03}{text[19:]}"


def innocalls_times(entries: Entries, call_id: str) -> Json:
    """When a bridge began, in the page's format: the scheduled time, too; empty before that."""
    began = at(call_events(entries, call_id), "begin")
    if began is None:
        return {"actualDateTime": ""}
    text = datetime.fromtimestamp(began // 1_000, CAIRO).strftime("%Y-%m-%d %H:%M:%S")
    return {"actualDateTime": text, "scheduledDateTime": text}
