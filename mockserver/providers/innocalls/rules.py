"""Rulebooks of Innocalls. Their order is assumed: the page says nothing of it."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Rule,
    Rulebook,
    Stage,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    known_by,
    malformed_field,
    missing_field,
)
from mockserver.providers.innocalls import conditions, faults, notes

NOTES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("phone", "first_callee_number", "second_callee_number", "phone_number"), notes.CALLER_FORM
    ),
    "type": notes.TYPE,
    "order_currency": notes.CURRENCY,
    "duration": notes.DURATION,
    "call_time": notes.CALL_TIME,
    "webhook": notes.WEBHOOK,
}
"""Field -> what the page says of its form."""


def _assumed(rule: Rule, note: str) -> Rule:
    return known_by(Evidence.ASSUMED, rule, note)


def _missing(name: str) -> Rule:
    return _assumed(missing_field(name, faults.BAD_REQUEST), notes.REQUIRED)


def _malformed(name: str) -> Rule:
    return _assumed(malformed_field(name, faults.BAD_REQUEST), NOTES.get(name, notes.FORM))


def _required_fields(*names: str) -> Stage:
    return tuple(rule for name in names for rule in (_missing(name), _malformed(name)))


def _optional_fields(*names: str) -> Stage:
    return tuple(map(_malformed, names))


CREDENTIAL: Final = Rule(is_unauthenticated, faults.UNAUTHORIZED)
RATE: Final = known_by(
    Evidence.DOCUMENTED, Rule(is_rate_limited, faults.TOO_MANY_REQUESTS), notes.RATE
)
BODY: Final = _assumed(Rule(is_malformed, faults.BAD_REQUEST), notes.BODY)
AUTHENTICATION: Final[Rulebook] = (
    (CREDENTIAL,),
    (Rule(conditions.is_not_acceptable, faults.NOT_ACCEPTABLE),),
    (RATE,),
    (BODY,),
)
FLOW_ACCESS: Final[Stage] = (
    _assumed(Rule(conditions.has_unknown_flow, faults.NOT_FOUND, "call_flow_id"), notes.FLOW),
    _assumed(Rule(conditions.has_removed_flow, faults.GONE, "call_flow_id"), notes.FLOW),
    _assumed(Rule(conditions.has_hidden_flow, faults.FORBIDDEN, "call_flow_id"), notes.FLOW),
)

AUTHORIZE: Final[Rulebook] = AUTHENTICATION
CONFIRMATION: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        *_required_fields("phone", "call_flow_id", "order_number"),
        *_optional_fields(
            "tries", "try_delay", "items_count", "order_cost", "order_currency", "type"
        ),
    ),
    FLOW_ACCESS,
    (
        _assumed(
            Rule(conditions.has_missing_flow_parameter, faults.BAD_REQUEST, "call_flow_id"),
            notes.FLOW_PARAMETER,
        ),
        _assumed(
            Rule(conditions.has_missing_spoken_parameter, faults.BAD_REQUEST, "type"), notes.TYPE
        ),
    ),
)
BRIDGE: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        *_required_fields("call_flow_id", "first_callee_number", "first_callee_name"),
        *_required_fields("second_callee_number", "second_callee_name", "duration"),
        *_optional_fields("call_time"),
    ),
    (
        _assumed(
            Rule(conditions.has_invalid_call_time, faults.BAD_REQUEST, "call_time"), notes.CALL_TIME
        ),
    ),
    (
        _assumed(
            Rule(conditions.has_past_call_time, faults.BAD_REQUEST, "call_time"),
            notes.PAST_CALL_TIME,
        ),
    ),
    FLOW_ACCESS,
)
STATUS: Final[Rulebook] = (
    *AUTHENTICATION,
    _required_fields("call_id", "call_flow_id"),
    (_assumed(Rule(conditions.has_unknown_call, faults.NOT_FOUND, "call_id"), notes.CALL_ID),),
)
DISPATCH: Final[Rulebook] = (
    *AUTHENTICATION,
    _required_fields("phone", "number_1", "number_2", "webhook"),
)
INTEGRATION: Final[Rulebook] = ((BODY,), _required_fields("phone_number"))
LOGIN: Final[Rulebook] = ()
LOGIN_SUBMIT: Final[Rulebook] = (
    (BODY,),
    _optional_fields("phone_number", "extension", "password"),
)
CALL: Final[Rulebook] = ((CREDENTIAL,), (RATE,), (BODY,), _required_fields("phone_number"))
