"""What happens next in a call, and whom it waits for; never planned further than that."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.call import EMPTY, Call, Event, Mark
from mockserver.core.legs import Behaviour, Span
from mockserver.core.lifecycle import LIVE


class Once(NamedTuple):
    """A condition, about a leg or about the call; `times` is how often it has to happen."""

    condition: str
    leg: str = ""
    times: int = 1


class Step(NamedTuple):
    """Due `after` the later of the step before and the moment since when `once` holds.

    A step without a verb only waits. `place` names where a scenario file says so, for messages;
    `then` is the behaviour of whom it dials.
    """

    after: Span
    verb: str
    leg: str = ""
    data: Mapping[str, object] = EMPTY
    once: Once | None = None
    place: str = ""
    then: Behaviour | None = None


class Track(NamedTuple):
    """Steps in order. A track that belongs to a `leg` stops when that leg is gone."""

    name: str
    steps: tuple[Step, ...]
    leg: str = ""


Script = tuple[Track, ...]


class Next(NamedTuple):
    """The step that is due next: at, on which track, what it brings about."""

    at: int
    track: int
    event: Event
    place: str


class Waiting(NamedTuple):
    """What only the outside can bring: person, hangup, control, polled, digits or speech."""

    reason: str
    leg: str = ""


def _begun(call: Call, _: Once, __: Mark) -> int | None:
    return call.began_at


def _rang(call: Call, once: Once, _: Mark) -> int | None:
    leg = call.leg(once.leg)
    return leg.rang_at if leg else None


def _answered(call: Call, once: Once, _: Mark) -> int | None:
    leg = call.leg(once.leg)
    return leg.answered_at if leg else None


def _settled(call: Call, once: Once, _: Mark) -> int | None:
    """Since when a dialled leg has answered or stopped ringing."""
    leg = call.leg(once.leg)
    if leg is None or leg.answered_at is not None:
        return leg and leg.answered_at
    return leg.ended_at


def _alone(call: Call, once: Once, _: Mark) -> int | None:
    """Since when nobody is left to wait for: no leg rings, and whom the call is about is there."""
    awaited = call.leg(once.leg)
    if once.leg and (awaited is None or awaited.state != "answered"):
        return None
    answers: list[int] = []
    for leg in call.legs:
        if leg.state == "ringing":
            return None
        if leg.answered_at is not None:
            answers.append(leg.answered_at)
    return max(answers, default=None)


def _heard(call: Call, once: Once, mark: Mark) -> int | None:
    """The moment of the event that makes it often enough."""
    news = _news(call, once, mark)
    return call.events[news[once.times - 1]].at if len(news) >= once.times else None


def _news(call: Call, once: Once, mark: Mark) -> tuple[int, ...]:
    """Which events suit, of those that the mark has not seen."""
    unseen = range(mark.seen, len(call.events))
    return tuple(index for index in unseen if _is(call.events[index], once))


def _is(event: Event, once: Once) -> bool:
    if once.condition == "control":
        return event.by == "control"
    return event.verb == once.condition and event.leg == once.leg


SINCE: Final[Mapping[str, Callable[[Call, Once, Mark], int | None]]] = MappingProxyType(
    {
        "begun": _begun,
        "rang": _rang,
        "answered": _answered,
        "talking": _alone,
        "settled": _settled,
        "control": _heard,
        "polled": _heard,
        "digits": _heard,
        "speech": _heard,
    }
)
"""Condition -> since when it holds, in ms; None for not yet."""

GONE: Final = ("ended", "left")

OUTSIDE: Final = ("control", "polled", "digits", "speech")


def advance_script(
    script: Script, call: Call, seed: str
) -> tuple[Next | None, tuple[Waiting, ...]]:
    """The earliest step that has a time (of two, that of the earlier track), and who is awaited."""
    if call.phase == "placed":
        return Next(call.starts_at, -1, Event(call.starts_at, "begin"), ""), ()
    if call.phase not in LIVE:
        return None, ()
    first: tuple[int, int, Step] | None = None
    timed: list[str] = []
    wanted: list[Waiting] = []
    gone = [leg.name for leg in call.legs if leg.state in GONE]
    for index, (track, mark) in enumerate(zip(script, call.cursor, strict=False)):
        if mark.position == len(track.steps) or track.leg in gone:
            continue
        step = track.steps[mark.position]
        at = _due(step, call, seed, track, mark)
        if at is not None:
            timed.append(track.leg)
            if first is None or at < first[0]:
                first = (at, index, step)
        elif step.once and step.once.condition in OUTSIDE:
            wanted.append(Waiting(step.once.condition, step.once.leg))
    awaited = (*_ringing(call, timed), *wanted)
    if first is None:
        return None, awaited or (Waiting("hangup"),)
    return _next(*first), awaited


def moved(script: Script, call: Call, step: Next) -> Call:
    """The call with its cursor past this step; a call that has just begun gets its marks."""
    if step.track < 0:
        start = Mark(0, step.at, len(call.events))
        return call.at((start,) * len(script))
    cursor = list(call.cursor)
    mark, track = cursor[step.track], script[step.track]
    cursor[step.track] = Mark(mark.position + 1, step.at, _seen(track, mark, call))
    return call.at(tuple(cursor))


def _seen(track: Track, mark: Mark, call: Call) -> int:
    """All so far; but what came after the event that a step waited for is news to the next."""
    once = track.steps[mark.position].once
    if once and once.condition in OUTSIDE:
        return _news(call, once, mark)[once.times - 1] + 1
    return len(call.events)


def _due(step: Step, call: Call, seed: str, track: Track, mark: Mark) -> int | None:
    once, after = step.once, step.after
    since = SINCE[once.condition](call, once, mark) if once else mark.since
    if since is None:
        return None
    began = max(since, mark.since)
    if after.low == after.high:  # a draw would say so too, for all that it is asked
        return began + after.low
    purpose = (call.order.id, call.redial, call.target, track.name, mark.position)
    return began + after.drawn(seed, *purpose)


def _next(at: int, track: int, step: Step) -> Next:
    return Next(at, track, Event(at, step.verb, step.leg, step.data, "", step.then), step.place)


def _ringing(call: Call, timed: list[str]) -> Iterator[Waiting]:
    """The people who have to answer, as no step does it for them."""
    for leg in call.legs:
        if leg.state == "ringing" and leg.name not in timed and "" not in timed:
            yield Waiting("person", leg.name)
