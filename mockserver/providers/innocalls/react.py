"""What follows an event at Innocalls: words, redials, the limit of a bridge, webhooks."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from mockserver.core.call import Call, Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Webhook
from mockserver.providers.innocalls.dialect import read_out
from mockserver.providers.innocalls.reading import number, said

NOWHERE: Final = "#"  # the sample's placeholder for a webhook
TRIES: Final = 0  # neither default is documented: assumed
TRY_DELAY: Final = 1  # minutes


def announced(call: Call) -> str:
    """The two dynamic values of a dispatch."""
    wanted = call.spec.parameters
    return f"{said(wanted, 'number_1')} {said(wanted, 'number_2')}"


SPOKEN: Final[Mapping[str, Callable[[Call], str]]] = {
    "order-confirmation": read_out,
    "dispatch": announced,
}


def answered(moment: EventContext) -> Effects:
    """Whoever answers hears what the operation has to say."""
    call, event = moment.call, moment.event
    if call.spec.operation not in SPOKEN:
        return NO_EFFECTS
    text = SPOKEN[call.spec.operation](call)
    return Effects(events=((call.spec.id, Event(event.at, "play", event.leg, {"text": text})),))


def bridged(moment: EventContext) -> Effects:
    """`duration` is in minutes, counts from the bridge (observed), and ends the call."""
    minutes = number(moment.call.spec.parameters, "duration", 0)
    if not minutes:
        return NO_EFFECTS
    end = Event(moment.event.at + minutes * MINUTE, "hangup", "b", {"cause": "normal"})
    return Effects(events=((moment.call.spec.id, end),))


def pressed(moment: EventContext) -> Effects:
    """One webhook a key (assumed: the page does not say whether keys are collected)."""
    keys = str(moment.event.data["digits"])
    told = ({"action": "GetDigits", "callId": _id(moment), "clicked": key} for key in keys)
    return Effects(
        webhooks=tuple(_hook(moment, "get-digits", one) for one in told if _heard(moment))
    )


def redialled(moment: EventContext) -> Effects:
    """On no response or busy (documented), so long after the last attempt began (assumed)."""
    call, wanted = moment.call, moment.call.spec.parameters
    unreached = call.legs[0].cause in ("busy", "no-answer")
    if call.spec.operation != "order-confirmation" or not unreached:
        return NO_EFFECTS
    if call.redial_index >= number(wanted, "tries", TRIES):
        return NO_EFFECTS
    began = call.starts_at if call.attempt_started_at is None else call.attempt_started_at
    due = began + number(wanted, "try_delay", TRY_DELAY) * MINUTE
    return Effects(calls=(call.with_redial(max(due, moment.event.at)),))


def reported(moment: EventContext) -> Effects:
    if not _heard(moment):
        return NO_EFFECTS
    leg = moment.call.legs[0]
    told = {
        "action": "CDR",
        "callId": _id(moment),
        "disposition": "Answered" if leg.answered_at is not None else "Failed",
        "to": leg.number,
    }
    return Effects(webhooks=(_hook(moment, "cdr", told),))


def merged(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with these parameters behind whatever query it has."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def _heard(moment: EventContext) -> bool:
    """Whether somebody wants to be told."""
    order = moment.call.spec
    return order.operation == "dispatch" and said(order.parameters, "webhook") != NOWHERE


def _hook(moment: EventContext, kind: str, told: Mapping[str, str]) -> Webhook:
    url = merged(said(moment.call.spec.parameters, "webhook"), told)
    return Webhook(moment.call.spec.id, kind, url, method="GET")


def _id(moment: EventContext) -> str:
    return moment.call.spec.vendor_id


react = by_event_type(
    {
        "answer": answered,
        "bridge": bridged,
        "digits": pressed,
        "attempt-ended": redialled,
        "ended": reported,
    }
)
