"""Calls that the account has from the start, of whatever status; nothing happens to them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.provider import NO_EFFECTS, Effects
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import format_iso
from mockserver.providers.ccai.people import Json, agent_info, path
from mockserver.providers.ccai.reading import numbered, records, selected
from mockserver.providers.ccai.records import Contact, Seeded

STAMPS: Final = ("created_at", "queued_at", "assigned_at", "connected_at", "ends_at")
PRINTED: Final = ("lang", "call_type", "status", *STAMPS, "scheduled_at", "fail_reason")
BLANK: Final[Mapping[str, object]] = MappingProxyType(
    {
        **dict.fromkeys(("id", "parent_id", "lang", "call_type", "status", *STAMPS)),
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
"""A call of which nothing is known."""


def seeded(account: Account, name: str) -> Seeded | None:
    known: Mapping[str, Seeded] = records(account, "calls")
    return known.get(name)


def seeded_object(name: str, account: Account, call: Seeded) -> Json:
    """The keys of a call object, in their order."""
    return {
        **BLANK,
        **{key: getattr(call, key) for key in PRINTED},
        "id": numbered(name),
        "parent_id": call.parent,
        "selected_menu": selected(call.menu, account),
        "menu_path": path(call.menu, account) if call.menu else None,
        "agent_info": agent_info(call.agent, account),
        "end_user": _end_user(call, account),
    }


def _end_user(call: Seeded, account: Account) -> Json | None:
    contact: Contact | None = records(account, "contacts").get(call.contact)
    if contact is None:
        return None
    return {"id": contact.id, "identifier": contact.identifier, "out_contact_id": call.contact}


def cancelled(case: RequestContext, name: str, call: Seeded) -> tuple[Seeded, Effects]:
    """The call once it is cancelled, if it still waits."""
    if call.status not in ("scheduled", "queued"):
        return call, NO_EFFECTS
    gone = call._replace(status="cancelled", ends_at=format_iso(case.now))
    return gone, Effects(records=(SaveRecord(case.authenticated_account.key, "calls", name, gone),))


def recovered(account: Account, name: str) -> Effects:
    """One that had failed has been called back."""
    call = seeded(account, name)
    if call is None or call.status != "failed":
        return NO_EFFECTS
    return Effects(
        records=(SaveRecord(account.key, "calls", name, call._replace(status="recovered")),)
    )
