"""What follows an event at Mobtexting: the limit, the redial, the report."""

from mockserver.core.call import Event
from mockserver.core.provider import NOTHING, Effects, Moment, following
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Webhook
from mockserver.providers.mobtexting import dialect

REDIALS = 2  # documented default and maximum of `attempts`
GAP = MINUTE  # between redials: assumed


def limited(moment: Moment) -> Effects:
    """`duration` is in minutes and ends the call."""
    minutes = moment.call.order.wanted.get("duration")
    if not minutes:
        return NOTHING
    end = Event(moment.event.at + int(str(minutes)) * MINUTE, "hangup", "b", {"cause": "normal"})
    return Effects(tell=((moment.call.order.id, end),))


def redialled(moment: Moment) -> Effects:
    """Only a call that somebody left unanswered is dialled again (documented)."""
    call = moment.call
    tries = int(str(call.order.wanted.get("attempts", REDIALS)))
    unanswered = any(leg.cause == "no-answer" for leg in call.legs)
    if not unanswered or call.redial >= tries:
        return NOTHING
    return Effects(place=(call.again(moment.event.at + GAP),))


def reported(moment: Moment) -> Effects:
    """One report, after the last attempt."""
    webhook_id = str(moment.call.order.wanted.get("webhook_id", ""))
    url = dialect.hook(moment.account, webhook_id) or ""
    body = dialect.report(moment.call, moment.event.at)
    return Effects(send=(Webhook(moment.call.order.id, "completed", url, body),))


react = following({"bridge": limited, "attempt-ended": redialled, "ended": reported})
