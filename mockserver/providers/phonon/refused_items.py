"""Says which calls of an accepted request are not placed: index, field, value, what would pass."""

import json
from collections.abc import Iterator
from typing import Final

from mockserver.core.rulebook import RequestContext, Rule, ViolationTest
from mockserver.providers.phonon import item_rules

MAX_SHOWN: Final = 80  # characters of a value
EXPECTED: Final = (
    (item_rules.MISSING_NUMBERS, "a list of at least one number"),
    (item_rules.NO_NUMBERS, "a list of at least one number"),
    (item_rules.INVALID_START_TIME, "a time in ISO 8601, before 9000"),
    (item_rules.PAST_START_DATE, "a time of today or later"),
    (item_rules.INVALID_KEYS, "names such as $flow.key.name"),
    (item_rules.MISSING_VARIABLE, "a value for each of the flow's `variables`"),
    (item_rules.INVALID_NUMBER, "numbers of 10 to 15 digits"),
    (item_rules.NO_TEST_NUMBER, "numbers among the account's `test_numbers`"),
)
"""Rule -> what would pass; for others, the schema says it."""


def refused_items(
    context: RequestContext, broken_rules: tuple[tuple[Rule, ...], ...]
) -> Iterator[Rule]:
    """Yield the first broken rule of each invalid item, with its path and a detail."""
    for index, broken in enumerate(broken_rules):
        if broken:
            yield _located_rule(context.for_item("calls", index), index, broken[0])


def _located_rule(item: RequestContext, index: int, rule: Rule) -> Rule:
    """The rule with the path of its field, and with the detail of this item."""
    name = rule.field.partition(".")[0]
    received = _describe_value(item, name) if name else "received no object"
    expected = _expected(item, rule)
    where = f"calls[{index}].{name}" if name else f"calls[{index}]"
    text = f"{where}: {received}" + (f"; would pass: {expected}" if expected else "")
    return rule.replace(field=where, detail=lambda _: text)


def _describe_value(item: RequestContext, name: str) -> str:
    if name not in item.fields:
        return "not sent"
    return f"received {json.dumps(item.fields[name], ensure_ascii=False):.{MAX_SHOWN}}"


def _expected(item: RequestContext, rule: Rule) -> str:
    """What would pass in words; empty if nothing says it."""
    test = rule.test
    if isinstance(test, ViolationTest) and rule.field != "contact-numbers":
        return next((each.expected for each in item.violations if test.matches(each)), "")
    return next((text for known, text in EXPECTED if known == rule), "")
