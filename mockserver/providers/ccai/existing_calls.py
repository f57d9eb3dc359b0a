"""Show, cancel and recover calls that are configured as records, without a simulation."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.account_values import Timestamp
from mockserver.core.provider import NO_EFFECTS, Effects
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import format_iso
from mockserver.providers.ccai.participants import agent_info, menu_path
from mockserver.providers.ccai.records import Contact, ExistingCall
from mockserver.providers.ccai.request import Json, build_menu_object, format_id, records

TIMESTAMP_KEYS: Final = ("created_at", "queued_at", "assigned_at", "connected_at", "ends_at")
COPIED_KEYS: Final = ("lang", "call_type", "status", *TIMESTAMP_KEYS, "scheduled_at", "fail_reason")
DEFAULT_CALL_OBJECT: Final[Mapping[str, object]] = MappingProxyType(
    {
        **dict.fromkeys(("id", "parent_id", "lang", "call_type", "status", *TIMESTAMP_KEYS)),
        "scheduled_at": None,
        "wait_duration": 0,
        "call_duration": 0,
        "hold_duration": 0,
        "rating": None,
        "has_feedback": False,
        "voip_provider": "voip_provider_twilio",
        "out_ticket_id": None,
        "out_ticket_url": None,
        "verified": False,
        "recording_url": None,
        "recording_permission": "not_asked",
        "voicemail_reason": "not_voicemail",
        "deflection": "no_deflection",
        "disconnected_by": "disconnected_by_unknown",
        "fail_reason": "nothing",
        "fail_details": None,
        "support_number": None,
        **dict.fromkeys(("selected_menu", "menu_path", "agent_info", "end_user")),
        **dict.fromkeys(
            ("photos", "videos", "transfers", "deflection_details", "participants"), ()
        ),
        "offer_type": None,
        "offer_events": (),
        "answer_type": "manual",
        "outbound_number": None,
    }
)
"""A call object whose values are all unknown or defaults."""


def existing_call(account: Account, name: str) -> ExistingCall | None:
    calls: Mapping[str, ExistingCall] = records(account, "calls")
    return calls.get(name)


def build_existing_call_object(name: str, account: Account, call: ExistingCall) -> Json:
    """The call object of an existing call, with the same keys in the same order as any other."""
    return {
        **DEFAULT_CALL_OBJECT,
        **{key: getattr(call, key) for key in COPIED_KEYS},
        "id": format_id(name),
        "parent_id": call.parent,
        "selected_menu": build_menu_object(call.menu, account),
        "menu_path": menu_path(call.menu, account) if call.menu else None,
        "agent_info": agent_info(call.agent, account),
        "end_user": _end_user(call, account),
    }


def _end_user(call: ExistingCall, account: Account) -> Json | None:
    contact: Contact | None = records(account, "contacts").get(call.contact)
    if contact is None:
        return None
    return {"id": contact.id, "identifier": contact.identifier, "out_contact_id": call.contact}


def cancel_existing_call(
    context: RequestContext, name: str, call: ExistingCall
) -> tuple[ExistingCall, Effects]:
    """(the call afterwards, effects): canceled if it is `scheduled` or `queued`, else unchanged."""
    if call.status not in ("scheduled", "queued"):
        return call, NO_EFFECTS
    canceled = call._replace(status="cancelled", ends_at=Timestamp(format_iso(context.now)))
    return canceled, Effects(
        records=(SaveRecord(context.authenticated_account.key, "calls", name, canceled),)
    )


def recover_existing_call(account: Account, name: str) -> Effects:
    """Mark an existing call as recovered if it had failed."""
    call = existing_call(account, name)
    if call is None or call.status != "failed":
        return NO_EFFECTS
    return Effects(
        records=(SaveRecord(account.key, "calls", name, call._replace(status="recovered")),)
    )
