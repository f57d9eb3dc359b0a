"""Build the call object of the CCAI Platform, with the keys of its examples in their order."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.time import SECOND, format_iso
from mockserver.providers.ccai.call_state import (
    FINAL_STAGES,
    QUEUE,
    connected_at,
    queued_at,
    state_of,
    status,
)
from mockserver.providers.ccai.history import castings, recording_mode
from mockserver.providers.ccai.intervals import agent_intervals
from mockserver.providers.ccai.participants import (
    agent_info,
    agent_of,
    build_participant_objects,
    durations,
    end_user,
    fail_reason,
    format_time,
    menu_path,
)
from mockserver.providers.ccai.request import (
    INBOUND_TYPES,
    OUTBOUND_TYPES,
    SCHEDULED_TYPES,
    Json,
    build_menu_object,
    menu_id_of,
    menu_of,
    parse_scheduled_at,
    settings,
)
from mockserver.providers.ccai.roles import ending_hangup
from mockserver.providers.ccai.transfers import build_transfer_objects, casts_after_refusals


def build_new_call_object(call: Call, account: Account) -> Json:
    """The call object in the response to a create request.

    It lacks `parent_id`, and `voip_provider` unless the call is outbound.
    """
    body = build_call_object(call, account, call.spec.created_at)
    del body["parent_id"]
    if call.spec.flow == QUEUE:
        del body["voip_provider"]
    return body


def build_call_object(call: Call, account: Account, now: int) -> Json:
    """The call object as it is at `now`, in ms."""
    parameters, menu = call.spec.parameters, menu_of(call, account)
    return {
        "id": int(call.spec.vendor_id),
        "parent_id": _optional_int(parameters.get("call_id")) if _is_scheduled(call) else None,
        "lang": str(parameters.get("lang") or "en"),
        **_type_and_status(call, account),
        **_timestamps(call, account),
        **durations(call, now),
        "rating": state_of(call).rating,
        "has_feedback": state_of(call).rating is not None,
        "voip_provider": state_of(call).voip_provider,
        "out_ticket_id": str(parameters["ticket_id"]) if parameters.get("ticket_id") else None,
        "out_ticket_url": None,
        "verified": False,
        "recording_url": call.spec.recording_url if _has_recording(call) else None,
        "recording_permission": _recording_permission(call),
        "voicemail_reason": _voicemail_reason(call),
        "deflection": state_of(call).deflection,
        "disconnected_by": _disconnected_by(call),
        "fail_reason": fail_reason(call),
        "fail_details": None,
        "support_number": None,
        "selected_menu": build_menu_object(menu_id_of(call), account),
        "menu_path": menu_path(menu_id_of(call), account) if menu else None,
        "agent_info": agent_info(agent_of(call), account),
        "end_user": end_user(call, account),
        "photos": [],
        "videos": [],
        "transfers": list(build_transfer_objects(call, account)),
        "deflection_details": [],
        "participants": list(build_participant_objects(call, account, now)),
        "offer_type": "cascade" if call.spec.flow == QUEUE else None,
        "offer_events": _offer_events(call, account),
        "answer_type": "manual",
        "outbound_number": state_of(call).creation.outbound_number,
    }


def _is_scheduled(call: Call) -> bool:
    return call.spec.operation == "create-scheduled"


CALL_TYPES: Final = {
    "create-outbound": OUTBOUND_TYPES[0],
    "create-inbound": INBOUND_TYPES[0],
    "create-scheduled": SCHEDULED_TYPES[0],
}


def _type_and_status(call: Call, account: Account) -> Json:
    """With the quirk `scheduled-as-inbound`, a scheduled call looks like an incoming one."""
    call_type, word = CALL_TYPES[call.spec.operation], status(call)
    if "scheduled-as-inbound" in account.quirks and _is_scheduled(call):
        call_type, word = INBOUND_TYPES[0], "queued" if word == "scheduled" else word
    return {"call_type": call_type, "status": word}


def _timestamps(call: Call, account: Account) -> Json:
    """The timestamps of a call.

    `created_at` of a queued call is a whole second, as in all examples.
    """
    queued, created_at = queued_at(call), call.spec.created_at
    printed = created_at if call.spec.flow != QUEUE else created_at // SECOND * SECOND
    scheduled_at = call.spec.parameters.get("scheduled_at") if _is_scheduled(call) else None
    return {
        "created_at": format_iso(printed),
        "queued_at": format_time(queued),
        "assigned_at": format_time(assigned_at(call, account)),
        "connected_at": format_time(connected_at(call)),
        "ends_at": format_time(call.ended_at),
        "scheduled_at": format_time(parse_scheduled_at(str(scheduled_at)))
        if scheduled_at
        else None,
    }


def assigned_at(call: Call, account: Account) -> int | None:
    """The time at which a call got its agent, or the last one of several, in ms; None before.

    An outbound call gets its first one `assignment` ms after creation. Any other one is assigned
    when that agent answers.
    """
    agents = tuple(agent_intervals(call))
    if call.spec.flow != QUEUE and len(agents) == 1:
        return call.spec.created_at + settings(account).assignment
    return agents[-1].since if agents else None


def _optional_int(value: object) -> int | None:
    return int(str(value)) if value else None


def _has_recording(call: Call) -> bool:
    """Whether there is a recording: of a voicemail, or of a conversation that was recorded.

    The latter is recorded in a queue that always records, or asks and may record.
    """
    if status(call) in ("voicemail_received", "voicemail_read"):
        return True
    if call.phase != "ended" or connected_at(call) is None:
        return False
    return recording_mode(call) == "always" or _recording_permission(call) == "granted"


def _recording_permission(call: Call) -> str:
    """The permission of the request, which counts only if the queue asks for one (documented)."""
    permission = str(
        call.spec.parameters.get("recording_permission") or "recording_permission_not_asked"
    )
    is_asked = recording_mode(call) == "ask"
    return permission.removeprefix("recording_permission_") if is_asked else "not_asked"


def _voicemail_reason(call: Call) -> str:
    has_voicemail = status(call).startswith("voicemail")
    return "voicemail" if has_voicemail else "not_voicemail"  # assumed: `voicemail`


def _disconnected_by(call: Call) -> str:
    """The side that hung up first.

    It is unknown before the end, without a conversation, and if the platform ended the call.
    """
    hangup, state = ending_hangup(call), state_of(call)
    is_unknown = call.phase != "ended" or connected_at(call) is None
    if hangup is None or is_unknown or state.has_expired or state.stage in FINAL_STAGES:
        return "disconnected_by_unknown"
    return f"disconnected_by_{call.spec.roles[hangup.leg]}"


def _offer_events(call: Call, account: Account) -> list[object]:
    """The groups that the call was offered to, in order, each with its time."""
    offers = ((casting.at, casting.group) for casting in castings(call))
    return [
        {"casting_time": format_iso(at), "group": group}
        for at, group in sorted((*offers, *casts_after_refusals(call, account)))
    ]
