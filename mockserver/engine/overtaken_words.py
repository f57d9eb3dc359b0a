"""Finds the words of a call's scenario that could have applied, and what overtook them.

Nothing is wrong with them: on another day they apply. So only an explanation tells them.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockserver.core.call import Call, Cursor, DialAttempt, Event, current_attempt
from mockserver.core.leg_names import legs_by_name
from mockserver.core.playability import find_site
from mockserver.core.scenario import Scenario
from mockserver.core.script import GONE_STATES, Script, Step, Track
from mockserver.engine.call_scenarios import applied_parts, attempt_indexes, resolve_for_attempt
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.calls import CallProgress


class OvertakenWord(NamedTuple):
    """`place` is where the word stands in the scenario; `reason` overtook it at `at` (ms).

    `attempt` is the number of the dial attempt. `leg` is empty for an item of a list.
    """

    attempt: int
    leg: str
    scenario: str
    place: str
    reason: str
    at: int


class PlayedAttempt(NamedTuple):
    """A dial attempt with its script; `number` is from 1.

    `events` go up to its end; `is_over` is False until then. `names` maps the names of legs to
    legs, and `authors` the legs to the part of the scenario that describes each. A leg that follows
    its number has none.
    """

    number: int
    attempt: DialAttempt
    events: tuple[Event, ...]
    is_over: bool
    script: Script
    cursors: tuple[Cursor, ...]
    names: Mapping[str, str]
    authors: Mapping[str, Scenario]
    steps_author: str


def overtaken_words(state: SandboxState, call: Call) -> Iterator[OvertakenWord]:
    """Yield what was overtaken in each attempt, and the items of lists that none has reached."""
    for played in _played_attempts(state, call):
        yield from _undialed_legs(played)
        for track, cursor in zip(played.script, played.cursors, strict=False):
            for index in range(cursor.position, len(track.steps)):
                yield from _overtaken_step(played, track, index)
    if call.phase == "ended":
        yield from _unreached_items(state, call)


def _played_attempts(state: SandboxState, call: Call) -> Iterator[PlayedAttempt]:
    progress, names, events = state.calls.progress[call.spec.id], legs_by_name(call), _split(call)
    scripts = (*progress.past_scripts, (progress.script, call.cursors))
    attempts = (*call.attempts, current_attempt(call))
    for number, (attempt, script) in enumerate(zip(attempts, scripts, strict=True), 1):
        parts, last_parts = _parts_of_attempt(state, call, attempt, events[number - 1])
        others, offered = _legs_without_scenario(progress, number), _offers(events[number - 1])
        authors = _authors(parts, names, others)
        of_offered = _authors(last_parts, names, others | ({*names.values()} - {*offered}))
        yield PlayedAttempt(
            number,
            attempt,
            events[number - 1],
            number < len(attempts) or call.phase == "ended",
            *script,
            names,
            {**{leg: part for leg, part in authors.items() if leg not in offered}, **of_offered},
            next((part.name for part in parts if part.steps), ""),
        )


def _parts_of_attempt(
    state: SandboxState, call: Call, attempt: DialAttempt, events: tuple[Event, ...]
) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...]]:
    """Return what describes the legs of an attempt, and its last offer to an agent."""
    scenario = state.calls.progress[call.spec.id].leg_scenario.scenario
    first, more = attempt.number_index, max(0, len(_offers(events)) - 1)
    of_first, of_last = (
        applied_parts(
            state, call, resolve_for_attempt(state, call, scenario, (attempt.redial_index, index))
        )
        for index in (first, first + more)
    )
    return of_first, of_last


def _offers(events: tuple[Event, ...]) -> list[str]:
    """Return the leg of each dialing in the course of an attempt."""
    return [event.leg for event in events if event.type == "ring" and "number" in event.data]


def _split(call: Call) -> list[tuple[Event, ...]]:
    """Return the events of each attempt, up to its end."""
    events: list[list[Event]] = [[]]
    for event in call.events:
        events[-1].append(event)
        if event.type == "attempt-ended":
            events.append([])
    return [tuple(each) for each in events]


def _legs_without_scenario(progress: CallProgress, number: int) -> set[str]:
    """Return the legs that something else than the scenario decides in an attempt."""
    sources = progress.leg_sources
    return {each.leg for each in sources if each.attempt == number and each.source != "scenario"}


def _authors(
    parts: tuple[Scenario, ...], names: Mapping[str, str], others: set[str]
) -> dict[str, Scenario]:
    """Map each leg that the parts describe to the outermost of them; without the `others`."""
    described = [
        (leg, part)
        for part in reversed(parts)
        for leg in names.values()
        if leg not in others and part.leg_behavior(leg, names) is not None
    ]
    return dict(described)


def _undialed_legs(played: PlayedAttempt) -> Iterator[OvertakenWord]:
    """Yield the described legs that an attempt has ended without."""
    dialed = {leg.name for leg in played.attempt.legs if leg.ringing_at is not None}
    if played.is_over:
        yield from (_of_leg(played, leg, "") for leg in sorted(played.authors.keys() - dialed))


def _overtaken_step(played: PlayedAttempt, track: Track, index: int) -> Iterator[OvertakenWord]:
    """Yield a step that has not come although its leg is gone, or the attempt has ended."""
    step = track.steps[index]
    if not track.leg and played.is_over:
        place = f"steps, {step.location}" if step.location else f"steps.{index + 1}"
        yield OvertakenWord(played.number, step.leg, played.steps_author, place, *_end(played))
    for leg in played.attempt.legs:
        is_gone = leg.ringing_at is not None and (played.is_over or leg.state in GONE_STATES)
        if leg.name == track.leg and is_gone and leg.name in played.authors:
            yield _of_leg(played, leg.name, _key(track, step))


def _of_leg(played: PlayedAttempt, leg: str, key: str) -> OvertakenWord:
    author = played.authors[leg]
    word = [name for name, other in played.names.items() if other == leg and name in author.legs]
    place = f"legs.{word[-1]}.{key}" if key else f"legs.{word[-1]}"
    return OvertakenWord(played.number, leg, author.name, place, *_end(played, leg))


def _key(track: Track, step: Step) -> str:
    """Return the key of a leg, with its value if that tells it from others, as it is written."""
    ends = [word for word in track.name.split("-")[1:] if word in ("talk", "hangup")]
    if ends:
        return ends[0]
    data = step.data
    return {
        "answer": "answer",
        "machine": "then: machine",
        "hangup": f"then: {data.get('cause')}",
        "press": f"press: {data.get('digits')}",
        "say": f"say: {data.get('words')}",
    }[step.event_type]


def _end(played: PlayedAttempt, leg: str = "") -> tuple[str, int]:
    """Return (what has ended the leg, or else the attempt; its time)."""
    hangups, last = [each for each in played.events if each.type == "hangup"], played.events[-1]
    ends = {each.name: each.ended_at for each in played.attempt.legs}
    own = [
        each
        for each in hangups
        if each.leg == leg and each.at == ends.get(leg) and each.at < last.at
    ]
    end = own or [each for each in hangups if each.at == last.at]
    if end:
        return f"leg {end[0].leg} hung up ({end[0].data.get('cause')})", end[0].at
    return f"the call ended ({last.data.get('outcome')})", last.at


def _unreached_items(state: SandboxState, call: Call) -> Iterator[OvertakenWord]:
    """Yield the items of lists that an ended call has not reached, where others would."""
    progress, spec = state.calls.progress[call.spec.id], call.spec
    provider = state.configuration.providers[spec.provider].provider
    possible = find_site(provider, spec.operation, spec.flow).calls
    scenarios = {each.name: each for each in (progress.leg_scenario.scenario,)}
    if progress.webhook_scenario:
        scenarios[progress.webhook_scenario.name] = progress.webhook_scenario
    parts = {
        part.name: part
        for scenario in scenarios.values()
        for indexes in attempt_indexes(call)
        for part in applied_parts(state, call, resolve_for_attempt(state, call, scenario, indexes))
    }
    reached = {
        "attempts": call.redial_index + 1 if possible.redials else 0,
        "numbers": _count_numbers(call) if possible.alternates else 0,
    }
    for part in parts.values():
        for key, count in reached.items():
            for position in range(count + 1, len(getattr(part, key)) + 1) if count else ():
                yield _unreached_item(call, part, f"{key}.{position}")


def _count_numbers(call: Call) -> int:
    """Count the numbers, or the agents, that the call has tried at most in one redial."""
    attempts = (*call.attempts, current_attempt(call))
    counts = []
    for attempt, events in zip(attempts, _split(call), strict=False):
        counts.append(attempt.number_index + max(1, len(_offers(events))))
    return max(counts)


def _unreached_item(call: Call, part: Scenario, place: str) -> OvertakenWord:
    number, at = len(call.attempts) + 1, call.ended_at or 0
    reason = f"the call ended ({call.outcome}) in attempt {number}"
    return OvertakenWord(number, "", part.name, place, reason, at)
