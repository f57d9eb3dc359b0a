"""What happens next in a call, and whom it waits for; never planned further than that."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.behavior import DurationRange, LegBehavior
from mockserver.core.call import Call, Cursor, Event
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.lifecycle import ACTIVE_PHASES


class Condition(NamedTuple):
    """A condition, about a leg or about the call; `times` is how often it has to happen."""

    type: str
    leg: str = ""
    times: int = 1


class Step(NamedTuple):
    """Due `after` the later of the step before and the moment since when `once` holds.

    A step without a verb only waits. `place` names where a scenario file says so, for messages;
    `then` is the behaviour of whom it dials.
    """

    delay: DurationRange
    event_type: str
    leg: str = ""
    data: Mapping[str, object] = EMPTY_MAPPING
    condition: Condition | None = None
    location: str = ""
    behavior: LegBehavior | None = None


class Track(NamedTuple):
    """Steps in order. A track that belongs to a `leg` stops when that leg is gone."""

    name: str
    steps: tuple[Step, ...]
    leg: str = ""


Script = tuple[Track, ...]


class DueStep(NamedTuple):
    """The step that is due next: at, on which track, what it brings about."""

    at: int
    track_index: int
    event: Event
    location: str


class WaitReason(NamedTuple):
    """What only the outside can bring: person, hangup, control, polled, digits or speech."""

    reason: str
    leg: str = ""


def _began_at(call: Call, _: Condition, __: Cursor) -> int | None:
    return call.attempt_started_at


def _rang_at(call: Call, condition: Condition, _: Cursor) -> int | None:
    leg = call.leg(condition.leg)
    return leg.ringing_at if leg else None


def _answered_at(call: Call, condition: Condition, _: Cursor) -> int | None:
    leg = call.leg(condition.leg)
    return leg.answered_at if leg else None


def _settled_at(call: Call, condition: Condition, _: Cursor) -> int | None:
    """Since when a dialled leg has answered or stopped ringing."""
    leg = call.leg(condition.leg)
    if leg is None or leg.answered_at is not None:
        return leg and leg.answered_at
    return leg.ended_at


def _talking_since(call: Call, condition: Condition, _: Cursor) -> int | None:
    """Since when nobody is left to wait for: no leg rings, and whom the call is about is there."""
    awaited = call.leg(condition.leg)
    if condition.leg and (awaited is None or awaited.state != "answered"):
        return None
    answers: list[int] = []
    for leg in call.legs:
        if leg.state == "ringing":
            return None
        if leg.answered_at is not None:
            answers.append(leg.answered_at)
    return max(answers, default=None)


def _occurred_at(call: Call, condition: Condition, cursor: Cursor) -> int | None:
    """The moment of the event that makes it often enough."""
    news = _matching_events(call, condition, cursor)
    return call.events[news[condition.times - 1]].at if len(news) >= condition.times else None


def _matching_events(call: Call, condition: Condition, cursor: Cursor) -> tuple[int, ...]:
    """Which events suit, of those that the mark has not seen."""
    unseen = range(cursor.event_count, len(call.events))
    return tuple(index for index in unseen if _is_match(call.events[index], condition))


def _is_match(event: Event, condition: Condition) -> bool:
    if condition.type == "control":
        return event.source == "control"
    return event.type == condition.type and event.leg == condition.leg


CONDITION_TIMES: Final[Mapping[str, Callable[[Call, Condition, Cursor], int | None]]] = (
    MappingProxyType(
        {
            "begun": _began_at,
            "rang": _rang_at,
            "answered": _answered_at,
            "talking": _talking_since,
            "settled": _settled_at,
            "control": _occurred_at,
            "polled": _occurred_at,
            "digits": _occurred_at,
            "speech": _occurred_at,
        }
    )
)
"""Condition -> since when it holds, in ms; None for not yet."""

GONE_STATES: Final = ("ended", "left")

EXTERNAL_CONDITIONS: Final = ("control", "polled", "digits", "speech")


def next_step(
    script: Script, call: Call, seed: str
) -> tuple[DueStep | None, tuple[WaitReason, ...]]:
    """The earliest step that has a time (of two, that of the earlier track), and who is awaited."""
    if call.phase == "placed":
        return DueStep(call.starts_at, -1, Event(call.starts_at, "begin"), ""), ()
    if call.phase not in ACTIVE_PHASES:
        return None, ()
    first: tuple[int, int, Step] | None = None
    timed: list[str] = []
    wanted: list[WaitReason] = []
    gone = [leg.name for leg in call.legs if leg.state in GONE_STATES]
    for index, (track, mark) in enumerate(zip(script, call.cursors, strict=False)):
        if mark.position == len(track.steps) or track.leg in gone:
            continue
        step = track.steps[mark.position]
        at = _due_at(step, call, seed, track, mark)
        if at is not None:
            timed.append(track.leg)
            if first is None or at < first[0]:
                first = (at, index, step)
        elif step.condition and step.condition.type in EXTERNAL_CONDITIONS:
            wanted.append(WaitReason(step.condition.type, step.condition.leg))
    awaited = (*_answer_waits(call, timed), *wanted)
    if first is None:
        return None, awaited or (WaitReason("hangup"),)
    return _build_due_step(*first), awaited


def advance(script: Script, call: Call, step: DueStep) -> Call:
    """The call with its cursor past this step; a call that has just begun gets its marks."""
    if step.track_index < 0:
        start = Cursor(0, step.at, len(call.events))
        return call.with_cursors((start,) * len(script))
    cursor = list(call.cursors)
    mark, track = cursor[step.track_index], script[step.track_index]
    cursor[step.track_index] = Cursor(
        mark.position + 1, step.at, _seen_event_count(track, mark, call)
    )
    return call.with_cursors(tuple(cursor))


def _seen_event_count(track: Track, cursor: Cursor, call: Call) -> int:
    """All so far; but what came after the event that a step waited for is news to the next."""
    once = track.steps[cursor.position].condition
    if once and once.type in EXTERNAL_CONDITIONS:
        return _matching_events(call, once, cursor)[once.times - 1] + 1
    return len(call.events)


def _due_at(step: Step, call: Call, seed: str, track: Track, cursor: Cursor) -> int | None:
    once, after = step.condition, step.delay
    since = CONDITION_TIMES[once.type](call, once, cursor) if once else cursor.since
    if since is None:
        return None
    began = max(since, cursor.since)
    if after.low == after.high:  # a draw would say so too, for all that it is asked
        return began + after.low
    purpose = (call.spec.id, call.redial_index, call.number_index, track.name, cursor.position)
    return began + after.draw(seed, *purpose)


def _build_due_step(at: int, track_index: int, step: Step) -> DueStep:
    return DueStep(
        at,
        track_index,
        Event(at, step.event_type, step.leg, step.data, "", step.behavior),
        step.location,
    )


def _answer_waits(call: Call, timed: list[str]) -> Iterator[WaitReason]:
    """The people who have to answer, as no step does it for them."""
    for leg in call.legs:
        if leg.state == "ringing" and leg.name not in timed and "" not in timed:
            yield WaitReason("person", leg.name)
