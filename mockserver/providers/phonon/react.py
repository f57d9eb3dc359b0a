"""What follows an event at Phonon: the flow's words, the next number or attempt, the report."""

from mockserver.core.call import Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.webhook import Webhook
from mockserver.providers.phonon.dialect import flow_of, old_report, report
from mockserver.providers.phonon.reading import keys, numbers


def answered(moment: EventContext) -> Effects:
    """The flow speaks, its variables filled in."""
    text = flow_of(moment.call, moment.account).say
    if not text or moment.event.leg != "a":
        return NO_EFFECTS
    for name, value in keys(moment.call.spec.parameters).items():
        text = text.replace(f"{{{name}}}", value)
    played = Event(moment.event.at, "play", "a", {"text": text})
    return Effects(events=((moment.call.spec.id, played),))


def tried(moment: EventContext) -> Effects:
    """Numbers in turn until one connects, in one attempt (documented); then the next attempt."""
    call, listed = moment.call, numbers(moment.call.spec.parameters)
    if call.legs[0].answered_at is not None:
        return NO_EFFECTS
    if call.number_index + 1 < len(listed):
        return Effects(
            calls=(call.with_next_number(moment.event.at, listed[call.number_index + 1]),)
        )
    flow = flow_of(call, moment.account)
    if call.redial_index >= flow.reattempts:
        return NO_EFFECTS
    return Effects(calls=(call.with_redial(moment.event.at + flow.reattempt_after, listed[0]),))


def reported(moment: EventContext) -> Effects:
    """Once, when the flow has completed (observed); where to is the account's business."""
    call, account = moment.call, moment.account
    older = "report-2020" in account.quirks
    body = old_report(call, account) if older else report(call, account, moment.read_model.seed)
    url = account.webhooks.get("any", "")
    return Effects(webhooks=(Webhook(call.spec.id, "report", url, body),))


react = by_event_type({"answer": answered, "attempt-ended": tried, "ended": reported})
