"""Handle events of Innocalls calls: read texts out, limit bridges, redial, send webhooks."""

from collections.abc import Callable, Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.provider import (
    NO_EFFECTS,
    Effects,
    EventContext,
    by_event_type,
)
from mockserver.core.time import MINUTE
from mockserver.providers.innocalls.request import (
    SPOKEN_LABELS,
    field_text,
    spoken_parameters,
    whole_number,
)
from mockserver.providers.innocalls.webhooks import build_webhook, has_webhook

DEFAULT_TRIES: Final = 0  # neither default is documented: assumed
DEFAULT_TRY_DELAY: Final = 1  # minutes


def dispatch_text(call: Call) -> str:
    """The two dynamic values that a dispatched call reads out."""
    parameters = call.spec.parameters
    return f"{field_text(parameters, 'number_1')} {field_text(parameters, 'number_2')}"


def confirmation_text(call: Call) -> str:
    """The text of an order confirmation: the parameters that `type` names, in order (assumed)."""
    parameters = call.spec.parameters
    return ", ".join(
        f"{SPOKEN_LABELS[name]} {field_text(parameters, name)}"
        for name in spoken_parameters(parameters)
    )


SPOKEN_TEXTS: Final[Mapping[str, Callable[[Call], str]]] = {
    "order-confirmation": confirmation_text,
    "dispatch": dispatch_text,
}


def on_answer(context: EventContext) -> Effects:
    """Play the text of the operation, if it has one."""
    call, event = context.call, context.event
    if call.spec.operation not in SPOKEN_TEXTS:
        return NO_EFFECTS
    text = SPOKEN_TEXTS[call.spec.operation](call)
    return Effects(events=((call.spec.id, Event(event.at, "play", event.leg, {"text": text})),))


def on_bridge(context: EventContext) -> Effects:
    """Hang up after the `duration` of a bridge, in minutes from the bridge on (observed)."""
    spec = context.call.spec
    minutes = whole_number(spec.parameters, "duration", 0) if spec.operation == "bridge" else 0
    if not minutes:
        return NO_EFFECTS
    end = Event(context.event.at + minutes * MINUTE, "hangup", "b", {"cause": "normal"})
    return Effects(events=((context.call.spec.id, end),))


def on_press(context: EventContext) -> Effects:
    """Send one webhook per key (assumed: the page does not say whether keys are collected)."""
    keys = str(context.event.data["digits"])
    queries = (
        {"action": "GetDigits", "callId": _vendor_id(context), "clicked": key} for key in keys
    )
    return Effects(
        webhooks=tuple(
            build_webhook(context, "get-digits", query) for query in queries if has_webhook(context)
        )
    )


def on_attempt_ended(context: EventContext) -> Effects:
    """Redial an order confirmation after no answer or busy (documented).

    `try_delay` is in minutes; that it counts from the start of the last attempt is assumed.
    """
    call, parameters = context.call, context.call.spec.parameters
    unreached = call.legs[0].cause in ("busy", "no-answer")
    if call.spec.operation != "order-confirmation" or not unreached:
        return NO_EFFECTS
    if call.redial_index >= whole_number(parameters, "tries", DEFAULT_TRIES):
        return NO_EFFECTS
    started_at = call.starts_at if call.attempt_started_at is None else call.attempt_started_at
    due_at = started_at + _redial_delay(parameters, context.account)
    return Effects(calls=(call.with_redial(max(due_at, context.event.at)),))


def _redial_delay(parameters: Mapping[str, object], account: Account) -> int:
    """The delay in ms: that of the request, else of the account."""
    if not field_text(parameters, "try_delay") and account.redial_after is not None:
        return account.redial_after
    return whole_number(parameters, "try_delay", DEFAULT_TRY_DELAY) * MINUTE


def on_ended(context: EventContext) -> Effects:
    """Send the call detail record of a dispatched call."""
    if not has_webhook(context):
        return NO_EFFECTS
    leg = context.call.legs[0]
    query = {
        "action": "CDR",
        "callId": _vendor_id(context),
        "disposition": "Answered" if leg.answered_at is not None else "Failed",
        "to": leg.number,
    }
    return Effects(webhooks=(build_webhook(context, "cdr", query),))


def _vendor_id(context: EventContext) -> str:
    return context.call.spec.vendor_id


on_event = by_event_type(
    {
        "answer": on_answer,
        "bridge": on_bridge,
        "press": on_press,
        "attempt-ended": on_attempt_ended,
        "ended": on_ended,
    }
)
