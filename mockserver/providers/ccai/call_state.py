"""The call state of the CCAI Platform (stage, holds, transfers, rating) and its status words."""

from typing import Final, NamedTuple

from mockserver.core.call import Call, Event, Leg
from mockserver.core.value import Value


class Transfer(Value):
    """A transfer to a menu or an agent, `at` a time in ms; `from_agent` hands the call over."""

    at: int
    menu: str = ""
    to_agent: str = ""
    from_agent: str = ""


class CallState(Value):
    """`stage` is a status set by a vendor event.

    `holds` are pairs (since, until) in ms; `until` of a current hold is None.
    """

    stage: str = ""
    deflection: str = "no_deflection"
    rating: int | None = None
    has_expired: bool = False
    holds: tuple[tuple[int, int | None], ...] = ()
    transfers: tuple[Transfer, ...] = ()


INITIAL_STATE = CallState()
DEFLECTIONS = ("temp_redirection_phone", "temp_redirection_queue", "after_hours_message_only")
"""Values of `deflection` that have been observed."""


def state_of(call: Call) -> CallState:
    return call.state if isinstance(call.state, CallState) else INITIAL_STATE


def set_stage(call: Call, stage: str) -> Call:
    return call.replace(state=state_of(call).replace(stage=stage))


def is_on_hold(call: Call) -> bool:
    holds = state_of(call).holds
    return bool(holds) and holds[-1][1] is None


def start_hold(call: Call, event: Event) -> Call:
    state = state_of(call)
    return call.replace(state=state.replace(holds=(*state.holds, (event.at, None))))


def end_hold(call: Call, event: Event) -> Call:
    state = state_of(call)
    *earlier, (since, _) = state.holds
    return call.replace(state=state.replace(holds=(*earlier, (since, event.at))))


def set_deflection(call: Call, event: Event) -> Call:
    to = str(event.data.get("to", DEFLECTIONS[0]))
    return call.replace(state=state_of(call).replace(stage="deflected", deflection=to))


def set_voicemail(call: Call, _: Event) -> Call:
    return call.replace(state=state_of(call).replace(stage="voicemail", deflection="voicemail"))


def add_transfer(call: Call, event: Event) -> Call:
    """Record a transfer; it ends a hold."""
    if is_on_hold(call):
        call = end_hold(call, event)
    state, agent = state_of(call), call.leg("b")
    transfer = Transfer(
        event.at,
        str(event.data.get("menu", "")),
        str(event.data.get("agent", "")),
        agent.number if agent else "",
    )
    return call.replace(state=state.replace(transfers=(*state.transfers, transfer)))


def set_rating(call: Call, event: Event) -> Call:
    stars = int(str(event.data.get("stars", "5")))
    return call.replace(state=state_of(call).replace(rating=stars))


def set_expired(call: Call, _: Event) -> Call:
    return call.replace(state=state_of(call).replace(has_expired=True))


QUEUE: Final = "queue"


class StatusRow(NamedTuple):
    """A status, the statuses that it follows, its cause, and the timestamp that it sets."""

    status: str
    predecessors: str
    trigger: str
    timestamp: str = ""


STATUS_TABLE: Final = (
    StatusRow("scheduled", "", "a create for later", "scheduled_at"),
    StatusRow(
        "queued",
        "scheduled, connected",
        "a create; the scheduled time; a transfer",
        "queued_at",
    ),
    StatusRow(
        "assigned", "queued", "an outbound create; the agent answers an offer", "assigned_at"
    ),
    StatusRow("connecting", "assigned", "one side has answered, the other still rings"),
    StatusRow("switching", "connecting", "the event `switch`"),
    StatusRow(
        "connected", "connecting, switching, queued", "both sides have answered", "connected_at"
    ),
    StatusRow("finished", "connected", "either side hangs up", "ends_at"),
    StatusRow(
        "failed",
        "assigned, connecting, switching, queued",
        "an end before both sides talked",
        "ends_at",
    ),
    StatusRow("recovered", "failed", "a child call was connected"),
    StatusRow(
        "deflected", "queued", "the event `deflect`; a minute later the call ends", "ends_at"
    ),
    StatusRow("voicemail", "deflected, queued", "the event `voicemail`"),
    StatusRow(
        "voicemail_received", "voicemail", "the end user hangs up, or two minutes pass", "ends_at"
    ),
    StatusRow("voicemail_read", "voicemail_received", "the event `read-voicemail`"),
    StatusRow(
        "cancelled", "scheduled, queued", "the cancel operation, the event `cancel`", "ends_at"
    ),
)
"""`selecting`, `action_only` and `action_only_finished` cannot arise from this API."""
FINAL_STAGES: Final = ("recovered", "voicemail_read", "deflected", "cancelled")
"""Stages that remain the status after the call has ended."""


def status(call: Call) -> str:
    stage = state_of(call).stage
    if call.phase == "ended":
        return _ended_status(call, stage)
    if stage in ("deflected", "voicemail", "cancelled"):
        return stage
    if call.phase in ("placed", "over"):
        return "scheduled" if call.starts_at > call.spec.created_at else _initial_status(call)
    return "switching" if stage == "switching" and not connected_at(call) else _active_status(call)


def _ended_status(call: Call, stage: str) -> str:
    if stage in FINAL_STAGES:
        return stage
    if stage == "voicemail":
        return "voicemail_received"
    return "finished" if connected_at(call) is not None else "failed"


def _initial_status(call: Call) -> str:
    return "queued" if call.spec.flow == QUEUE else "assigned"


def _active_status(call: Call) -> str:
    answered = [leg for leg in call.legs if leg.state == "answered"]
    agent = agent_leg(call)
    if len(answered) > 1:
        return "connected"
    if agent is None or agent.state in ("ringing", "idle", "left") or agent.ended_at is not None:
        return _initial_status(call)
    return "connecting"


def agent_leg(call: Call) -> Leg | None:
    return call.leg("b" if call.spec.flow == QUEUE else "a")


def end_user_leg(call: Call) -> Leg:
    """The leg of the end user: the A-leg of a queued call, the B-leg of an outbound call."""
    return call.legs[0 if call.spec.flow == QUEUE else 1]


def connected_at(call: Call) -> int | None:
    """The time of the first bridge, in ms; None before."""
    return next((event.at for event in call.events if event.type == "bridge"), None)


def queued_at(call: Call) -> int | None:
    """The time at which a call entered its queue, in ms; None for an outbound call or before."""
    if call.spec.flow != QUEUE:
        return None
    is_scheduled = call.starts_at > call.spec.created_at
    return call.attempt_started_at if is_scheduled else call.spec.created_at
