"""What follows an event at Effebot: the prompt, webhooks on each status, money for each leg."""

from collections.abc import Callable, Iterator
from typing import Final

from mockserver.core.call import Event
from mockserver.core.provider import NOTHING, Effects, Moment, following
from mockserver.core.webhook import Webhook
from mockserver.providers.effebot import ivr, money
from mockserver.providers.effebot.dialect import STATUS, details
from mockserver.providers.effebot.reading import prompt, settings


def hooks(moment: Moment) -> tuple[Webhook, ...]:
    """The call's details, where the request wants them."""
    url = moment.call.order.wanted.get("webhookUrl")
    if not url:
        return ()
    sent = moment.view.webhooks(moment.call.order.id)
    body = {"apiCalls": [details(moment.call, sent)]}
    headers = ivr.forwarded(moment)
    return (Webhook(moment.call.order.id, STATUS, str(url), body, headers=headers),)


def changed(moment: Moment) -> Effects:
    """Of the status of the call, which is that of its A-leg."""
    return Effects(send=hooks(moment)) if moment.event.leg in ("", "a") else NOTHING


def answered(moment: Moment) -> Effects:
    tell = tuple((moment.call.order.id, one) for one in _coming(moment))
    send = hooks(moment) if moment.event.leg == "a" else ()
    return Effects(tell=tell, send=send)


def _coming(moment: Moment) -> Iterator[Event]:
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


def hung_up(moment: Moment) -> Effects:
    """A leg is paid for when it ends."""
    call = moment.call
    leg = call.leg(moment.event.leg)
    if leg is None:
        return NOTHING
    tariff = settings(moment.account).tariff
    amount = money.affordable(moment.account, money.of_leg(leg, tariff))
    if not amount:
        return NOTHING
    paid = Event(moment.event.at, "paid", data={"amount": str(amount)})
    charge = money.charge(moment.account, amount, f"leg {leg.name}", call)
    return Effects(charge=(charge,), tell=((call.order.id, paid),))


REACTIONS: Final[dict[str, Callable[[Moment], Effects]]] = {
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
react = following(REACTIONS)
