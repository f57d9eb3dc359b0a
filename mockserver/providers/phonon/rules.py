"""Rulebooks of Phonon: which of the twenty-two documented rows applies, in an assumed order."""

from dataclasses import dataclass
from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Fault,
    RequestContext,
    Rule,
    Rulebook,
    ViolationTest,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    known_by,
    missing_field,
)
from mockserver.core.time import MINUTE
from mockserver.providers.phonon import notes, request
from mockserver.providers.phonon.faults import (
    CHECKSUM_REPEATED,
    DID_NOT_MAPPED,
    EMPTY_CALL_LIST,
    FAILURE_FROM_GATEWAY,
    INSUFFICIENT_BALANCE,
    INVALID_API_VERSION,
    INVALID_CONTACT_NUMBER,
    INVALID_FLOW_ID,
    INVALID_FLOW_VERSION,
    INVALID_FORMAT,
    INVALID_GATEWAY_ID,
    INVALID_MANDATORY,
    INVALID_SECURITY_ID,
    IP_NOT_WHITELISTED,
    MAX_DATA_LIST,
    NO_DATA_AVAILABLE,
    NO_MASK_AVAILABLE,
    PHONE_NOT_WHITELISTED,
    TOO_MANY_REQUESTS,
    VALIDITY_EXPIRED,
)
from mockserver.providers.phonon.item_rules import (
    assumed,
    broken_rules_by_item,
    invalid_field,
)
from mockserver.providers.phonon.records import BULK_HOST, REAL_TIME_HOST

MAX_CALLS: Final = 500


def is_not_json(context: RequestContext) -> bool:
    sent = context.request
    return bool(sent.body) and sent.media_type != request.JSON_TYPE


def has_forbidden_address(context: RequestContext) -> bool:
    networks = request.settings(context.authenticated_account).ip_allow_list
    return not request.is_address_allowed(context.request.client, networks)


def has_unknown_flow(context: RequestContext) -> bool:
    return request.find_flow(context) is None


def has_wrong_security_id(context: RequestContext) -> bool:
    own = request.settings(context.authenticated_account).security_id
    return bool(own) and context.text("security-id") != own


def has_wrong_flow_version(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and flow.version != context.text("api-version")


def is_duplicate(context: RequestContext) -> bool:
    window = request.settings(context.authenticated_account).checksum_window
    return (
        bool(window)
        and context.read_model.count_since(request.checksum_key(context), context.now - window) > 0
    )


def has_no_calls(context: RequestContext) -> bool:
    return context.fields.get("calls") == []


def has_too_many_calls(context: RequestContext) -> bool:
    items = context.fields.get("calls")
    return isinstance(items, list) and len(items) > MAX_CALLS


def is_account_expired(context: RequestContext) -> bool:
    return request.settings(context.authenticated_account).expired


def has_insufficient_balance(context: RequestContext) -> bool:
    return (
        context.authenticated_account.balance is not None
        and context.authenticated_account.balance <= 0
    )


def has_no_did(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and not flow.did


def has_invalid_gateway(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and flow.gateway == "invalid"


def has_failing_gateway(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and flow.gateway == "failing"


def has_no_mask(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and not flow.mask


def has_no_data(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and not flow.data


@dataclass(frozen=True, slots=True)
class NoValidItemTest:
    """True if every item is invalid and `fault` is that of the first."""

    fault: Fault

    def __call__(self, context: RequestContext) -> bool:
        broken_rules = broken_rules_by_item(context)
        return all(broken_rules) and bool(broken_rules) and broken_rules[0][0].fault is self.fault


@dataclass(frozen=True, slots=True)
class HostLimitTest:
    """True if `host` has accepted its limit of requests within the last minute."""

    host: str

    def __call__(self, context: RequestContext) -> bool:
        limit = request.settings(context.authenticated_account).per_minute.get(self.host)
        since, key = context.now - MINUTE, request.traffic_key(context, self.host)
        return limit is not None and context.read_model.count_since(key, since) >= limit


COMMON: Final[Rulebook] = (
    (
        assumed(Rule(is_malformed, INVALID_FORMAT)),
        assumed(Rule(is_not_json, INVALID_FORMAT), notes.CONTENT_TYPE),
        invalid_field("calls"),
    ),
    (
        *(
            known_by(Evidence.OBSERVED, missing_field(name, INVALID_MANDATORY), notes.MANDATORY)
            for name in ("api-version", "security-id")
        ),
        *(
            assumed(missing_field(name, INVALID_MANDATORY), notes.LISTED)
            for name in ("flow-id", "calls")
        ),
    ),
    (invalid_field("flow-id"), invalid_field("security-id")),
    (Rule(ViolationTest("api-version"), INVALID_API_VERSION, "api-version"),),
    (Rule(is_unauthenticated, INVALID_SECURITY_ID, "security-id"),),
    (Rule(has_wrong_security_id, INVALID_SECURITY_ID, "security-id"),),
    (Rule(is_rate_limited, TOO_MANY_REQUESTS),),
    (Rule(has_forbidden_address, IP_NOT_WHITELISTED),),
    (Rule(has_unknown_flow, INVALID_FLOW_ID, "flow-id"),),
    (
        assumed(
            Rule(has_wrong_flow_version, INVALID_FLOW_VERSION, "api-version"), notes.FLOW_VERSION
        ),
    ),
    (known_by(Evidence.OBSERVED, Rule(is_duplicate, CHECKSUM_REPEATED), notes.CHECKSUM),),
    (
        Rule(has_no_calls, EMPTY_CALL_LIST, "calls"),
        assumed(Rule(has_too_many_calls, MAX_DATA_LIST, "calls"), notes.MAX_CALLS),
    ),
    (
        assumed(Rule(is_account_expired, VALIDITY_EXPIRED), notes.ACCOUNT_ROW),
        Rule(has_insufficient_balance, INSUFFICIENT_BALANCE),
    ),
    tuple(
        assumed(Rule(test, fault, "flow-id"), notes.FLOW_ROW)
        for test, fault in (
            (has_no_did, DID_NOT_MAPPED),
            (has_invalid_gateway, INVALID_GATEWAY_ID),
            (has_failing_gateway, FAILURE_FROM_GATEWAY),
            (has_no_mask, NO_MASK_AVAILABLE),
            (has_no_data, NO_DATA_AVAILABLE),
        )
    ),
    tuple(
        assumed(Rule(NoValidItemTest(fault), fault, "calls"), notes.ITEMS)
        for fault in (
            INVALID_FORMAT,
            INVALID_MANDATORY,
            INVALID_CONTACT_NUMBER,
            PHONE_NOT_WHITELISTED,
        )
    ),
)


def _host_rate_limit(host: str) -> Rule:
    return assumed(Rule(HostLimitTest(host), TOO_MANY_REQUESTS), notes.HOST_LIMIT)


CREATE: Final[Rulebook] = (*COMMON, (_host_rate_limit(REAL_TIME_HOST),))
CREATE_BULK: Final[Rulebook] = (*COMMON, (_host_rate_limit(BULK_HOST),))
