"""Phonon's twenty-two rows: codes and messages are the page's, their order is assumed."""

from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Fault,
    RequestContext,
    Rule,
    Rulebook,
    Stage,
    ViolationTest,
    evaluate,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    missing_field,
)
from mockserver.core.time import MINUTE
from mockserver.providers.phonon import reading

MOST: Final = 500


def _row(name: str, code: int, message: str) -> Fault:
    """HTTP 200 for every row is assumed, the page says nothing of it."""
    return Fault(name, 200, message, Evidence.DOCUMENTED, code)


INVALID_FORMAT = _row("invalid-format", 400, "Invalid Format")
CHECKSUM_REPEATED = _row("checksum-repeated", 201, "Checksum Repeated")
EMPTY_CALL_LIST = _row("empty-call-list", 302, "Empty Call List")
FAILURE = _row("failure", 500, "Failure")
INVALID_FLOW_ID = _row("invalid-flow-id", 301, "Invalid Flow ID")
IP_NOT_WHITELISTED = _row("ip-not-whitelisted", 401, "IP Not Whitelisted")
PHONE_NOT_WHITELISTED = _row("phone-not-whitelisted", 402, "Phone Not Whitelisted")
INVALID_SECURITY_ID = _row("invalid-security-id", 202, "Invalid Security ID")
INVALID_API_VERSION = _row("invalid-api-version", 203, "API Version not Supported")
INVALID_GATEWAY_ID = _row("invalid-gateway-id", 204, "Invalid SMS Gateway")
INVALID_CONTACT_NUMBER = _row("invalid-contact-number", 205, "Invalid Contact Number")
FAILURE_FROM_GATEWAY = _row("failure-from-gateway", 206, "Failure from Gateway")
DID_NOT_MAPPED = _row("did-not-mapped", 207, "DID Not Mapped")
NO_MASK_AVAILABLE = _row("no-mask-available", 208, "No Mask Available")
INVALID_MANDATORY = _row("invalid-mandatory-parameters", 210, "Invalid Mandatory Parameters")
MAX_DATA_LIST = _row("max-data-list-size-exceeded", 303, "Max Data List Size Exceeded")
VALIDITY_EXPIRED = _row("validity-expired", 211, "Validity Expired")
INSUFFICIENT_BALANCE = _row("insufficient-balance", 212, "Insufficient Balance")
INVALID_FLOW_VERSION = _row("invalid-flow-version", 304, "Invalid Flow Version")
NO_DATA_AVAILABLE = _row("no-data-available", 213, "No Data Available")
SUCCESS = _row("success", 200, "Success")
PARTIAL_SUCCESS = _row("partial-success", 209, "Partial Success")
"""The last two refuse nothing: they are what an answer says."""

WRONG_METHOD = Fault("wrong-method", 405, "Method Not Allowed", Evidence.ASSUMED, 405)
TOO_MANY = Fault("too-many-requests", 429, "Too Many Requests", Evidence.ASSUMED, 429)
ORDERED: Final = (FAILURE,)


def _malformed(name: str, fault: Fault = INVALID_FORMAT) -> Rule:
    return Rule(ViolationTest(name), fault, name)


def strange_address(case: RequestContext) -> bool:
    networks = reading.settings(case.authenticated_account).ip_allow_list
    return not reading.allowed(case.request.client, networks)


def unknown_flow(case: RequestContext) -> bool:
    return reading.flow(case) is None


def wrong_security_id(case: RequestContext) -> bool:
    own = reading.settings(case.authenticated_account).security_id
    return bool(own) and case.text("security-id") != own


