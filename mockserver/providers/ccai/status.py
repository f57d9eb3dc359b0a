"""The statuses of a call: how each is reached, and which time stamp it fills."""

from typing import Final, NamedTuple

from mockserver.core.call import Call, Leg
from mockserver.providers.ccai.notes import notes

QUEUE: Final = "queue"


class Row(NamedTuple):
    """A status, those it follows, what brings it about, and the time stamp that it fills."""

    status: str
    reached_from: str
    by: str
    fills: str = ""


TABLE: Final = (
    Row("scheduled", "", "a create for later", "scheduled_at"),
    Row(
        "queued",
        "scheduled, connected",
        "a create; the time that was booked; a transfer",
        "queued_at",
    ),
    Row("assigned", "queued", "an outbound create; the agent answers an offer", "assigned_at"),
    Row("connecting", "assigned", "one side has answered, the other is still being called"),
    Row("switching", "connecting", "the act `switch`"),
    Row("connected", "connecting, switching, queued", "both sides have answered", "connected_at"),
    Row("finished", "connected", "either side hangs up", "ends_at"),
    Row(
        "failed", "assigned, connecting, switching, queued", "an end before both talked", "ends_at"
    ),
    Row("recovered", "failed", "a child call was connected"),
    Row("deflected", "queued", "the act `deflect`; a minute later the call ends", "ends_at"),
    Row("voicemail", "deflected, queued", "the act `voicemail`"),
    Row("voicemail_received", "voicemail", "the end user hangs up, or two minutes pass", "ends_at"),
    Row("voicemail_read", "voicemail_received", "the act `read-voicemail`"),
    Row("cancelled", "scheduled, queued", "the cancel operation, the act `cancel`", "ends_at"),
)
"""`selecting`, `action_only` and `action_only_finished` cannot arise from this API."""

STAYING: Final = ("recovered", "voicemail_read", "deflected", "cancelled")
"""What an act has said of a call stays after its end."""


def status(call: Call) -> str:
    stage = notes(call).stage
    if call.phase == "ended":
        return _ended(call, stage)
    if stage in ("deflected", "voicemail", "cancelled"):
        return stage
    if call.phase in ("placed", "over"):
        return "scheduled" if call.starts_at > call.spec.created_at else _first(call)
    return "switching" if stage == "switching" and not connected_at(call) else _live(call)


def _ended(call: Call, stage: str) -> str:
    if stage in STAYING:
        return stage
    if stage == "voicemail":
        return "voicemail_received"
    return "finished" if connected_at(call) is not None else "failed"


def _first(call: Call) -> str:
    return "queued" if call.spec.flow == QUEUE else "assigned"


def _live(call: Call) -> str:
    there = [leg for leg in call.legs if leg.state == "answered"]
    agent = agent_leg(call)
    if len(there) > 1:
        return "connected"
    if agent is None or agent.state in ("ringing", "idle", "left") or agent.ended_at is not None:
        return _first(call)
    return "connecting"


def agent_leg(call: Call) -> Leg | None:
    return call.leg("b" if call.spec.flow == QUEUE else "a")


def end_user_leg(call: Call) -> Leg:
    """Of a queued call the one that is there from the start, of an outbound one the other."""
    return call.legs[0 if call.spec.flow == QUEUE else 1]


def connected_at(call: Call) -> int | None:
    return next((event.at for event in call.events if event.type == "bridge"), None)


def queued_at(call: Call) -> int | None:
    if call.spec.flow != QUEUE:
        return None
    booked = call.starts_at > call.spec.created_at
    return call.attempt_started_at if booked else call.spec.created_at
