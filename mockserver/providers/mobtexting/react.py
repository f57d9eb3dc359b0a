"""What follows an event at Mobtexting: the flow's words, the limit, the redial, the report."""

from collections.abc import Iterator

from mockserver.core.call import Event
from mockserver.core.provider import NOTHING, Effects, Moment, following
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Webhook
from mockserver.providers.mobtexting import dialect

REDIALS = 2  # documented default and maximum of `attempts`
GAP = MINUTE  # between redials: assumed


def answered(moment: Moment) -> Effects:
    """A flow speaks as soon as somebody is there to listen."""
    call = moment.call
    if len(call.legs) > 1:
        return NOTHING
    text = dialect.spoken(call, moment.account)
    played = Event(moment.event.at, "play", "a", {"text": text})
    return Effects(tell=(*_limit(moment), *(((call.order.id, played),) if text else ())))


def bridged(moment: Moment) -> Effects:
    limit = tuple(_limit(moment))
    return Effects(tell=limit) if limit else NOTHING


def redialled(moment: Moment) -> Effects:
    """Only a call that somebody left unanswered is dialled again (documented)."""
    call = moment.call
    wanted = dialect.given(call, "attempts")
    tries = REDIALS if wanted is None else wanted
    unanswered = any(leg.cause == "no-answer" for leg in call.legs)
    if not unanswered or call.redial >= tries:
        return NOTHING
    return Effects(place=(call.again(moment.event.at + GAP),))


def reported(moment: Moment) -> Effects:
    """One report, after the last attempt."""
    webhook_id = str(moment.call.order.wanted.get("webhook_id") or "")
    url = dialect.hook(moment.account, webhook_id) or ""
    body = dialect.report(moment.call, moment.event.at, moment.account.quirks)
    return Effects(send=(Webhook(moment.call.order.id, "completed", url, body),))


def _limit(moment: Moment) -> Iterator[tuple[str, Event]]:
    """`duration` is in minutes, counts the conversation, and ends the call."""
    minutes = dialect.given(moment.call, "duration")
    if minutes:
        end, last = moment.event.at + minutes * MINUTE, moment.call.legs[-1].name
        yield moment.call.order.id, Event(end, "hangup", last, {"cause": "normal"})


react = following(
    {"answer": answered, "bridge": bridged, "attempt-ended": redialled, "ended": reported}
)
