"""Evaluate the rules for each item (call) of a Phonon request."""

from typing import Final

from mockserver.core.rulebook import (
    Fault,
    RequestContext,
    Rule,
    Rulebook,
    Stage,
    ViolationTest,
    evaluate,
    missing_field,
)
from mockserver.providers.phonon import request
from mockserver.providers.phonon.faults import (
    INVALID_CONTACT_NUMBER,
    INVALID_FORMAT,
    INVALID_MANDATORY,
    PHONE_NOT_WHITELISTED,
)


def invalid_field(field: str, fault: Fault = INVALID_FORMAT) -> Rule:
    return Rule(ViolationTest(field), fault, field)


def has_past_start_date(context: RequestContext) -> bool:
    zone = request.time_zone(context.account)
    return request.is_past_date(context.fields, context.now, zone)


def has_invalid_start_time(context: RequestContext) -> bool:
    zone = request.time_zone(context.account)
    return bool(context.fields.get("start-time")) and not request.start_time(context.fields, zone)


def has_no_numbers(context: RequestContext) -> bool:
    return not request.contact_numbers(context.fields)


def has_invalid_number(context: RequestContext) -> bool:
    return not all(map(request.NUMBER_PATTERN.fullmatch, request.contact_numbers(context.fields)))


def has_invalid_keys(context: RequestContext) -> bool:
    """Whether the name of a key lacks the prefix `$flow.key.`."""
    keys = context.fields.get("keys")
    names = [str(key["name"]) for key in keys] if isinstance(keys, list) else []
    return not all(name.startswith(request.KEY_PREFIX) for name in names)


ITEM_FORMAT: Final[Stage] = (
    *(invalid_field(name) for name in ("", "client-identifier", "start-time", "contact-numbers")),
    *(invalid_field(name) for name in ("contact-numbers.*", "keys", "keys.*", "keys.*.value")),
    missing_field("keys.*.name", INVALID_MANDATORY),
    invalid_field("keys.*.name"),
    missing_field("contact-numbers", INVALID_MANDATORY),
)
ITEM_RULES: Final[Rulebook] = (
    ITEM_FORMAT,
    (Rule(has_no_numbers, INVALID_MANDATORY, "contact-numbers"),),
    (
        Rule(has_invalid_start_time, INVALID_FORMAT, "start-time"),
        Rule(has_past_start_date, INVALID_FORMAT, "start-time"),
    ),
    (Rule(has_invalid_keys, INVALID_MANDATORY, "keys"),),
    (Rule(has_invalid_number, INVALID_CONTACT_NUMBER, "contact-numbers"),),
)


def broken_rules_by_item(context: RequestContext) -> tuple[tuple[Rule, ...], ...]:
    """The broken rules of each item of a request, in order; empty for a valid item."""
    items = context.fields.get("calls")
    count = len(items) if isinstance(items, list) else 0
    return tuple(_broken_item_rules(context, index) for index in range(count))


def _broken_item_rules(context: RequestContext, index: int) -> tuple[Rule, ...]:
    item = context.for_item("calls", index)
    broken = evaluate(ITEM_RULES, item)
    if broken:
        return broken
    flow = request.find_flow(context)
    missing = flow is not None and set(flow.variables) - set(request.key_values(item.fields))
    if missing:
        return (Rule(has_invalid_keys, INVALID_MANDATORY, "keys"),)
    test_numbers = request.settings(context.authenticated_account).test_numbers
    is_test = context.text("api-version") == "TEST"
    if is_test and not set(request.contact_numbers(item.fields)) <= set(test_numbers):
        return (Rule(has_invalid_number, PHONE_NOT_WHITELISTED, "contact-numbers"),)
    return ()
