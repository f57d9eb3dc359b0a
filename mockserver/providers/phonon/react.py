"""What follows an event at Phonon: the flow's words, the next number or attempt, the report."""

from mockserver.core.call import Event
from mockserver.core.provider import NOTHING, Effects, Moment, following
from mockserver.core.webhook import Webhook
from mockserver.providers.phonon.dialect import flow_of, old_report, report
from mockserver.providers.phonon.reading import keys, numbers


def answered(moment: Moment) -> Effects:
    """The flow speaks, its variables filled in."""
    text = flow_of(moment.call, moment.account).say
    if not text or moment.event.leg != "a":
        return NOTHING
    for name, value in keys(moment.call.order.wanted).items():
        text = text.replace(f"{{{name}}}", value)
    played = Event(moment.event.at, "play", "a", {"text": text})
    return Effects(tell=((moment.call.order.id, played),))


def tried(moment: Moment) -> Effects:
    """Numbers in turn until one connects, in one attempt (documented); then the next attempt."""
    call, listed = moment.call, numbers(moment.call.order.wanted)
    if call.legs[0].answered_at is not None:
        return NOTHING
    if call.target + 1 < len(listed):
        return Effects(place=(call.onward(moment.event.at, listed[call.target + 1]),))
    flow = flow_of(call, moment.account)
    if call.redial >= flow.reattempts:
        return NOTHING
    return Effects(place=(call.again(moment.event.at + flow.reattempt_after, listed[0]),))


def reported(moment: Moment) -> Effects:
    """Once, when the flow has completed (observed); where to is the account's business."""
    call, account = moment.call, moment.account
    older = "report-2020" in account.quirks
    body = old_report(call, account) if older else report(call, account, moment.view.seed)
    url = account.webhooks.get("any", "")
    return Effects(send=(Webhook(call.order.id, "report", url, body),))


react = following({"answer": answered, "attempt-ended": tried, "ended": reported})
