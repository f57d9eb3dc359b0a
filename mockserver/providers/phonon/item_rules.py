"""The rules for one item of a Phonon request, and the items that break them."""

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
    return request.is_past_date(context.fields, context.now)


def has_invalid_start_time(context: RequestContext) -> bool:
    return bool(context.fields.get("start-time")) and request.start_time(context.fields) is None


def has_no_numbers(context: RequestContext) -> bool:
    return not request.contact_numbers(context.fields)


def has_invalid_number(context: RequestContext) -> bool:
    return not all(map(request.NUMBER_PATTERN.fullmatch, request.contact_numbers(context.fields)))


def has_invalid_keys(context: RequestContext) -> bool:
    """A key without its prefix, or one that is needed and not there."""
    listed = context.fields.get("keys")
    names = [str(one["name"]) for one in listed] if isinstance(listed, list) else []
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
    """What stands against each call of a request; nothing against a good one."""
    listed = context.fields.get("calls")
    many = len(listed) if isinstance(listed, list) else 0
    return tuple(_broken_item_rules(context, nth) for nth in range(many))


def _broken_item_rules(context: RequestContext, index: int) -> tuple[Rule, ...]:
    item = context.for_item("calls", index)
    broken = evaluate(ITEM_RULES, item)
    if broken:
        return broken
    flow = request.find_flow(context)
    lacking = flow is not None and set(flow.variables) - set(request.key_values(item.fields))
    if lacking:
        return (Rule(has_invalid_keys, INVALID_MANDATORY, "keys"),)
    listed = request.settings(context.authenticated_account).test_numbers
    testing = context.text("api-version") == "TEST"
    if testing and not set(request.contact_numbers(item.fields)) <= set(listed):
        return (Rule(has_invalid_number, PHONE_NOT_WHITELISTED, "contact-numbers"),)
    return ()
