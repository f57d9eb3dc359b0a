"""Evaluate the rules for each item (call) of a Phonon request."""

from typing import Final

from mockserver.core.http import value_text
from mockserver.core.rulebook import (
    Evidence,
    RequestContext,
    Rule,
    Rulebook,
    Stage,
    ViolationTest,
    evaluate,
    known_by,
    missing_field,
)
from mockserver.providers.phonon import notes, request
from mockserver.providers.phonon.faults import (
    INVALID_CONTACT_NUMBER,
    INVALID_FORMAT,
    INVALID_MANDATORY,
    PHONE_NOT_WHITELISTED,
)


def assumed(rule: Rule, note: str = "") -> Rule:
    """The rule; that it refuses such a request is assumed, though its fault is documented."""
    return known_by(Evidence.ASSUMED, rule, note)


def invalid_field(field: str, note: str = "") -> Rule:
    return assumed(Rule(ViolationTest(field), INVALID_FORMAT, field), note)


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
    """Whether the name of a key lacks the prefix `$flow.key.`, or the variable after it."""
    names = (value_text(key.get("name")) for key in request.keys(context.fields))
    return any(
        name == request.KEY_PREFIX or not name.startswith(request.KEY_PREFIX) for name in names
    )


MISSING_NUMBERS: Final = known_by(
    Evidence.OBSERVED, missing_field("contact-numbers", INVALID_MANDATORY), notes.MANDATORY
)
NO_NUMBERS: Final = known_by(
    Evidence.OBSERVED, Rule(has_no_numbers, INVALID_MANDATORY, "contact-numbers"), notes.MANDATORY
)
MISSING_VARIABLE: Final = assumed(
    Rule(has_invalid_keys, INVALID_MANDATORY, "keys"), notes.VARIABLES
)
NO_TEST_NUMBER: Final = known_by(
    Evidence.OBSERVED,
    Rule(has_invalid_number, PHONE_NOT_WHITELISTED, "contact-numbers"),
    notes.TEST_NUMBERS,
)
INVALID_START_TIME: Final = assumed(
    Rule(has_invalid_start_time, INVALID_FORMAT, "start-time"), notes.START_TIME
)
PAST_START_DATE: Final = assumed(
    Rule(has_past_start_date, INVALID_FORMAT, "start-time"), notes.START_TIME
)
INVALID_KEYS: Final = assumed(Rule(has_invalid_keys, INVALID_MANDATORY, "keys"), notes.KEY_NAME)
INVALID_NUMBER: Final = assumed(
    Rule(has_invalid_number, INVALID_CONTACT_NUMBER, "contact-numbers"), notes.NUMBER
)
ITEM_FORMAT: Final[Stage] = (
    *(invalid_field(name) for name in ("", "client-identifier", "start-time", "contact-numbers")),
    *(invalid_field(name) for name in ("contact-numbers.*", "keys", "keys.*", "keys.*.value")),
    assumed(missing_field("keys.*.name", INVALID_MANDATORY), notes.KEY_NAME),
    invalid_field("keys.*.name"),
    MISSING_NUMBERS,
)
ITEM_RULES: Final[Rulebook] = (
    ITEM_FORMAT,
    (NO_NUMBERS,),
    (INVALID_START_TIME, PAST_START_DATE),
    (INVALID_KEYS,),
    (INVALID_NUMBER,),
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
        return (MISSING_VARIABLE,)
    test_numbers = request.settings(context.authenticated_account).test_numbers
    is_test = context.text("api-version") == "TEST"
    if is_test and not set(request.contact_numbers(item.fields)) <= set(test_numbers):
        return (NO_TEST_NUMBER,)
    return ()
