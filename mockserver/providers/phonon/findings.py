"""Where a request to Phonon breaks a rule, with the index of the call, and what passes there."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from mockserver.core.findings import (
    BALANCE_FINDER,
    Finders,
    Finding,
    RefusedItem,
    account_records,
    always_at,
    choose,
    decided_by,
    find_all,
    find_at,
    header_type,
)
from mockserver.core.http import value_text
from mockserver.core.rulebook import RequestContext, Rule, is_unauthenticated
from mockserver.core.time import HOUR, SECOND, to_datetime
from mockserver.providers.phonon import item_rules, request, rules
from mockserver.providers.phonon.faults import PHONE_NOT_WHITELISTED

SAMPLE_NUMBER: Final = "918867136000"
SAMPLE_CALLS: Final = [{"contact-numbers": [SAMPLE_NUMBER]}]
SAMPLE_SECURITY_ID: Final = "0123456789abcdef" * 4


def find_items(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    """Find where each call breaks the first of its rules."""
    return tuple(
        finding
        for index, broken in enumerate(item_rules.broken_rules_by_item(context))
        if broken
        for finding in find_in_item(context, index, broken[0])
    )


def find_refused_items(
    context: RequestContext, broken_rules: tuple[tuple[Rule, ...], ...]
) -> tuple[RefusedItem, ...]:
    """Find where each call that is left out breaks the first of its rules."""
    return tuple(
        (broken[0], find_in_item(context, index, broken[0]))
        for index, broken in enumerate(broken_rules)
        if broken
    )


def find_in_item(context: RequestContext, index: int, rule: Rule) -> tuple[Finding, ...]:
    """Find where one call breaks a rule; `index` counts from 0."""
    path, items = f"calls.{index}", context.fields["calls"]
    if isinstance(items, list) and not isinstance(items[index], dict):
        return (find_at(path, "an object with contact-numbers", SAMPLE_CALLS[0]),)
    item = context.for_item("calls", index)
    findings = find_all(rule, item, item_finders(context))
    return tuple(each.replace(field=f"{path}.{each.field}") for each in findings)


def item_finders(context: RequestContext) -> Finders:
    """The finders for the rules of one call; some need the whole request, the `context`."""
    return {
        "start-time": find_start_time,
        item_rules.has_invalid_start_time: find_start_time,
        item_rules.has_past_start_date: find_start_time,
        item_rules.has_no_numbers: always_at(
            "contact-numbers", "a list of numbers", [SAMPLE_NUMBER]
        ),
        item_rules.has_invalid_keys: partial(find_keys, context),
        item_rules.has_invalid_number: partial(find_numbers, context),
    }


def find_start_time(item: RequestContext, _: Rule) -> tuple[Finding, ...]:
    zone = request.time_zone(item.account)
    start = to_datetime((item.now + HOUR) // SECOND * SECOND).astimezone(zone)
    return (find_at("start-time", "a time of today or later in ISO 8601", start.isoformat()),)


def find_keys(context: RequestContext, item: RequestContext, _: Rule) -> tuple[Finding, ...]:
    """Find the names without their prefix, else the variables of the flow that are missing."""
    sent = item.fields.get("keys")
    keys = sent if isinstance(sent, list) else []
    names = {
        f"keys.{index}.name": value_text(key.get("name") or "") for index, key in enumerate(keys)
    }
    wrong = {path: name for path, name in names.items() if not is_key_name(name)}
    if wrong:
        return tuple(_prefixed_name(path, name) for path, name in wrong.items())
    flow = request.find_flow(context)
    known = request.key_values(item.fields)
    missing = [name for name in (flow.variables if flow else ()) if name not in known]
    added = [{"name": f"{request.KEY_PREFIX}{name}", "value": "text"} for name in missing]
    text = f"the variables of the flow, also {', '.join(missing)}"
    return (find_at("keys", text, [*keys, *added]),)


def _prefixed_name(path: str, name: str) -> Finding:
    variable = name.removeprefix(request.KEY_PREFIX) or "name"
    return find_at(path, f"a name after {request.KEY_PREFIX}", f"{request.KEY_PREFIX}{variable}")


def is_key_name(name: str) -> bool:
    return name.startswith(request.KEY_PREFIX) and name != request.KEY_PREFIX


def find_numbers(context: RequestContext, item: RequestContext, rule: Rule) -> tuple[Finding, ...]:
    """Find the numbers that are malformed, or that a TEST flow may not call."""
    numbers = dict(enumerate(request.contact_numbers(item.fields)))
    if rule.fault is not PHONE_NOT_WHITELISTED:
        return tuple(
            find_at(f"contact-numbers.{index}", "10 to 15 digits with country code", SAMPLE_NUMBER)
            for index, number in numbers.items()
            if not request.NUMBER_PATTERN.fullmatch(number)
        )
    allowed = request.settings(context.authenticated_account).test_numbers
    paths = [f"contact-numbers.{index}" for index, each in numbers.items() if each not in allowed]
    if not allowed:
        return tuple(Finding(path, "nothing: the account has no test_numbers") for path in paths)
    return tuple(find_at(path, "one of the account's test_numbers", allowed[0]) for path in paths)


def flows_of_version(context: RequestContext) -> Iterator[object]:
    flows = context.authenticated_account.records.get("flows", {})
    version = context.text("api-version")
    return (name for name, flow in flows.items() if flow.version == version)


def find_version(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    flow = request.find_flow(context)
    return (find_at("api-version", "the version of the flow", flow.version if flow else "1.0"),)


def find_address(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    networks = ", ".join(request.settings(context.authenticated_account).ip_allow_list)
    text = f"it came from {context.request.client}, and ip_allow_list has {networks}"
    return (Finding(expected=f"nothing in the request: {text}"),)


def find_security_id(_: RequestContext, __: Rule) -> tuple[Finding, ...]:
    return (Finding("security-id", "the security_id of the account, which is not shown"),)


CHOOSE_FLOW: Final = choose("flow-id", "a flow", account_records("flows"))
CHOOSE_READY_FLOW: Final = choose("flow-id", "a complete flow", flows_of_version)
FINDERS: Final[Finders] = {
    is_unauthenticated: always_at("security-id", "that of an account", SAMPLE_SECURITY_ID),
    rules.is_not_json: header_type(request.JSON_TYPE),
    rules.has_forbidden_address: find_address,
    rules.has_unknown_flow: CHOOSE_FLOW,
    rules.has_wrong_security_id: find_security_id,
    rules.has_wrong_flow_version: find_version,
    rules.is_duplicate: decided_by("the same body came within checksum_window of the account"),
    rules.has_no_calls: always_at("calls", "1 to 500 calls", SAMPLE_CALLS),
    rules.has_too_many_calls: always_at("calls", "1 to 500 calls", SAMPLE_CALLS),
    rules.is_account_expired: decided_by("the account has expired"),
    rules.has_insufficient_balance: BALANCE_FINDER,
    rules.has_no_did: CHOOSE_READY_FLOW,
    rules.has_invalid_gateway: CHOOSE_READY_FLOW,
    rules.has_failing_gateway: CHOOSE_READY_FLOW,
    rules.has_no_mask: CHOOSE_READY_FLOW,
    rules.has_no_data: CHOOSE_READY_FLOW,
    rules.NoValidItemTest: find_items,
    rules.HostLimitTest: decided_by("the host has taken its requests of this minute"),
}
