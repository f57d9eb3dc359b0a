"""Scripts: compute the next step of a call, and only the next, and what the call waits for."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.behavior import DurationRange, LegBehavior
from mockserver.core.call import AWAITED_LEGS, Call, Cursor, Event, conversation_start
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.value import Value


class Condition(Value):
    """What a step waits for: `type` is a key of `CONDITION_TIMES`.

    An empty `leg` stands for the call as a whole. `times` is how often an event has to happen.
    """

    type: str
    leg: str = ""
    times: int = 1


class Step(Value):
    """An event that is due `delay` after the previous step, or after `condition` if that is later.

    A step with an empty `event_type` only waits. `location` is its place in a scenario file, for
    messages. `behavior` is that of the leg which the event dials.
    """

    delay: DurationRange
    event_type: str
    leg: str = ""
    data: Mapping[str, object] = EMPTY_MAPPING
    condition: Condition | None = None
    location: str = ""
    behavior: LegBehavior | None = None


class Track(Value):
    """Steps in order. A track of a `leg` stops once that leg has ended or left.

    The other fields are for `core.conversation`: whether the leg is told to stay, and whether it
    is a person.
    """

    name: str
    steps: tuple[Step, ...]
    leg: str = ""
    stays: bool = False
    is_person: bool = False


Script = tuple[Track, ...]


BEGIN: Final = -1
NO_TRACK: Final = -2


class DueStep(Value):
    """The step that is due next, at `at` (ms).

    `track_index` is `BEGIN` for the begin of an attempt, `NO_TRACK` for a step on no track.
    """

    at: int
    track_index: int
    event: Event
    location: str


class WaitReason(Value):
    """What a call waits for, because none of its own steps brings it.

    `reason` is person (an answer), hangup, control, poll, press, say, or the name of a
    resource.
    """

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
    """Return the time at which a dialed leg has answered or stopped ringing.

    A leg for which the other one waits has to be bridged, too.
    """
    leg = call.leg(condition.leg)
    if leg is None:
        return None
    if leg.state == "answered" and AWAITED_LEGS.get(call.spec.flow) == leg.name:
        return conversation_start(call, leg.name)
    return leg.ended_at if leg.answered_at is None else leg.answered_at


def _talking_since(call: Call, condition: Condition, _: Cursor) -> int | None:
    return conversation_start(call, condition.leg)


def _occurred_at(call: Call, condition: Condition, cursor: Cursor) -> int | None:
    """Return the time of the event that is the last of the `times` required."""
    indexes = _matching_events(call, condition, cursor)
    if len(indexes) < condition.times:
        return None
    return call.events[indexes[condition.times - 1]].at


def _matching_events(call: Call, condition: Condition, cursor: Cursor) -> tuple[int, ...]:
    """Return the indexes of the matching events that the cursor does not ignore."""
    new = range(cursor.event_count, len(call.events))
    return tuple(index for index in new if _is_match(call.events[index], condition))


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
            "poll": _occurred_at,
            "press": _occurred_at,
            "say": _occurred_at,
        }
    )
)
"""Type of a condition -> the time in ms since which it holds; None for not yet."""

GONE_STATES: Final = ("ended", "left")
HANGUP_WAITS: Final = (WaitReason("hangup"),)
"""The waits of a call in which nothing is due: somebody has to hang up."""

EXTERNAL_CONDITIONS: Final = ("control", "poll", "press", "say")


def next_step(
    script: Script, call: Call, seed: str
) -> tuple[DueStep | None, tuple[WaitReason, ...]]:
    """Return (the next step that has a time, if any; what the call waits for besides).

    Of two steps at the same time, the one on the earlier track is next.
    """
    if call.phase == "placed":
        return DueStep(call.starts_at, BEGIN, Event(call.starts_at, "begin"), ""), ()
    if call.phase not in ACTIVE_PHASES:
        return None, ()
    first: tuple[int, int, Step] | None = None
    timed_legs: list[str] = []
    step_waits: list[WaitReason] = []
    gone_legs = [leg.name for leg in call.legs if leg.state in GONE_STATES]
    for index, (track, cursor) in enumerate(zip(script, call.cursors, strict=False)):
        if cursor.position == len(track.steps) or track.leg in gone_legs:
            continue
        step = track.steps[cursor.position]
        at = _due_at(step, call, seed, track, cursor)
        if at is not None:
            timed_legs.append(track.leg)
            if first is None or at < first[0]:
                first = (at, index, step)
        elif step.condition and step.condition.type in EXTERNAL_CONDITIONS:
            step_waits.append(WaitReason(step.condition.type, step.condition.leg))
    waits = (*_answer_waits(call, timed_legs), *step_waits)
    if first is None:
        return None, waits or HANGUP_WAITS
    return _build_due_step(*first), waits


def advance(script: Script, call: Call, step: DueStep) -> Call:
    """Return the call with its cursor past this step; the begin of an attempt sets all cursors."""
    if step.track_index == NO_TRACK:
        return call
    if step.track_index == BEGIN:
        start = Cursor(0, step.at, len(call.events))
        return call.replace(cursors=(start,) * len(script))
    cursors = list(call.cursors)
    cursor, track = cursors[step.track_index], script[step.track_index]
    cursors[step.track_index] = Cursor(
        cursor.position + 1, step.at, _ignored_event_count(track, cursor, call)
    )
    return call.replace(cursors=tuple(cursors))


def _ignored_event_count(track: Track, cursor: Cursor, call: Call) -> int:
    """Return how many events the next step ignores: up to the awaited event, else all so far."""
    condition = track.steps[cursor.position].condition
    if condition and condition.type in EXTERNAL_CONDITIONS:
        return _matching_events(call, condition, cursor)[condition.times - 1] + 1
    return len(call.events)


def _due_at(step: Step, call: Call, seed: str, track: Track, cursor: Cursor) -> int | None:
    condition, delay = step.condition, step.delay
    since = CONDITION_TIMES[condition.type](call, condition, cursor) if condition else cursor.since
    if since is None:
        return None
    start = max(since, cursor.since)
    if delay.low == delay.high:  # no need to draw: the result is certain
        return start + delay.low
    purpose = (call.spec.id, call.redial_index, call.number_index, track.name, cursor.position)
    return start + delay.draw(seed, *purpose)


def _build_due_step(at: int, track_index: int, step: Step) -> DueStep:
    return DueStep(
        at,
        track_index,
        Event(at, step.event_type, step.leg, step.data, "", step.behavior),
        step.location,
    )


def _answer_waits(call: Call, timed_legs: list[str]) -> Iterator[WaitReason]:
    """Yield a wait for each ringing leg without a timed step on its own track or the scenario's."""
    for leg in call.legs:
        if leg.state == "ringing" and leg.name not in timed_legs and "" not in timed_legs:
            yield WaitReason("person", leg.name)
