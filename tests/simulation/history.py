"""The history checker compares a journal and a receiver's log in linear time.

A history is valid if (a) the lifecycle allows each call's events in their order; (b) each webhook
has one delivery attempt per recorded attempt, numbered from one, and none after it is delivered or
given up; (c) a call's webhooks are first sent in the order of their creation, unless its scenario
delays them; (d) nothing follows from an epoch that a reset has ended; (e) every effect comes after
its cause.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry
from mockserver.core.lifecycle import CALL_TRANSITIONS, LEG_TRANSITIONS
from mockserver.core.webhook import Delivery

Edge = tuple[str, str]
"""(state, event type)"""


class Sent(NamedTuple):
    """An entry of the receiver's log: the `number`th attempt of a webhook, in its epoch."""

    epoch: int
    at: int
    webhook: str
    call: str
    number: int
    copied: bool
    """Redelivered, copied or delayed by a scenario: free of the order of its call."""


class CallLifecycle:
    """The state of a call according to the two transition tables."""

    def __init__(self) -> None:
        self.phase = ""
        self.at = 0
        self.legs: dict[str, str] = {}
        self.answered: set[str] = set()

    def take(self, event: Event, vendor_events: Iterable[str]) -> tuple[Edge, str]:
        """Return the edge that the event takes, and the violation, empty if there is none."""
        if event.at < self.at:
            return ("", event.type), f"{event.type} at {event.at} comes after {self.at}"
        self.at = event.at
        if event.type == "placed":
            edge, violation = (self.phase, "placed"), self.phase and "it is placed twice"
            self.phase = "placed"
            return edge, violation
        if (taken := self._edge(event)) is None:
            allowed = event.type in vendor_events
            return ("", event.type), "" if allowed else f"{event.type} in phase {self.phase}"
        return taken, ""

    def _edge(self, event: Event) -> Edge | None:
        if event.type == "begin":
            edge = ("placed", "begin") if self.phase in ("placed", "over") else None
            self.legs, self.answered = {}, set()
        elif event.leg and (self._leg_state(event), event.type) in LEG_TRANSITIONS:
            edge = (self._leg_state(event), event.type)
            self.legs[event.leg] = LEG_TRANSITIONS[edge]
            self.answered -= {event.leg} if event.type == "ring" else set()
            self.answered |= {event.leg} if event.type == "answer" else set()
            alive = self.phase in ("begun", "bridged")
            self.phase = "begun" if event.type == "leave" else self.phase
            return edge if alive else None
        else:
            edge = (
                (self.phase, event.type) if (self.phase, event.type) in CALL_TRANSITIONS else None
            )
        if edge:
            self.phase = CALL_TRANSITIONS[edge]
        return edge

    def _leg_state(self, event: Event) -> str:
        """Return the leg's state; a leg that is redialed and has never answered counts as idle."""
        state = self.legs.get(event.leg, "idle")
        redialed = (
            event.type == "ring" and "number" in event.data and event.leg not in self.answered
        )
        return "idle" if redialed and state == "ended" else state


class History(NamedTuple):
    """The journal entries of a run with their epochs, its attempts and each call's vendor events.

    `last` is the final epoch; `repeated` are the webhooks that were redelivered.
    """

    entries: Sequence[tuple[int, JournalEntry]]
    sent: Sequence[Sent]
    vendor_events: Mapping[tuple[int, str], Iterable[str]]
    last: int
    repeated: Collection[tuple[int, str]] = ()


def find_violations(history: History) -> list[str]:
    """Return the violations of a history as texts."""
    return [
        *_lifecycle_violations(history, Counter()),
        *_webhook_violations(history),
        *_order_violations(history.sent),
    ]


def count_edges(history: History) -> Counter[Edge]:
    """Return how often each edge of the lifecycle was taken."""
    taken: Counter[Edge] = Counter()
    list(_lifecycle_violations(history, taken))
    return taken


def _lifecycle_violations(history: History, taken: Counter[Edge]) -> Iterator[str]:
    lifecycles: dict[tuple[int, str], CallLifecycle] = {}
    for epoch, entry in history.entries:
        if entry.type != "event" or not isinstance(entry.payload, Event):
            continue
        key = (epoch, entry.call_id)
        if key not in lifecycles and entry.payload.type != "placed":
            yield f"{key}: {entry.payload.type} before the call was placed"
        edge, violation = lifecycles.setdefault(key, CallLifecycle()).take(
            entry.payload, history.vendor_events.get(key, ())
        )
        taken[edge] += 1
        if violation:
            yield f"{key}: {violation}"


def _webhook_violations(history: History) -> Iterator[str]:
    """Check that the attempts of journal and receiver are equal and valid."""
    received: dict[tuple[int, str], list[int]] = defaultdict(list)
    for item in history.sent:
        received[item.epoch, item.webhook].append(item.number)
    recorded = _recorded_attempts(history)
    for key, numbers in received.items():
        attempts = [len(item.attempts) for item in recorded[key]]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{key}: attempts {numbers} at the receiver"
        if key[0] == history.last and attempts != numbers:
            yield f"{key}: attempts {attempts} on record, {numbers} at the receiver"
    for key, states in recorded.items():
        delivery_states = [item.state for item in states]
        if key not in history.repeated and any(
            state != "pending" for state in delivery_states[:-1]
        ):
            yield f"{key}: states {delivery_states}, and it was tried again"
        if len(states) > len(received[key]):
            yield f"{key}: {len(states)} attempts on record, {len(received[key])} at the receiver"


def _recorded_attempts(history: History) -> dict[tuple[int, str], list[Delivery]]:
    """Return the recorded delivery after each attempt, by epoch and webhook."""
    recorded: dict[tuple[int, str], list[Delivery]] = defaultdict(list)
    for epoch, entry in history.entries:
        if entry.type == "delivery-attempt" and isinstance(entry.payload, Delivery):
            recorded[epoch, entry.payload.id].append(entry.payload)
    return recorded


def _order_violations(sent: Iterable[Sent]) -> Iterator[str]:
    """Check that the first attempts of a call have the order of its webhooks."""
    last_numbers: dict[tuple[int, str], int] = {}
    for attempt in sent:
        if attempt.number > 1 or attempt.copied or not attempt.call:
            continue
        number = int(attempt.webhook.lstrip("w").partition(".")[0])
        if number < last_numbers.get((attempt.epoch, attempt.call), 0):
            yield f"{attempt.webhook} of {attempt.call} was overtaken"
        last_numbers[attempt.epoch, attempt.call] = number
