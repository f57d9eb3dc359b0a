"""Plan the calls that requests to the CCAI Platform would place."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.call import PlannedCall
from mockserver.core.rulebook import RequestContext
from mockserver.providers.ccai import request

QUEUE_PARAMETERS: Final = ("menu_id", "call_id", "scheduled_at", "recording_permission")
"""Parameters of incoming and scheduled calls, which mean nothing for an outbound call."""


def planned_outbound_call(context: RequestContext) -> tuple[PlannedCall, ...]:
    legs = {"a": context.text("agent_email"), "b": request.dialed_number(context)}
    sent = _parameters(context)
    parameters = {name: sent[name] for name in sent if name not in QUEUE_PARAMETERS}
    return (PlannedCall("agent-first", legs, parameters),)


def _parameters(context: RequestContext) -> Mapping[str, object]:
    """The fields of the request, with a language and an outbound number as a call prints them."""
    shown = {"lang": context.text("lang"), "outbound_number": managed_number(context)}
    return {**context.fields, **{name: text for name, text in shown.items() if text}}


def managed_number(context: RequestContext) -> str:
    """`outbound_number` as the account spells it; as sent if the account has no such number."""
    number = context.text("outbound_number")
    if context.account is None or not number:
        return number
    managed = request.records(context.account, "outbound_numbers")
    same = (name for name in managed if request.digits(name) == request.digits(number))
    return number if number in managed else next(same, number)


def planned_inbound_call(context: RequestContext) -> tuple[PlannedCall, ...]:
    return _planned_queue_call(context, None)


def planned_scheduled_call(context: RequestContext) -> tuple[PlannedCall, ...]:
    return _planned_queue_call(context, request.parse_scheduled_at(context.text("scheduled_at")))


def _planned_queue_call(context: RequestContext, starts_at: int | None) -> tuple[PlannedCall, ...]:
    """A queued call; which agent answers is not known yet."""
    parameters = {**_parameters(context), "menu_id": request.find_menu_id(context)}
    return (PlannedCall("queue", {"a": request.dialed_number(context)}, parameters, starts_at),)
