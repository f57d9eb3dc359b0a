"""How Effebot says it: envelopes, call details in the page's order, words."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.call import Call, Leg
from mockserver.core.provider import EventContext
from mockserver.core.time import SECOND
from mockserver.core.webhook import Delivery, Webhook
from mockserver.providers.effebot.call_state import state_of, status
from mockserver.providers.effebot.request import (
    Json,
    is_enabled,
    settings,
)

STATUS_WEBHOOK: Final = "status"


def epoch_seconds(at: int | None) -> int | None:
    return None if at is None else at // SECOND


def planned_at(call: Call) -> int | None:
    """What was asked for, also where it lies in the past."""
    told = call.spec.parameters.get("plannedAt")
    return None if told in (None, "") else int(str(told))


def build_call_details(call: Call, deliveries: tuple[Delivery, ...]) -> Json:
    """Eleven fields of the request, and one item in `calls`."""
    statuses = [one for one in deliveries if one.webhook.kind == STATUS_WEBHOOK]
    wanted = call.spec.parameters
    return {
        "id": int(call.spec.vendor_id),
        "createdAt": epoch_seconds(call.spec.created_at),
        "needRecording": int(is_enabled(wanted, "needRecording")),
        "plannedAt": planned_at(call),
        "webhookUrl": wanted.get("webhookUrl"),
        "webhookSent": int(bool(statuses) and statuses[-1].state == "delivered"),
        "amoscriptId": None,
        "webhookParameters": None,
        "webhookTry": len(statuses[-1].attempts) if statuses else 0,
        "recognitionGroupId": None,
        "generateGroupId": None,
        "calls": [_build_call_item(call)],
    }


def _build_call_item(call: Call) -> Json:
    first, manager = call.legs[0], call.leg("b")
    mine = state_of(call)
    digits = [one for one in mine.answers if one.isdecimal()]
    heard = first.answered_at is not None and is_enabled(call.spec.parameters, "needRecording")
    return {
        "phone": first.number,
        "ivrDigit": int(digits[-1]) if digits else None,
        "startedAt": epoch_seconds(first.ringing_at),
        "answeredAt": epoch_seconds(first.answered_at),
        "managerStartedAt": epoch_seconds(manager.ringing_at) if manager else None,
        "managerAnsweredAt": epoch_seconds(manager.answered_at) if manager else None,
        "finishedAt": epoch_seconds(call.ended_at),
        "toBlock": int(mine.is_blocked),
        "status": status(call),
        "hangupCause": first.cause,
        "managerStatus": _manager_status(manager),
        "recordFilePath": call.spec.recording_url if heard else None,
        "cost": str(mine.cost),
        "createdAt": epoch_seconds(call.spec.created_at),
        "updatedAt": epoch_seconds(call.events[-1].at),
        "label": mine.client,
        "ivrAnswers": "".join(f"|{one}" for one in mine.answers) or None,
        "ivrIdList": list(mine.entry_indexes),
        "comment": None,
    }


def _manager_status(leg: Leg | None) -> str | None:
    """In the words for calls: assumed."""
    if leg is None:
        return None
    if leg.ended_at is not None:
        return "finished" if leg.answered_at is not None else "canceled"
    return "answered" if leg.answered_at is not None else "started"


def build_status_webhooks(context: EventContext) -> tuple[Webhook, ...]:
    """The call's details, where the request wants them."""
    url = context.call.spec.parameters.get("webhookUrl")
    if not url:
        return ()
    sent = context.read_model.call_deliveries(context.call.spec.id)
    body = {"apiCalls": [build_call_details(context.call, sent)]}
    headers = forwarded_headers(context)
    return (Webhook(context.call.spec.id, STATUS_WEBHOOK, str(url), body, headers=headers),)


def forwarded_headers(context: EventContext) -> Mapping[str, str]:
    source = settings(context.account).forwarded_for
    return {"x-forwarded-for": source} if source else {}
