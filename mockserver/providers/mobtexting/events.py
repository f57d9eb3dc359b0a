"""Handle events of Mobtexting calls: play the flow, limit the duration, redial, send the report."""

import re
from collections.abc import Iterator
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.http import value_text
from mockserver.core.provider import (
    NO_EFFECTS,
    Effects,
    EventContext,
    by_event_type,
)
from mockserver.core.time import MAX_TIME, MINUTE
from mockserver.core.webhook import Webhook
from mockserver.providers.mobtexting import request, webhooks
from mockserver.providers.mobtexting.records import Flow
from mockserver.providers.mobtexting.request import FLOW_PREFIX, variables

MAX_REDIALS = 2  # documented default and maximum of `attempts`
REDIAL_DELAY = MINUTE  # between redials: assumed


def on_answer(context: EventContext) -> Effects:
    """Play the text of a flow and start its duration limit. A call with two legs plays nothing."""
    call = context.call
    if len(call.legs) > 1:
        return NO_EFFECTS
    text = flow_text(call, context.account)
    played = Event(context.event.at, "play", "a", {"text": text})
    return Effects(events=(*_duration_limit(context), *(((call.spec.id, played),) if text else ())))


def on_bridge(context: EventContext) -> Effects:
    """Start the duration limit."""
    limit = tuple(_duration_limit(context))
    return Effects(events=limit) if limit else NO_EFFECTS


def on_attempt_ended(context: EventContext) -> Effects:
    """Redial, but only if a leg ended with `no-answer` (documented)."""
    call = context.call
    attempts = request.whole_number(call, "attempts")
    max_redials = MAX_REDIALS if attempts is None else attempts
    unanswered = any(leg.cause == "no-answer" for leg in call.legs)
    if not unanswered or call.redial_index >= max_redials:
        return NO_EFFECTS
    delay = context.account.redial_after
    redialed_at = context.event.at + (REDIAL_DELAY if delay is None else delay)
    return Effects(calls=(call.with_redial(redialed_at),))


def on_ended(context: EventContext) -> Effects:
    """Send one report, after the last attempt."""
    webhook_id = value_text(context.call.spec.parameters.get("webhook_id"))
    url = request.webhook_url(context.account, webhook_id) or ""
    body = webhooks.build_report(context.call, context.event.at, context.account)
    return Effects(webhooks=(Webhook(context.call.spec.id, "completed", url, body),))


def _duration_limit(context: EventContext) -> Iterator[tuple[str, Event]]:
    """The hangup at the end of `duration`, which is in minutes and counts the conversation.

    There is none if no clock gets there.
    """
    minutes = request.whole_number(context.call, "duration")
    end, last = context.event.at + (minutes or 0) * MINUTE, context.call.legs[-1].name
    if minutes and end <= MAX_TIME:
        yield context.call.spec.id, Event(end, "hangup", last, {"cause": "normal"})


on_event = by_event_type(
    {"answer": on_answer, "bridge": on_bridge, "attempt-ended": on_attempt_ended, "ended": on_ended}
)


PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def flow_text(call: Call, account: Account) -> str:
    """The text of the flow with its variables filled in; empty if the account has no such flow."""
    flow = account.records.get("flows", {}).get(
        str(call.spec.parameters["to"]).removeprefix(FLOW_PREFIX)
    )
    values = variables(call)
    text = flow.say if isinstance(flow, Flow) else ""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
