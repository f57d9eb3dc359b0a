"""Handle events of Effebot calls: play the prompt, send status webhooks, charge for legs."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from mockserver.core.account import Charge
from mockserver.core.call import Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.providers.effebot import ivr, pricing
from mockserver.providers.effebot.call_state import CANCELED_OUTCOME
from mockserver.providers.effebot.request import prompt, records, settings
from mockserver.providers.effebot.webhooks import (
    build_status_webhooks,
)


def on_status_change(context: EventContext) -> Effects:
    """Send a status webhook; the status of a call depends on its A-leg alone."""
    return (
        Effects(webhooks=build_status_webhooks(context))
        if context.event.leg in ("", "a")
        else NO_EFFECTS
    )


def on_answer(context: EventContext) -> Effects:
    """Play the prompt and limit the leg to what the balance pays for; send a status webhook."""
    events = tuple((context.call.spec.id, event) for event in _answer_events(context))
    webhooks = build_status_webhooks(context) if context.event.leg == "a" else ()
    return Effects(events=events, webhooks=webhooks)


def _answer_events(context: EventContext) -> Iterator[Event]:
    """The prompt, its end, and the hangup once the balance is used up."""
    at, leg = context.event.at, context.event.leg
    if leg == "a":
        text, duration = prompt(context.call, context.account)
        if text:
            yield Event(at, "play", "a", {"text": text})
        yield Event(at + duration, "prompt-over")
    limit = pricing.affordable_duration(context.account, leg)
    if limit is not None:
        yield Event(at + limit, "hangup", leg, {"cause": "normal"})


def on_hangup(context: EventContext) -> Effects:
    """Charge for a leg when it ends, before anything tells that the call is over."""
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
    return Effects(charges=(charge,), at_once=(paid,))


def on_ordered_payment(context: EventContext) -> Effects:
    """Charge what a scenario or the control API orders; what a leg costs is charged already."""
    amount = Decimal(str(context.event.data["amount"]))
    charge = Charge(context.account.key, amount, "act", context.call.spec.id)
    return Effects(charges=(charge,)) if amount else NO_EFFECTS


def on_begin(context: EventContext) -> Effects:
    """Dial nobody whose number is blocked by now; else send a status webhook."""
    call, at = context.call, context.event.at
    if call.legs[0].number not in records(context.account, "blocked"):
        return on_status_change(context)
    end = Event(at, "attempt-ended", data=CANCELED_OUTCOME)
    return Effects(events=((call.spec.id, end),))


EVENT_HANDLERS: Final[dict[str, Callable[[EventContext], Effects]]] = {
    "begin": on_begin,
    "ring": on_status_change,
    "answer": on_answer,
    "press": ivr.on_press,
    "say": ivr.on_say,
    "prompt-over": ivr.on_prompt_over,
    "silence": ivr.on_silence,
    "branch": ivr.on_branch,
    "hangup": on_hangup,
    "paid": on_ordered_payment,
    "ended": on_status_change,
}
on_event = by_event_type(EVENT_HANDLERS)
