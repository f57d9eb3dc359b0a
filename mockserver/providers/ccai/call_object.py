"""How the CCAI Platform prints a call: the keys of its examples, in their order."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.time import SECOND, format_iso
from mockserver.providers.ccai.call_state import (
    QUEUE,
    connected_at,
    end_user_leg,
    queued_at,
    state_of,
    status,
)
from mockserver.providers.ccai.participants import (
    agent_info,
    agent_of,
    build_participant_objects,
    build_transfer_object,
    durations,
    end_user,
    fail_reason,
    format_time,
    menu_path,
)
from mockserver.providers.ccai.records import Menu
from mockserver.providers.ccai.request import (
    INBOUND_TYPES,
    OUTBOUND_TYPES,
    SCHEDULED_TYPES,
    Json,
    build_menu_object,
    default_number,
    menu_id_of,
    menu_of,
    parse_scheduled_at,
    records,
    settings,
)


def build_new_call_object(call: Call, account: Account) -> Json:
    """The answer of a create: without `parent_id`; `voip_provider` for outbound calls alone."""
    told = build_call_object(call, account)
    del told["parent_id"]
    if call.spec.flow == QUEUE:
        del told["voip_provider"]
    if "scheduled-as-inbound" in account.quirks and call.spec.operation == "create-scheduled":
        told |= {"call_type": INBOUND_TYPES[0], "status": "queued"}
    return told


def build_call_object(call: Call, account: Account) -> Json:
    wanted, menu = call.spec.parameters, menu_of(call, account)
    return {
        "id": int(call.spec.vendor_id),
        "parent_id": _optional_int(wanted.get("call_id")) if _is_scheduled(call) else None,
        "lang": str(wanted.get("lang") or "en"),
        "call_type": CALL_TYPES[call.spec.operation],
        "status": status(call),
        **_timestamps(call, account),
        **durations(call),
        "rating": state_of(call).rating,
        "has_feedback": state_of(call).rating is not None,
        "voip_provider": "voip_provider_twilio",
        "out_ticket_id": str(wanted["ticket_id"]) if wanted.get("ticket_id") else None,
        "out_ticket_url": None,
        "verified": False,
        "recording_url": call.spec.recording_url if _has_recording(call, menu) else None,
        "recording_permission": _recording_permission(call, menu),
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
        "transfers": [
            build_transfer_object(call, account, one) for one in enumerate(state_of(call).transfers)
        ],
        "deflection_details": [],
        "participants": list(build_participant_objects(call, account)),
        "offer_type": "cascade" if call.spec.flow == QUEUE else None,
        "offer_events": _offer_events(call, menu),
        "answer_type": "manual",
        "outbound_number": _outbound_number(call, account),
    }


def _is_scheduled(call: Call) -> bool:
    return call.spec.operation == "create-scheduled"


CALL_TYPES: Final = {
    "create-outbound": OUTBOUND_TYPES[0],
    "create-inbound": INBOUND_TYPES[0],
    "create-scheduled": SCHEDULED_TYPES[0],
}


def _timestamps(call: Call, account: Account) -> Json:
    """Queued calls are created on the whole second, as in all examples."""
    queued, made = queued_at(call), call.spec.created_at
    shown = made if call.spec.flow != QUEUE else made // SECOND * SECOND
    booked = call.spec.parameters.get("scheduled_at") if _is_scheduled(call) else None
    return {
        "created_at": format_iso(shown),
        "queued_at": format_time(queued),
        "assigned_at": format_time(assigned_at(call, account)),
        "connected_at": format_time(connected_at(call)),
        "ends_at": format_time(call.ended_at),
        "scheduled_at": format_time(parse_scheduled_at(str(booked))) if booked else None,
    }


def assigned_at(call: Call, account: Account) -> int | None:
    """An outbound call has its agent at once; a queued one when an agent has answered."""
    if call.spec.flow != QUEUE:
        return call.spec.created_at + settings(account).assignment
    answers = (event.at for event in call.events if (event.type, event.leg) == ("answer", "b"))
    return next(answers, None)


def _optional_int(value: object) -> int | None:
    return int(str(value)) if value else None


def _has_recording(call: Call, menu: Menu | None) -> bool:
    """After a conversation in a queue that records, or that asks and was granted it."""
    if menu is None or call.phase != "ended" or connected_at(call) is None:
        return False
    return menu.recording == "always" or _recording_permission(call, menu) == "granted"


def _recording_permission(call: Call, menu: Menu | None) -> str:
    """What was sent counts only where the queue asks for it (documented)."""
    asked = str(
        call.spec.parameters.get("recording_permission") or "recording_permission_not_asked"
    )
    asks = menu is not None and menu.recording == "ask"
    return asked.removeprefix("recording_permission_") if asks else "not_asked"


def _voicemail_reason(call: Call) -> str:
    left = status(call).startswith("voicemail")
    return "voicemail" if left else "not_voicemail"  # the other literals are unknown: assumed


def _disconnected_by(call: Call) -> str:
    """By whoever hung up first; who that was is unknown until then."""
    ends = (event.leg for event in call.events if event.type == "hangup")
    leg = next(ends, None) if call.phase == "ended" else None
    if leg is None or connected_at(call) is None or state_of(call).has_expired:
        return "disconnected_by_unknown"
    word = "end_user" if end_user_leg(call).name == leg else "agent"
    return f"disconnected_by_{word}"


def _offer_events(call: Call, menu: Menu | None) -> list[object]:
    """The queue is cast to its group as soon as the call is there."""
    if call.spec.flow != QUEUE or menu is None:
        return []
    at = call.spec.created_at // SECOND * SECOND
    return [{"casting_time": format_iso(at), "group": menu.group}]


def _outbound_number(call: Call, account: Account) -> str | None:
    """As sent; incoming calls fall back to the default where it is absent or not known."""
    sent = call.spec.parameters.get("outbound_number")
    known: Mapping[str, object] = records(account, "outbound_numbers")
    if sent and (call.spec.flow != QUEUE or str(sent) in known):
        return str(sent)
    return default_number(account)
