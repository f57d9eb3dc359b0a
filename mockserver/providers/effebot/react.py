"""What follows an event at Effebot: the prompt, webhooks on each status, money for each leg."""

from collections.abc import Callable, Iterator
from typing import Final

from mockserver.core.call import Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.webhook import Webhook
from mockserver.providers.effebot import ivr, money
from mockserver.providers.effebot.dialect import STATUS, details
from mockserver.providers.effebot.reading import prompt, settings


def hooks(moment: EventContext) -> tuple[Webhook, ...]:
    """The call's details, where the request wants them."""
    url = moment.call.spec.parameters.get("webhookUrl")
    if not url:
        return ()
    sent = moment.read_model.call_deliveries(moment.call.spec.id)
    body = {"apiCalls": [details(moment.call, sent)]}
    headers = ivr.forwarded(moment)
    return (Webhook(moment.call.spec.id, STATUS, str(url), body, headers=headers),)


def changed(moment: EventContext) -> Effects:
    """Of the status of the call, which is that of its A-leg."""
    return Effects(webhooks=hooks(moment)) if moment.event.leg in ("", "a") else NO_EFFECTS


def answered(moment: EventContext) -> Effects:
    tell = tuple((moment.call.spec.id, one) for one in _coming(moment))
    send = hooks(moment) if moment.event.leg == "a" else ()
    return Effects(events=tell, webhooks=send)


def _coming(moment: EventContext) -> Iterator[Event]:
    """The prompt, its end, and the moment at which the money is gone."""
    at, leg = moment.event.at, moment.event.leg
    if leg == "a":
        text, lasts = prompt(moment.call, moment.account)
        if text:
            yield Event(at, "play", "a", {"text": text})
        yield Event(at + lasts, "prompt-over")
    paid = money.lasts(moment.account, leg)
    if paid is not None:
        yield Event(at + paid, "hangup", leg, {"cause": "normal"})


def hung_up(moment: EventContext) -> Effects:
    """A leg is paid for when it ends."""
    call = moment.call
    leg = call.leg(moment.event.leg)
    if leg is None:
        return NO_EFFECTS
    tariff = settings(moment.account).tariff
    amount = money.affordable(moment.account, money.of_leg(leg, tariff))
    if not amount:
        return NO_EFFECTS
    paid = Event(moment.event.at, "paid", data={"amount": str(amount)})
    charge = money.charge(moment.account, amount, f"leg {leg.name}", call)
    return Effects(charges=(charge,), events=((call.spec.id, paid),))


REACTIONS: Final[dict[str, Callable[[EventContext], Effects]]] = {
    "begin": changed,
    "ring": changed,
    "answer": answered,
    "digits": ivr.pressed,
    "speech": ivr.spoken,
    "prompt-over": ivr.silent,
    "branch": ivr.branched,
    "hangup": hung_up,
    "ended": changed,
}
react = by_event_type(REACTIONS)
