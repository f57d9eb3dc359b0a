"""Build the call details of Effebot and the status webhook that carries them."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account, Retry
from mockserver.core.call import Call, Leg
from mockserver.core.provider import EventContext
from mockserver.core.read_model import ReadModel
from mockserver.core.rulebook import Evidence
from mockserver.core.time import MINUTE, SECOND
from mockserver.core.webhook import Delivery, Webhook, count_begun_attempts
from mockserver.core.webhook_kind import AttemptContext, WebhookKind
from mockserver.providers.effebot.call_state import state_of, status
from mockserver.providers.effebot.request import (
    Json,
    is_enabled,
    settings,
)

STATUS_WEBHOOK: Final = "status"
RETRY: Final = Retry((MINUTE, MINUTE), frozenset({200}))
UPDATING_EVENTS: Final = frozenset(
    {"begin", "ring", "answer", "branch", "unmatched", "hangup", "paid", "ended"}
)
"""The events that change what an item of `calls` shows."""


def epoch_seconds(at: int | None) -> int | None:
    return None if at is None else at // SECOND


def planned_at(call: Call) -> int | None:
    """The requested start time in Unix seconds, even if it was in the past; None if not given."""
    value = call.spec.parameters.get("plannedAt")
    return None if value in (None, "") else int(str(value))


def build_call_details(
    call: Call, account: Account, webhook_try: int, *, webhook_sent: bool
) -> Json:
    """Eleven fields about the request and one item in `calls`, keys in the page's order.

    `webhook_try` is the number of the attempt to send a status webhook, 0 before the first one.
    `webhook_sent` is True once the webhook of the call's end has been received.
    """
    parameters = call.spec.parameters
    return {
        "id": int(call.spec.vendor_id),
        "createdAt": epoch_seconds(call.spec.created_at),
        "needRecording": int(is_enabled(parameters, "needRecording")),
        "plannedAt": planned_at(call),
        "webhookUrl": parameters.get("webhookUrl"),
        "webhookSent": int(webhook_sent),
        "amoscriptId": None,
        "webhookParameters": None,
        "webhookTry": webhook_try,
        "recognitionGroupId": None,
        "generateGroupId": None,
        "calls": [{**_item_id(call, account), **_build_call_item(call)}],
    }


def build_current_details(call: Call, account: Account, read_model: ReadModel) -> Json:
    """The details that a request reads, with the attempts of the latest status webhook."""
    latest = _latest_deliveries(call, read_model)
    webhook_try = count_begun_attempts(latest[0]) if latest else 0
    return build_call_details(
        call, account, webhook_try, webhook_sent=_is_end_received(call, account, latest)
    )


def _latest_deliveries(call: Call, read_model: ReadModel) -> tuple[Delivery, ...]:
    """The delivery of the latest status webhook, and its copies; empty without one."""
    deliveries = read_model.call_deliveries(call.spec.id)
    statuses = [each for each in deliveries if each.webhook.kind == STATUS_WEBHOOK]
    if not statuses:
        return ()
    latest = statuses[-1].copy_of or statuses[-1].id
    return tuple(each for each in statuses if latest in (each.id, each.copy_of))


def _is_end_received(call: Call, account: Account, latest: tuple[Delivery, ...]) -> bool:
    """Whether the latest webhook, of a call that has ended, was received (assumed)."""
    satisfied_by = (account.retry or RETRY).satisfied_by
    statuses = {attempt.result.status for each in latest for attempt in each.attempts}
    return call.phase == "ended" and not satisfied_by.isdisjoint(statuses)


def _item_id(call: Call, account: Account) -> Json:
    """The `id` of an item of `calls`, with the quirk `call-ids`: that of the request (assumed)."""
    return {"id": int(call.spec.vendor_id)} if "call-ids" in account.quirks else {}


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
        "updatedAt": epoch_seconds(_updated_at(call)),
        "label": state.client,
        "ivrAnswers": "".join(f"|{answer}" for answer in state.answers) or None,
        "ivrIdList": [index + 1 for index in state.entry_indexes],
        "comment": None,
    }


def _updated_at(call: Call) -> int:
    """When an event last changed the item; reading it, or playing a prompt, does not."""
    times = (event.at for event in reversed(call.events) if event.type in UPDATING_EVENTS)
    return next(times, call.spec.created_at)


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
    details = build_call_details(context.call, context.account, 1, webhook_sent=False)
    body = _build_status_body(details, context.account)
    headers = forwarded_headers(context)
    return (Webhook(context.call.spec.id, STATUS_WEBHOOK, str(url), body, headers=headers),)


def render_status(context: AttemptContext) -> Json:
    """The body of a later attempt: the call as it is when that attempt begins."""
    call, account = context.call, context.account
    is_end_received = _is_end_received(call, account, _latest_deliveries(call, context.read_model))
    webhook_try = len(context.delivery.attempts) + 1
    details = build_call_details(call, account, webhook_try, webhook_sent=is_end_received)
    return _build_status_body(details, account)


def _build_status_body(details: Json, account: Account) -> Json:
    """The details in a list, as public receivers read them; bare with the quirk `bare-webhook`."""
    return details if "bare-webhook" in account.quirks else {"apiCalls": [details]}


def forwarded_headers(context: EventContext) -> Mapping[str, str]:
    source = settings(context.account).forwarded_for
    return {"x-forwarded-for": source} if source else {}


WEBHOOKS: Final[Mapping[str, WebhookKind]] = {
    STATUS_WEBHOOK: WebhookKind(
        body=Evidence.OBSERVED,
        satisfied_by=Evidence.DOCUMENTED,
        waits=Evidence.DOCUMENTED,
        repeats=Evidence.ASSUMED,
        note="public receivers read `apiCalls`; the page says that the body has the form of the"
        " call's details, as the quirk `bare-webhook` sends it; `webhookTry` counts the attempts",
        render=render_status,
    ),
    "action": WebhookKind(
        body=Evidence.DOCUMENTED,
        satisfied_by=Evidence.ASSUMED,
        waits=Evidence.ASSUMED,
        repeats=Evidence.ASSUMED,
        note="an answer does not change, and the body has nothing else",
    ),
}