def other_version(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and flow.version != case.text("api-version")


def repeated(case: RequestContext) -> bool:
    window = reading.settings(case.authenticated_account).checksum_window
    return (
        bool(window) and case.read_model.count_since(reading.checksum(case), case.now - window) > 0
    )


def empty(case: RequestContext) -> bool:
    return case.fields.get("calls") == []


def too_long(case: RequestContext) -> bool:
    listed = case.fields.get("calls")
    return isinstance(listed, list) and len(listed) > MOST


def expired(case: RequestContext) -> bool:
    return reading.settings(case.authenticated_account).expired


def penniless(case: RequestContext) -> bool:
    return (
        case.authenticated_account.balance is not None and case.authenticated_account.balance <= 0
    )


def unmapped(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and not flow.did


def without_gateway(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and flow.gateway == "invalid"


def failing_gateway(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and flow.gateway == "failing"


def maskless(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and not flow.mask


def dataless(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and not flow.data


def past_date(case: RequestContext) -> bool:
    return reading.past_date(case.fields, case.now)


def undated(case: RequestContext) -> bool:
    return bool(case.fields.get("start-time")) and reading.start_time(case.fields) is None


def numberless(case: RequestContext) -> bool:
    return not reading.numbers(case.fields)


def wrong_number(case: RequestContext) -> bool:
    return not all(map(reading.NUMBER.fullmatch, reading.numbers(case.fields)))


def keyless(case: RequestContext) -> bool:
    """A key without its prefix, or one that is needed and not there."""
    listed = case.fields.get("keys")
    names = [str(one["name"]) for one in listed] if isinstance(listed, list) else []
    return not all(name.startswith(reading.KEY) for name in names)


ITEM: Final[Stage] = (
    *(_malformed(name) for name in ("", "client-identifier", "start-time", "contact-numbers")),
    *(_malformed(name) for name in ("contact-numbers.*", "keys", "keys.*", "keys.*.value")),
    missing_field("keys.*.name", INVALID_MANDATORY),
    _malformed("keys.*.name"),
    missing_field("contact-numbers", INVALID_MANDATORY),
)
ITEMS: Final[Rulebook] = (
    ITEM,
    (Rule(numberless, INVALID_MANDATORY, "contact-numbers"),),
    (Rule(undated, INVALID_FORMAT, "start-time"), Rule(past_date, INVALID_FORMAT, "start-time")),
    (Rule(keyless, INVALID_MANDATORY, "keys"),),
    (Rule(wrong_number, INVALID_CONTACT_NUMBER, "contact-numbers"),),
)


def objections(case: RequestContext) -> tuple[tuple[Rule, ...], ...]:
    """What stands against each call of a request; nothing against a good one."""
    listed = case.fields.get("calls")
    many = len(listed) if isinstance(listed, list) else 0
    return tuple(_objected(case, nth) for nth in range(many))


def _objected(case: RequestContext, nth: int) -> tuple[Rule, ...]:
    item = case.for_item("calls", nth)
    broken = evaluate(ITEMS, item)
    if broken:
        return broken
    flow = reading.flow(case)
    lacking = flow is not None and set(flow.variables) - set(reading.keys(item.fields))
    if lacking:
        return (Rule(keyless, INVALID_MANDATORY, "keys"),)
    listed = reading.settings(case.authenticated_account).test_numbers
    testing = case.text("api-version") == "TEST"
    if testing and not set(reading.numbers(item.fields)) <= set(listed):
        return (Rule(wrong_number, PHONE_NOT_WHITELISTED, "contact-numbers"),)
    return ()


def _hopeless(fault: Fault) -> Rule:
    """Not one of the calls is good, and this is what is wrong with the first."""

    def test(case: RequestContext) -> bool:
        found = objections(case)
        return all(found) and bool(found) and found[0][0].fault is fault

    return Rule(test, fault, "calls")


def _crowding(host: str) -> Rule:
    """The host has had its requests of this minute."""

    def test(case: RequestContext) -> bool:
        most = reading.settings(case.authenticated_account).per_minute.get(host)
        since = case.now - MINUTE
        return (
            most is not None
            and case.read_model.count_since(reading.traffic(case, host), since) >= most
        )

    return Rule(test, TOO_MANY)


REAL_TIME: Final = "central.phonon.io"
BULK: Final = "central-api.phonon.io"
COMMON: Final[Rulebook] = (
    (Rule(is_malformed, INVALID_FORMAT), _malformed("calls")),
    (
        *(
            missing_field(name, INVALID_MANDATORY)
            for name in ("api-version", "security-id", "flow-id")
        ),
        missing_field("calls", INVALID_MANDATORY),
    ),
    (_malformed("flow-id"), _malformed("security-id")),
    (_malformed("api-version", INVALID_API_VERSION),),
    (Rule(is_unauthenticated, INVALID_SECURITY_ID, "security-id"),),
    (Rule(is_rate_limited, TOO_MANY),),
    (Rule(strange_address, IP_NOT_WHITELISTED),),
    (Rule(unknown_flow, INVALID_FLOW_ID, "flow-id"),),
    (Rule(wrong_security_id, INVALID_SECURITY_ID, "security-id"),),
    (Rule(other_version, INVALID_FLOW_VERSION, "api-version"),),
    (Rule(repeated, CHECKSUM_REPEATED),),
    (Rule(empty, EMPTY_CALL_LIST, "calls"), Rule(too_long, MAX_DATA_LIST, "calls")),
    (Rule(expired, VALIDITY_EXPIRED), Rule(penniless, INSUFFICIENT_BALANCE)),
    (
        Rule(unmapped, DID_NOT_MAPPED, "flow-id"),
        Rule(without_gateway, INVALID_GATEWAY_ID, "flow-id"),
        Rule(failing_gateway, FAILURE_FROM_GATEWAY, "flow-id"),
        Rule(maskless, NO_MASK_AVAILABLE, "flow-id"),
        Rule(dataless, NO_DATA_AVAILABLE, "flow-id"),
    ),
    tuple(
        _hopeless(fault)
        for fault in (
            INVALID_FORMAT,
            INVALID_MANDATORY,
            INVALID_CONTACT_NUMBER,
            PHONE_NOT_WHITELISTED,
        )
    ),
)

CREATE: Final[Rulebook] = (*COMMON, (_crowding(REAL_TIME),))
CREATE_BULK: Final[Rulebook] = (*COMMON, (_crowding(BULK),))
