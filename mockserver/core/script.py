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
    if any(leg.state == "ringing" for leg in call.legs):
        return None
    return max((leg.answered_at for leg in call.legs if leg.answered_at is not None), default=None)


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
    coming = tuple(_coming(script, index, call, seed) for index in range(len(script)))
    first = min((step for step in coming if step), key=lambda step: step.at, default=None)
    awaited = tuple(_awaited(script, call, coming))
    return first, awaited if first or awaited else (Waiting("hangup"),)


def moved(script: Script, call: Call, step: Next) -> Call:
    """The call with its cursor past this step; a call that has just begun gets its marks."""
    if step.track < 0:
        start = Mark(0, step.at, len(call.events))
        return call._replace(cursor=(start,) * len(script))
    position = call.cursor[step.track].position + 1
    mark = Mark(position, step.at, _seen(script, call, step.track))
    before, after = call.cursor[: step.track], call.cursor[step.track + 1 :]
    return call._replace(cursor=(*before, mark, *after))


def current(script: Script, call: Call, index: int) -> Step | None:
    """The step at which a track stands; None past its end, or once its leg is gone."""
    track, mark = script[index], call.cursor[index]
    leg = call.leg(track.leg)
    over = mark.position == len(track.steps) or (leg is not None and leg.state in GONE)
    return None if over else track.steps[mark.position]


def _seen(script: Script, call: Call, index: int) -> int:
    """All so far; but what came after the event that a step waited for is news to the next."""
    mark = call.cursor[index]
    once = script[index].steps[mark.position].once
    if once and once.condition in OUTSIDE:
        return _news(call, once, mark)[once.times - 1] + 1
    return len(call.events)


def _coming(script: Script, index: int, call: Call, seed: str) -> Next | None:
    step, mark = current(script, call, index), call.cursor[index]
    if step is None:
        return None
    since = SINCE[step.once.condition](call, step.once, mark) if step.once else mark.since
    if since is None:
        return None
    purpose = (call.order.id, call.redial, call.target, script[index].name, mark.position)
    at = max(since, mark.since) + step.after.drawn(seed, *purpose)
    return Next(at, index, Event(at, step.verb, step.leg, step.data, "", step.then), step.place)


def _awaited(script: Script, call: Call, coming: tuple[Next | None, ...]) -> Iterator[Waiting]:
    """The people who have to answer, and what the steps want from outside."""
    timed = {track.leg for track, step in zip(script, coming, strict=True) if step}
    for leg in call.legs:
        if leg.state == "ringing" and not timed & {leg.name, ""}:
            yield Waiting("person", leg.name)
    for index, coming_step in enumerate(coming):
        step = None if coming_step else current(script, call, index)
        if step and step.once and step.once.condition in OUTSIDE:
            yield Waiting(step.once.condition, step.once.leg)
