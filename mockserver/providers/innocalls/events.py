"""What follows an event at Innocalls: words, redials, the limit of a bridge, webhooks."""

from collections.abc import Callable, Mapping
from typing import Final

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
    """The two dynamic values of a dispatch."""
    wanted = call.spec.parameters
    return f"{field_text(wanted, 'number_1')} {field_text(wanted, 'number_2')}"


def confirmation_text(call: Call) -> str:
    """What the callee hears of an order: what `type` names, one after the other (assumed)."""
    wanted = call.spec.parameters
    return ", ".join(
        f"{SPOKEN_LABELS[name]} {field_text(wanted, name)}" for name in spoken_parameters(wanted)
    )


SPOKEN_TEXTS: Final[Mapping[str, Callable[[Call], str]]] = {
    "order-confirmation": confirmation_text,
    "dispatch": dispatch_text,
}


def on_answer(context: EventContext) -> Effects:
    """Whoever answers hears what the operation has to say."""
    call, event = context.call, context.event
    if call.spec.operation not in SPOKEN_TEXTS:
        return NO_EFFECTS
    text = SPOKEN_TEXTS[call.spec.operation](call)
    return Effects(events=((call.spec.id, Event(event.at, "play", event.leg, {"text": text})),))


def on_bridge(context: EventContext) -> Effects:
    """`duration` is in minutes, counts from the bridge (observed), and ends the call."""
    minutes = whole_number(context.call.spec.parameters, "duration", 0)
    if not minutes:
        return NO_EFFECTS
    end = Event(context.event.at + minutes * MINUTE, "hangup", "b", {"cause": "normal"})
    return Effects(events=((context.call.spec.id, end),))


def on_digits(context: EventContext) -> Effects:
    """One webhook a key (assumed: the page does not say whether keys are collected)."""
    keys = str(context.event.data["digits"])
    told = ({"action": "GetDigits", "callId": _vendor_id(context), "clicked": key} for key in keys)
    return Effects(
        webhooks=tuple(
            build_webhook(context, "get-digits", one) for one in told if has_webhook(context)
        )
    )


def on_attempt_ended(context: EventContext) -> Effects:
    """On no response or busy (documented), so long after the last attempt began (assumed)."""
    call, wanted = context.call, context.call.spec.parameters
    unreached = call.legs[0].cause in ("busy", "no-answer")
    if call.spec.operation != "order-confirmation" or not unreached:
        return NO_EFFECTS
    if call.redial_index >= whole_number(wanted, "tries", DEFAULT_TRIES):
        return NO_EFFECTS
    began = call.starts_at if call.attempt_started_at is None else call.attempt_started_at
    due = began + whole_number(wanted, "try_delay", DEFAULT_TRY_DELAY) * MINUTE
    return Effects(calls=(call.with_redial(max(due, context.event.at)),))


def on_ended(context: EventContext) -> Effects:
    if not has_webhook(context):
        return NO_EFFECTS
    leg = context.call.legs[0]
    told = {
        "action": "CDR",
        "callId": _vendor_id(context),
        "disposition": "Answered" if leg.answered_at is not None else "Failed",
        "to": leg.number,
    }
    return Effects(webhooks=(build_webhook(context, "cdr", told),))


def _vendor_id(context: EventContext) -> str:
    return context.call.spec.vendor_id


on_event = by_event_type(
    {
        "answer": on_answer,
        "bridge": on_bridge,
        "digits": on_digits,
        "attempt-ended": on_attempt_ended,
        "ended": on_ended,
    }
)
