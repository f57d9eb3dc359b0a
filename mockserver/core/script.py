"""What happens next in a call, and whom it waits for; never planned further than that."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.call import EMPTY, LIVE, Call, Event, Mark
from mockserver.core.legs import Span


class Once(NamedTuple):
    """A condition, about a leg or about the call."""

    condition: str
    leg: str = ""


class Step(NamedTuple):
    """Due `after` the later of the step before and the moment since when `once` holds.

    `place` names where a scenario file says so, for messages.
    """

    after: Span
    verb: str
    leg: str = ""
    data: Mapping[str, object] = EMPTY
    once: Once | None = None
    place: str = ""


class Track(NamedTuple):
    """Steps in order. A track that belongs to a `leg` stops when that leg has ended."""

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
    """Something that only the outside can bring: person or hangup."""

    reason: str
    leg: str = ""


def _begun(call: Call, _: Once) -> int | None:
    return call.began_at


def _answered(call: Call, once: Once) -> int | None:
    leg = call.leg(once.leg)
    return leg.answered_at if leg else None


def _alone(call: Call, _: Once) -> int | None:
    """Since when nobody is left to wait for: no leg rings."""
    if any(leg.state == "ringing" for leg in call.legs):
        return None
    return max((leg.answered_at for leg in call.legs if leg.answered_at is not None), default=None)


SINCE: Final[Mapping[str, Callable[[Call, Once], int | None]]] = MappingProxyType(
    {"begun": _begun, "answered": _answered, "talking": _alone}
)
"""Condition -> since when it holds, in ms; None for not yet."""


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
    busy = {track.leg for track, step in zip(script, coming, strict=True) if step}
    people = tuple(
        Waiting("person", leg.name)
        for leg in call.legs
        if leg.state == "ringing" and leg.name not in busy
    )
    return first, people if first or people else (Waiting("hangup"),)


def moved(script: Script, call: Call, step: Next) -> Call:
    """The call with its cursor past this step; a call that has just begun gets its marks."""
    if step.track < 0:
        start = Mark(0, step.at, len(call.events))
        return call._replace(cursor=(start,) * len(script))
    mark = Mark(call.cursor[step.track].position + 1, step.at, len(call.events))
    before, after = call.cursor[: step.track], call.cursor[step.track + 1 :]
    return call._replace(cursor=(*before, mark, *after))


def _coming(script: Script, index: int, call: Call, seed: str) -> Next | None:
    track, mark = script[index], call.cursor[index]
    if mark.position == len(track.steps) or _gone(call, track.leg):
        return None
    step = track.steps[mark.position]
    since = SINCE[step.once.condition](call, step.once) if step.once else mark.since
    if since is None:
        return None
    purpose = (call.order.id, call.redial, call.target, track.name, mark.position)
    at = max(since, mark.since) + step.after.drawn(seed, *purpose)
    return Next(at, index, Event(at, step.verb, step.leg, step.data), step.place)


def _gone(call: Call, name: str) -> bool:
    leg = call.leg(name)
    return leg is not None and leg.state == "ended"
