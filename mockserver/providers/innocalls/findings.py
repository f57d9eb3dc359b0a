"""Where a request to Innocalls breaks a rule that its schema does not have, and what passes."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.call import Call
from mockserver.core.findings import Finder, Finders, Finding, choose, decided_by, find_at
from mockserver.core.rulebook import RequestContext, Rule
from mockserver.core.time import HOUR
from mockserver.providers.innocalls import conditions
from mockserver.providers.innocalls.request import (
    field_text,
    find_flow,
    format_time,
    request_text,
    spoken_parameters,
    time_zone,
)

SAMPLE_VALUES: Final = {"order_number": "123456789", "order_cost": "2300", "items_count": "2"}


def flow_ids(context: RequestContext) -> Iterator[object]:
    """Yield the call flows that may be used."""
    flows = context.authenticated_account.records.get("flows", {})
    return (name for name, flow in flows.items() if flow.state == "active")


def bridge_ids(context: RequestContext) -> Iterator[object]:
    """Yield the ids of the account's bridges of the flow, the latest first."""
    calls = reversed(tuple(context.read_model.calls.values()))
    return (call.spec.vendor_id for call in calls if _is_own_bridge(call, context))


def _is_own_bridge(call: Call, context: RequestContext) -> bool:
    spec, account = call.spec, context.authenticated_account
    flow_id = request_text(context, "call_flow_id")
    is_own = (spec.provider, spec.account, spec.operation) == (*account.key, "bridge")
    return is_own and field_text(spec.parameters, "call_flow_id") == flow_id


def find_flow_parameters(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    flow = find_flow(context)
    names = flow.requires if flow else ()
    reason = f"call flow {request_text(context, 'call_flow_id')} requires it"
    return _missing_values(context, names, reason)


def find_spoken_parameters(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    return _missing_values(context, spoken_parameters(context.fields), "`type` names it")


def _missing_values(
    context: RequestContext, names: tuple[str, ...], reason: str
) -> tuple[Finding, ...]:
    return tuple(
        find_at(name, f"a value, as {reason}", SAMPLE_VALUES[name])
        for name in dict.fromkeys(names)
        if not request_text(context, name)
    )


def find_call_time(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    zone = time_zone(context.account)
    value = format_time(context.now + HOUR, zone)
    return (find_at("call_time", f"a time after now in the time zone {zone.key}", value),)


CHOOSE_FLOW: Final[Finder] = choose("call_flow_id", "an active call flow", flow_ids)
FINDERS: Final[Finders] = {
    "call_time": find_call_time,
    conditions.is_not_acceptable: decided_by("the header Accept has to allow application/json"),
    conditions.has_unknown_flow: CHOOSE_FLOW,
    conditions.has_removed_flow: CHOOSE_FLOW,
    conditions.has_hidden_flow: CHOOSE_FLOW,
    conditions.has_missing_flow_parameter: find_flow_parameters,
    conditions.has_missing_spoken_parameter: find_spoken_parameters,
    conditions.has_past_call_time: find_call_time,
    conditions.has_invalid_call_time: find_call_time,
    conditions.has_unknown_call: choose("call_id", "a bridge of this call flow", bridge_ids),
}
