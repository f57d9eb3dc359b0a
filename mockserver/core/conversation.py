"""The default end of a conversation: who hangs up if nobody says how long it lasts."""

from collections.abc import Container
from typing import Final

from mockserver.core.behavior import fixed_duration
from mockserver.core.call import NORMAL_CAUSE, Call, Event, Leg, conversation_start
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.script import (
    GONE_STATES,
    HANGUP_WAITS,
    NO_TRACK,
    DueStep,
    Script,
    WaitReason,
    next_step,
)
from mockserver.core.time import SECOND

DEFAULT_TALK: Final = fixed_duration(6 * SECOND)
ACTION_TYPES: Final = ("press", "say")


def next_due_step(
    script: Script, call: Call, seed: str
) -> tuple[DueStep | None, tuple[WaitReason, ...]]:
    """Return (the next step of the script, else the default hangup; what the call waits for)."""
    step, waits = next_step(script, call, seed)
    if waits is HANGUP_WAITS and (hangup := default_hangup(script, call)):
        return hangup, ()
    return step, waits


def default_hangup(script: Script, call: Call) -> DueStep | None:
    """Return the hangup that ends the conversation by default; None if the call has to wait.

    There is none while a step is pending on a track of a leg that is present, its `talk` and
    `hangup` included, or on the track of the scenario's steps, nor with a person. The leg with
    the last key or word hangs up, else the first to have answered, 6 s after the last key or word
    or the beginning of the conversation, whichever is later. A leg that is told to stay never does.
    If the steps of the scenario ended later than that, the hangup comes with the last of them.
    """
    began_at = conversation_start(call, CALL_FLOWS[call.spec.flow].awaited_leg)
    if began_at is None or _is_held_open(script, call):
        return None
    staying = [track.leg for track in script if track.stays]
    present = {leg.name: leg for leg in call.legs if leg.state == "answered"}
    leaving = [leg for leg in present.values() if leg.name not in staying]
    if not leaving:
        return None
    leg, since = min(leaving, key=_answered_at).name, began_at
    if action := _last_action(call, present):
        since = max(since, action.at)
        leg = leg if action.leg in staying else action.leg
    steps_ended_at = max((cursor.since for cursor in call.cursors), default=0)
    at = max(since + DEFAULT_TALK.low, steps_ended_at)
    return DueStep(at, NO_TRACK, Event(at, "hangup", leg, NORMAL_CAUSE), "")


def _is_held_open(script: Script, call: Call) -> bool:
    """Whether a step of the scenario or of a present leg is pending, or a person is present."""
    gone = [leg.name for leg in call.legs if leg.state in GONE_STATES]
    for track, cursor in zip(script, call.cursors, strict=False):
        if track.leg not in gone and (track.is_person or cursor.position < len(track.steps)):
            return True
    return False


def _last_action(call: Call, present: Container[str]) -> Event | None:
    """Return the last key or word of a present leg in the current attempt."""
    for event in reversed(call.events):
        if event.type == "begin":
            break
        if event.type in ACTION_TYPES and event.leg in present:
            return event
    return None


def _answered_at(leg: Leg) -> int:
    return leg.answered_at or 0
