"""What follows an event at Innocalls: words, redials, the limit of a bridge, webhooks."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from mockserver.core.call import Call, Event
from mockserver.core.provider import NOTHING, Effects, Moment, following
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Webhook
from mockserver.providers.innocalls.dialect import read_out
from mockserver.providers.innocalls.reading import number, said

NOWHERE: Final = "#"  # the sample's placeholder for a webhook
TRIES: Final = 0  # neither default is documented: assumed
TRY_DELAY: Final = 1  # minutes


def announced(call: Call) -> str:
    """The two dynamic values of a dispatch."""
    wanted = call.order.wanted
    return f"{said(wanted, 'number_1')} {said(wanted, 'number_2')}"


SPOKEN: Final[Mapping[str, Callable[[Call], str]]] = {
    "order-confirmation": read_out,
    "dispatch": announced,
}


def answered(moment: Moment) -> Effects:
    """Whoever answers hears what the operation has to say."""
    call, event = moment.call, moment.event
    if call.order.operation not in SPOKEN:
        return NOTHING
    text = SPOKEN[call.order.operation](call)
    return Effects(tell=((call.order.id, Event(event.at, "play", event.leg, {"text": text})),))


def bridged(moment: Moment) -> Effects:
    """`duration` is in minutes, counts from the bridge (observed), and ends the call."""
    minutes = number(moment.call.order.wanted, "duration", 0)
    if not minutes:
        return NOTHING
    end = Event(moment.event.at + minutes * MINUTE, "hangup", "b", {"cause": "normal"})
    return Effects(tell=((moment.call.order.id, end),))


def pressed(moment: Moment) -> Effects:
    """One webhook a key (assumed: the page does not say whether keys are collected)."""
    keys = str(moment.event.data["digits"])
    told = ({"action": "GetDigits", "callId": _id(moment), "clicked": key} for key in keys)
    return Effects(send=tuple(_hook(moment, "get-digits", one) for one in told if _heard(moment)))


def redialled(moment: Moment) -> Effects:
    """On no response or busy (documented), so long after the last attempt began (assumed)."""
    call, wanted = moment.call, moment.call.order.wanted
    unreached = call.legs[0].cause in ("busy", "no-answer")
    if call.order.operation != "order-confirmation" or not unreached:
        return NOTHING
    if call.redial >= number(wanted, "tries", TRIES):
        return NOTHING
    began = call.starts_at if call.began_at is None else call.began_at
    due = began + number(wanted, "try_delay", TRY_DELAY) * MINUTE
    return Effects(place=(call.again(max(due, moment.event.at)),))


def reported(moment: Moment) -> Effects:
    if not _heard(moment):
        return NOTHING
    leg = moment.call.legs[0]
    told = {
        "action": "CDR",
        "callId": _id(moment),
        "disposition": "Answered" if leg.answered_at is not None else "Failed",
        "to": leg.number,
    }
    return Effects(send=(_hook(moment, "cdr", told),))


def merged(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with these parameters behind whatever query it has."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def _heard(moment: Moment) -> bool:
    """Whether somebody wants to be told."""
    order = moment.call.order
    return order.operation == "dispatch" and said(order.wanted, "webhook") != NOWHERE


def _hook(moment: Moment, kind: str, told: Mapping[str, str]) -> Webhook:
    url = merged(said(moment.call.order.wanted, "webhook"), told)
    return Webhook(moment.call.order.id, kind, url, method="GET")


def _id(moment: Moment) -> str:
    return moment.call.order.vendor_id


react = following(
    {
        "answer": answered,
        "bridge": bridged,
        "digits": pressed,
        "attempt-ended": redialled,
        "ended": reported,
    }
)
