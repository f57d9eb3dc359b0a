"""The history checker: what a journal and a receiver's log have to agree on, in linear time.

A history is right if (a) each call's events are those that the lifecycle allows, one after another;
(b) each webhook is tried once per attempt on record, numbered from one, and no more once it is
delivered or given up; (c) a call's webhooks set out in the order in which they came about, unless
its story orders otherwise; (d) nothing comes of an epoch that a reset has ended; (e) whatever
follows has a cause that precedes it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry
from mockserver.core.lifecycle import CALL_TRANSITIONS, LEG_TRANSITIONS
from mockserver.core.webhook import Delivery

Edge = tuple[str, str]
"""(state, verb)"""


class Sent(NamedTuple):
    """A line of the receiver's log: what was handed out, in which epoch, as the how manieth."""

    epoch: int
    at: int
    webhook: str
    call: str
    number: int
    copied: bool
    """Sent again by order, or travelling as a story says: free of the order of its call."""


class Life:
    """A call as the two tables of the lifecycle see it."""

    def __init__(self) -> None:
        self.phase = ""
        self.at = 0
        self.legs: dict[str, str] = {}
        self.answered: set[str] = set()

    def goes_on(self, event: Event, acts: Iterable[str]) -> tuple[Edge, str]:
        """The edge that this event takes, and what is wrong with it, empty if nothing."""
        if event.at < self.at:
            return ("", event.type), f"{event.type} at {event.at} comes after {self.at}"
        self.at = event.at
        if event.type == "placed":
            edge, wrong = (self.phase, "placed"), self.phase and "it is placed twice"
            self.phase = "placed"
            return edge, wrong
        if (kind := self._kind(event)) is None:
            known = event.type in acts
            return ("", event.type), "" if known else f"{event.type} in phase {self.phase}"
        return kind, ""

    def _kind(self, event: Event) -> Edge | None:
        if event.type == "begin":
            edge = ("placed", "begin") if self.phase in ("placed", "over") else None
            self.legs, self.answered = {}, set()
        elif event.leg and (self._leg(event), event.type) in LEG_TRANSITIONS:
            edge = (self._leg(event), event.type)
            self.legs[event.leg] = LEG_TRANSITIONS[edge]
            self.answered -= {event.leg} if event.type == "ring" else set()
            self.answered |= {event.leg} if event.type == "answer" else set()
            live = self.phase in ("begun", "bridged")
            self.phase = "begun" if event.type == "leave" else self.phase
            return edge if live else None
        else:
            edge = (
                (self.phase, event.type) if (self.phase, event.type) in CALL_TRANSITIONS else None
            )
        if edge:
            self.phase = CALL_TRANSITIONS[edge]
        return edge

    def _leg(self, event: Event) -> str:
        """The leg's state; who is dialled anew and has never answered is as good as idle."""
        state = self.legs.get(event.leg, "idle")
        anew = event.type == "ring" and "number" in event.data and event.leg not in self.answered
        return "idle" if anew and state == "ended" else state


class History(NamedTuple):
    """All facts of a run, with the epoch of each; what was sent; the acts of each call's vendor.

    `last` is the epoch that lasted to the end; `repeated` are webhooks that somebody had sent
    again when they were done.
    """

    facts: Sequence[tuple[int, JournalEntry]]
    sent: Sequence[Sent]
    acts: Mapping[tuple[int, str], Iterable[str]]
    last: int
    repeated: Collection[tuple[int, str]] = ()


def wrong(history: History) -> list[str]:
    """All that is wrong with a history, as sentences."""
    return [*_lives(history, Counter()), *_webhooks(history), *_order(history.sent)]


def edges(history: History) -> Counter[Edge]:
    """How often each edge of the lifecycle was taken."""
    taken: Counter[Edge] = Counter()
    list(_lives(history, taken))
    return taken


def _lives(history: History, taken: Counter[Edge]) -> Iterator[str]:
    lives: dict[tuple[int, str], Life] = {}
    for epoch, fact in history.facts:
        if fact.type != "event" or not isinstance(fact.payload, Event):
            continue
        key = (epoch, fact.call_id)
        if key not in lives and fact.payload.type != "placed":
            yield f"{key}: {fact.payload.type} before the call was placed"
        edge, flaw = lives.setdefault(key, Life()).goes_on(fact.payload, history.acts.get(key, ()))
        taken[edge] += 1
        if flaw:
            yield f"{key}: {flaw}"


def _webhooks(history: History) -> Iterator[str]:
    """What the journal has of attempts is what the receiver has seen, and both are sound."""
    seen: dict[tuple[int, str], list[int]] = defaultdict(list)
    for one in history.sent:
        seen[one.epoch, one.webhook].append(one.number)
    judged = _judged(history)
    for key, numbers in seen.items():
        tried = [len(one.attempts) for one in judged[key]]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{key}: attempts {numbers} at the receiver"
        if key[0] == history.last and tried != numbers:
            yield f"{key}: attempts {tried} on record, {numbers} at the receiver"
    for key, states in judged.items():
        told = [one.state for one in states]
        if key not in history.repeated and any(state != "pending" for state in told[:-1]):
            yield f"{key}: states {told}, and it was tried again"
        if len(states) > len(seen[key]):
            yield f"{key}: {len(states)} attempts on record, {len(seen[key])} at the receiver"


def _judged(history: History) -> dict[tuple[int, str], list[Delivery]]:
    """Epoch and webhook -> how it stood after each attempt, as the journal has it."""
    judged: dict[tuple[int, str], list[Delivery]] = defaultdict(list)
    for epoch, fact in history.facts:
        if fact.type == "attempt" and isinstance(fact.payload, Delivery):
            judged[epoch, fact.payload.id].append(fact.payload)
    return judged


def _order(sent: Iterable[Sent]) -> Iterator[str]:
    """Of each call the first attempts set out in the order in which the webhooks came about."""
    before: dict[tuple[int, str], int] = {}
    for one in sent:
        if one.number > 1 or one.copied or not one.call:
            continue
        nth = int(one.webhook.lstrip("w").partition(".")[0])
        if nth < before.get((one.epoch, one.call), 0):
            yield f"{one.webhook} of {one.call} was overtaken"
        before[one.epoch, one.call] = nth
