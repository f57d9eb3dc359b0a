"""Handle events of Phonon calls: play the flow, try the next number or attempt, send the report."""

from mockserver.core.call import Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Webhook
from mockserver.providers.phonon.request import contact_numbers, flow_of_call, key_values
from mockserver.providers.phonon.webhooks import build_report, build_report_2020

DEFAULT_REATTEMPT_DELAY = 10 * MINUTE  # assumed


def on_answer(context: EventContext) -> Effects:
    """Play the text of the flow, its variables filled in."""
    text = flow_of_call(context.call, context.account).say
    if not text or context.event.leg != "a":
        return NO_EFFECTS
    for name, value in key_values(context.call.spec.parameters).items():
        text = text.replace(f"{{{name}}}", value)
    played = Event(context.event.at, "play", "a", {"text": text})
    return Effects(events=((context.call.spec.id, played),))


def on_attempt_ended(context: EventContext) -> Effects:
    """Dial the next number of the attempt, else redial.

    Within one attempt, the numbers are tried in turn until one connects (documented).
    """
    call, numbers = context.call, contact_numbers(context.call.spec.parameters)
    if call.legs[0].answered_at is not None:
        return NO_EFFECTS
    if call.number_index + 1 < len(numbers):
        return Effects(
            calls=(call.with_next_number(context.event.at, numbers[call.number_index + 1]),)
        )
    flow = flow_of_call(call, context.account)
    if call.redial_index >= flow.reattempts:
        return NO_EFFECTS
    delays = (flow.reattempt_after, context.account.redial_after, DEFAULT_REATTEMPT_DELAY)
    delay = next(delay for delay in delays if delay is not None)
    return Effects(calls=(call.with_redial(context.event.at + delay, numbers[0]),))


def on_ended(context: EventContext) -> Effects:
    """Send the report once, when the flow has completed (observed), to the account's webhook."""
    call, account = context.call, context.account
    is_older_form = "report-2020" in account.quirks
    body = (
        build_report_2020(call, account)
        if is_older_form
        else build_report(call, account, context.read_model.seed)
    )
    url = account.webhooks.get("any", "")
    return Effects(webhooks=(Webhook(call.spec.id, "report", url, body),))


on_event = by_event_type(
    {"answer": on_answer, "attempt-ended": on_attempt_ended, "ended": on_ended}
)
