"""What follows an event at Mobtexting: the flow's words, the limit, the redial, the report."""

from collections.abc import Iterator

from mockserver.core.call import Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Webhook
from mockserver.providers.mobtexting import dialect

REDIALS = 2  # documented default and maximum of `attempts`
GAP = MINUTE  # between redials: assumed


def answered(moment: EventContext) -> Effects:
    """A flow speaks as soon as somebody is there to listen."""
    call = moment.call
    if len(call.legs) > 1:
        return NO_EFFECTS
    text = dialect.spoken(call, moment.account)
    played = Event(moment.event.at, "play", "a", {"text": text})
    return Effects(events=(*_limit(moment), *(((call.spec.id, played),) if text else ())))


def bridged(moment: EventContext) -> Effects:
    limit = tuple(_limit(moment))
    return Effects(events=limit) if limit else NO_EFFECTS


def redialled(moment: EventContext) -> Effects:
    """Only a call that somebody left unanswered is dialled again (documented)."""
    call = moment.call
    wanted = dialect.given(call, "attempts")
    tries = REDIALS if wanted is None else wanted
    unanswered = any(leg.cause == "no-answer" for leg in call.legs)
    if not unanswered or call.redial_index >= tries:
        return NO_EFFECTS
    return Effects(calls=(call.with_redial(moment.event.at + GAP),))


def reported(moment: EventContext) -> Effects:
    """One report, after the last attempt."""
    webhook_id = str(moment.call.spec.parameters.get("webhook_id") or "")
    url = dialect.hook(moment.account, webhook_id) or ""
    body = dialect.report(moment.call, moment.event.at, moment.account.quirks)
    return Effects(webhooks=(Webhook(moment.call.spec.id, "completed", url, body),))


def _limit(moment: EventContext) -> Iterator[tuple[str, Event]]:
    """`duration` is in minutes, counts the conversation, and ends the call."""
    minutes = dialect.given(moment.call, "duration")
    if minutes:
        end, last = moment.event.at + minutes * MINUTE, moment.call.legs[-1].name
        yield moment.call.spec.id, Event(end, "hangup", last, {"cause": "normal"})


react = by_event_type(
    {"answer": answered, "bridge": bridged, "attempt-ended": redialled, "ended": reported}
)
