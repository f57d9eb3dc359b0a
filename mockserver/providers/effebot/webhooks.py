"""Build the call details of Effebot and the status webhook that carries them."""

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
    """The requested start time in Unix seconds, even if it was in the past; None if not given."""
    value = call.spec.parameters.get("plannedAt")
    return None if value in (None, "") else int(str(value))


def build_call_details(call: Call, deliveries: tuple[Delivery, ...]) -> Json:
    """Eleven fields about the request and one item in `calls`, keys in the page's order."""
    statuses = [delivery for delivery in deliveries if delivery.webhook.kind == STATUS_WEBHOOK]
    parameters = call.spec.parameters
    return {
        "id": int(call.spec.vendor_id),
        "createdAt": epoch_seconds(call.spec.created_at),
        "needRecording": int(is_enabled(parameters, "needRecording")),
        "plannedAt": planned_at(call),
        "webhookUrl": parameters.get("webhookUrl"),
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
    state = state_of(call)
    digits = [answer for answer in state.answers if answer.isdecimal()]
    recorded = first.answered_at is not None and is_enabled(call.spec.parameters, "needRecording")
    return {
        "phone": first.number,
        "ivrDigit": int(digits[-1]) if digits else None,
        "startedAt": epoch_seconds(first.ringing_at),
        "answeredAt": epoch_seconds(first.answered_at),
        "managerStartedAt": epoch_seconds(manager.ringing_at) if manager else None,
        "managerAnsweredAt": epoch_seconds(manager.answered_at) if manager else None,
        "finishedAt": epoch_seconds(call.ended_at),
        "toBlock": int(state.is_blocked),
        "status": status(call),
        "hangupCause": first.cause,
        "managerStatus": _manager_status(manager),
        "recordFilePath": call.spec.recording_url if recorded else None,
        "cost": str(state.cost),
        "createdAt": epoch_seconds(call.spec.created_at),
        "updatedAt": epoch_seconds(call.events[-1].at),
        "label": state.client,
        "ivrAnswers": "".join(f"|{answer}" for answer in state.answers) or None,
        "ivrIdList": list(state.entry_indexes),
        "comment": None,
    }


def _manager_status(leg: Leg | None) -> str | None:
    """The status of the manager's leg; assumed to use the words for calls."""
    if leg is None:
        return None
    if leg.ended_at is not None:
        return "finished" if leg.answered_at is not None else "canceled"
    return "answered" if leg.answered_at is not None else "started"


def build_status_webhooks(context: EventContext) -> tuple[Webhook, ...]:
    """A webhook with the call details, if the request has a `webhookUrl`."""
    url = context.call.spec.parameters.get("webhookUrl")
    if not url:
        return ()
    deliveries = context.read_model.call_deliveries(context.call.spec.id)
    body = {"apiCalls": [build_call_details(context.call, deliveries)]}
    headers = forwarded_headers(context)
    return (Webhook(context.call.spec.id, STATUS_WEBHOOK, str(url), body, headers=headers),)


def forwarded_headers(context: EventContext) -> Mapping[str, str]:
    source = settings(context.account).forwarded_for
    return {"x-forwarded-for": source} if source else {}
