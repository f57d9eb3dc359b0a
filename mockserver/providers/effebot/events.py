"""What follows an event at Effebot: the prompt, webhooks on each status, money for each leg."""

from collections.abc import Callable, Iterator
from typing import Final

from mockserver.core.call import Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.providers.effebot import ivr, pricing
from mockserver.providers.effebot.request import prompt, settings
from mockserver.providers.effebot.webhooks import (
    build_status_webhooks,
)


def on_status_change(context: EventContext) -> Effects:
    """Of the status of the call, which is that of its A-leg."""
    return (
        Effects(webhooks=build_status_webhooks(context))
        if context.event.leg in ("", "a")
        else NO_EFFECTS
    )


def on_answer(context: EventContext) -> Effects:
    tell = tuple((context.call.spec.id, one) for one in _answer_events(context))
    send = build_status_webhooks(context) if context.event.leg == "a" else ()
    return Effects(events=tell, webhooks=send)


def _answer_events(context: EventContext) -> Iterator[Event]:
    """The prompt, its end, and the moment at which the money is gone."""
    at, leg = context.event.at, context.event.leg
    if leg == "a":
        text, lasts = prompt(context.call, context.account)
        if text:
            yield Event(at, "play", "a", {"text": text})
        yield Event(at + lasts, "prompt-over")
    paid = pricing.affordable_duration(context.account, leg)
    if paid is not None:
        yield Event(at + paid, "hangup", leg, {"cause": "normal"})


def on_hangup(context: EventContext) -> Effects:
    """A leg is paid for when it ends."""
    call = context.call
    leg = call.leg(context.event.leg)
    if leg is None:
        return NO_EFFECTS
    tariff = settings(context.account).tariff
    amount = pricing.affordable_amount(context.account, pricing.leg_cost(leg, tariff))
    if not amount:
        return NO_EFFECTS
    paid = Event(context.event.at, "paid", data={"amount": str(amount)})
    charge = pricing.build_charge(context.account, amount, f"leg {leg.name}", call)
    return Effects(charges=(charge,), events=((call.spec.id, paid),))


EVENT_HANDLERS: Final[dict[str, Callable[[EventContext], Effects]]] = {
    "begin": on_status_change,
    "ring": on_status_change,
    "answer": on_answer,
    "digits": ivr.on_digits,
    "speech": ivr.on_speech,
    "prompt-over": ivr.on_prompt_over,
    "branch": ivr.on_branch,
    "hangup": on_hangup,
    "ended": on_status_change,
}
on_event = by_event_type(EVENT_HANDLERS)
