"""Faults and rulebook of Mobtexting; the page names no order of checks, so it is assumed."""

from mockserver.core.rulebook import (
    Evidence,
    Fault,
    RequestContext,
    Rule,
    Rulebook,
    Stage,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    malformed_field,
    missing_field,
)
from mockserver.providers.mobtexting import request

# The codes 400, 401, 405 and 422 are documented for the platform; all texts are assumed.
MALFORMED_BODY = Fault("malformed-body", 400, "Bad Request", Evidence.ASSUMED)
UNAUTHENTICATED = Fault("unauthenticated", 401, "Unauthenticated", Evidence.ASSUMED)
WRONG_METHOD = Fault("wrong-method", 405, "Method Not Allowed", Evidence.ASSUMED)
INSUFFICIENT_BALANCE = Fault("insufficient-balance", 402, "Insufficient balance", Evidence.ASSUMED)


def _required_field(field: str) -> Rule:
    text = f"The {field} field is required."
    return missing_field(
        field, Fault(f"{_kebab_case(field)}-required", 422, text, Evidence.ASSUMED)
    )


def _invalid_field(field: str, text: str) -> Rule:
    return malformed_field(
        field, Fault(f"{_kebab_case(field)}-malformed", 422, text, Evidence.ASSUMED)
    )


def _kebab_case(name: str) -> str:
    return name.replace("_", "-")


def has_unknown_webhook(context: RequestContext) -> bool:
    return request.webhook_url(context.authenticated_account, context.text("webhook_id")) is None


def has_foreign_bridge(context: RequestContext) -> bool:
    numbers = context.authenticated_account.numbers
    return numbers is not None and context.text("bridge") not in numbers


def has_insufficient_balance(context: RequestContext) -> bool:
    balance = context.authenticated_account.balance
    return balance is not None and balance <= 0


VALIDATION: Stage = (
    Rule(is_malformed, MALFORMED_BODY),
    _required_field("bridge"),
    _invalid_field("bridge", "The bridge format is invalid."),
    _required_field("from"),
    _invalid_field("from", "The from format is invalid."),
    _required_field("to"),
    _invalid_field("to", "The to format is invalid."),
    _invalid_field("mid", "The mid must be a string."),
    _invalid_field("webhook_id", "The webhook id must be a string."),
    _invalid_field("variables", "The variables must be an array."),
    _invalid_field("record", "The selected record is invalid."),
    _invalid_field("duration", "The duration must be at least 1."),
    _invalid_field("attempts", "The attempts must be between 0 and 2."),
)

AUTHORIZATION: Stage = (
    Rule(
        has_foreign_bridge,
        Fault("bridge-unknown", 422, "The selected bridge is invalid.", Evidence.ASSUMED),
        "bridge",
        restriction="numbers",
    ),
    Rule(
        has_unknown_webhook,
        Fault("webhook-unknown", 422, "The selected webhook id is invalid.", Evidence.ASSUMED),
        "webhook_id",
        restriction="webhooks",
    ),
    Rule(has_insufficient_balance, INSUFFICIENT_BALANCE, restriction="balance"),
)

TOO_MANY_REQUESTS = Fault("too-many-requests", 429, "Too Many Requests", Evidence.ASSUMED)

C2C: Rulebook = (
    (Rule(is_unauthenticated, UNAUTHENTICATED),),
    (Rule(is_rate_limited, TOO_MANY_REQUESTS),),
    VALIDATION,
    AUTHORIZATION,
)

# The codes are documented for the platform as a whole; no request causes them.
SCENARIO_ONLY_FAULTS = (
    Fault("forbidden", 403, "Forbidden", Evidence.ASSUMED),
    Fault("not-found", 404, "Not Found", Evidence.ASSUMED),
    Fault("conflict", 409, "Conflict", Evidence.ASSUMED),
    Fault("server-error", 500, "Server Error", Evidence.ASSUMED),
    Fault("service-unavailable", 503, "Service Unavailable", Evidence.ASSUMED),
)
