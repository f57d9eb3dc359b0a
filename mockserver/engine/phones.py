"""The legs behind which somebody sits whom the mock server does not play."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.call import Call, Leg
from mockserver.core.value import Value
from mockserver.engine.sandbox_state import SandboxState

ANY_LEG: Final = ("hangup", "")
"""The wait of a call in which nothing is due: any leg that is connected may end it."""


class Phone(Value):
    """A leg that waits for what a person does; `since` is in ms.

    `heard` are the prompts that it got since it has answered, each with its time in ms.
    """

    call: Call
    leg: Leg
    since: int
    heard: tuple[tuple[int, str], ...] = ()


def find_phones(state: SandboxState) -> list[Phone]:
    """Return the phones of all calls: those that ring first, then the newest first."""
    live = [call_id for ids in state.calls.live_ids.values() for call_id in ids]
    calls = (state.calls.by_id[call_id] for call_id in live)
    phones = [phone for call in calls for phone in phones_of(state, call)]
    return sorted(phones, key=lambda phone: (phone.leg.state != "ringing", -phone.since))


def phones_of(state: SandboxState, call: Call) -> Iterator[Phone]:
    """Yield a phone for each leg of a call that waits for a person."""
    progress = state.calls.progress[call.spec.id]
    awaited = {(wait.reason, wait.leg) for wait in progress.wait_reasons}
    persons = {track.leg for track in progress.script if track.is_person}
    if any(leg.name in persons and leg.state == "answered" for leg in call.legs):
        awaited.discard(ANY_LEG)  # it is the person who hangs up
    for leg in call.legs:
        if leg.state == "ringing" and leg.ringing_at is not None:
            if ("person", leg.name) in awaited:
                yield Phone(call, leg, leg.ringing_at)
        elif leg.state == "answered" and leg.answered_at is not None:
            waits = {("press", leg.name), ("say", leg.name), ANY_LEG}
            if leg.name in persons or awaited & waits:
                yield Phone(call, leg, leg.answered_at, tuple(_prompts(call, leg, leg.answered_at)))


def _prompts(call: Call, leg: Leg, since: int) -> Iterator[tuple[int, str]]:
    """Yield the prompts to a leg, oldest first; an earlier attempt may have had a leg like it."""
    for event in call.events:
        if event.type == "play" and event.leg == leg.name and event.at >= since:
            yield event.at, str(event.data.get("text", ""))
