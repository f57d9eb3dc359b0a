"""The call state of the CCAI Platform (stage, holds, transfers, rating) and its status words."""

from typing import Final

from mockserver.core.call import Call, Event
from mockserver.core.status_row import StatusRow
from mockserver.core.value import Value
from mockserver.providers.ccai.creation import NO_CREATION, Creation
from mockserver.providers.ccai.roles import agent_leg


class Transfer(Value):
    """A transfer to a menu or an agent, `at` a time in ms; `from_agent` hands the call over."""

    at: int
    menu: str = ""
    to_agent: str = ""
    from_agent: str = ""


VOIP_PROVIDERS: Final = ("voip_provider_twilio", "voip_provider_nexmo")
"""Values of `voip_provider`: the first one is documented, the other one assumed."""


class CallState(Value):
    """`stage` is a status set by a vendor event.

    `holds` are pairs (since, until) in ms; `until` of a current hold is None.
    """

    stage: str = ""
    voip_provider: str = VOIP_PROVIDERS[0]
    deflection: str = "no_deflection"
    rating: int | None = None
    has_expired: bool = False
    holds: tuple[tuple[int, int | None], ...] = ()
    transfers: tuple[Transfer, ...] = ()
    creation: Creation = NO_CREATION


INITIAL_STATE = CallState()
DEFLECTIONS = (
    *("temp_redirection_phone", "temp_redirection_queue", "after_hours_message_only"),
    *("voicemail", "schedule_call"),
)
"""Values of `deflection`: the first three are observed. The last two are options that the page
names, whose spelling is assumed."""


def state_of(call: Call) -> CallState:
    return call.state if isinstance(call.state, CallState) else INITIAL_STATE


def set_stage(call: Call, stage: str) -> Call:
    return call.replace(state=state_of(call).replace(stage=stage))


def switch_provider(call: Call, _: Event) -> Call:
    """Connect the call with the other VoIP provider."""
    state = state_of(call)
    other = VOIP_PROVIDERS[state.voip_provider == VOIP_PROVIDERS[0]]
    return call.replace(state=state.replace(stage="switching", voip_provider=other))


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
    state, agent = state_of(call), agent_leg(call)
    transfer = Transfer(
        event.at,
        str(event.data.get("menu", "")),
        str(event.data.get("agent", "")),
        agent.number if agent else "",
    )
    return call.replace(state=state.replace(stage="", transfers=(*state.transfers, transfer)))


HANDOVER_EVENTS: Final = ("offer", "transfer")


def pending_agent(call: Call) -> str:
    """The agent to whom the call was transferred and not offered since; empty if there is none."""
    transfers = state_of(call).transfers
    if not transfers:
        return ""
    types = (event.type for event in reversed(call.events) if event.type in HANDOVER_EVENTS)
    return transfers[-1].to_agent if next(types, "") == "transfer" else ""


def set_rating(call: Call, event: Event) -> Call:
    stars = int(str(event.data.get("stars", "5")))
    return call.replace(state=state_of(call).replace(rating=stars))


def set_expired(call: Call, _: Event) -> Call:
    return call.replace(state=state_of(call).replace(has_expired=True))


QUEUE: Final = "queue"
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
    StatusRow(
        "connecting",
        "assigned",
        "the agent of an outbound call answers; a second after an offer is answered",
    ),
    StatusRow("switching", "connecting", "the event `switch`"),
    StatusRow(
        "connected",
        "connecting, switching",
        "both sides have answered; a second after an offer's `connecting`",
        "connected_at",
    ),
    StatusRow("finished", "connected, queued", "an end after both sides talked", "ends_at"),
    StatusRow(
        "failed",
        "assigned, connecting, switching, queued",
        "an end before both sides talked",
        "ends_at",
    ),
    StatusRow("recovered", "failed", "a child call has finished"),
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
        return "scheduled" if call.starts_at > call.spec.created_at else _waiting_status(call)
    return "connected" if call.phase == "bridged" else _active_status(call)


def _ended_status(call: Call, stage: str) -> str:
    if stage in FINAL_STAGES:
        return stage
    if stage == "voicemail":
        return "voicemail_received"
    return "finished" if connected_at(call) is not None else "failed"


def _waiting_status(call: Call) -> str:
    """The status of a call whose agent has not answered."""
    return "queued" if call.spec.flow == QUEUE or state_of(call).transfers else "assigned"


def _active_status(call: Call) -> str:
    agent, stage = agent_leg(call), state_of(call).stage
    if agent is None or agent.state != "answered":
        return _waiting_status(call)
    if stage in CONNECTING_STAGES:
        return stage
    return "assigned" if agent.added_later else "connecting"


CONNECTING_STAGES: Final = ("connecting", "switching")


def connections(call: Call) -> tuple[int, ...]:
    """The times at which the end user and an agent were connected, in ms."""
    return tuple([event.at for event in call.events if event.type == "bridge"])


def connected_at(call: Call) -> int | None:
    """The time of the last connection, in ms; None before the first one."""
    return next((event.at for event in reversed(call.events) if event.type == "bridge"), None)


def queued_at(call: Call) -> int | None:
    """The time at which a call was last queued, in ms: by its last transfer, if there is one."""
    transfers = state_of(call).transfers
    return transfers[-1].at if transfers else first_queued_at(call)


def first_queued_at(call: Call) -> int | None:
    """The time at which a call was queued by its create, in ms; None for an outbound call."""
    if call.spec.flow != QUEUE:
        return None
    is_scheduled = call.starts_at > call.spec.created_at
    return call.attempt_started_at if is_scheduled else call.spec.created_at
