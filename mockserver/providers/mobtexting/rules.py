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
    known_by,
    malformed_field,
    missing_field,
)
from mockserver.providers.mobtexting import notes, request

# The codes 400, 401 and 422 are observed on the platform's overview; all texts are assumed.
MALFORMED_BODY = Fault("malformed-body", 400, "Bad Request", Evidence.ASSUMED)
UNAUTHENTICATED = Fault("unauthenticated", 401, "Unauthenticated", Evidence.ASSUMED)
WRONG_METHOD = Fault("wrong-method", 405, "Method Not Allowed", Evidence.ASSUMED)
INSUFFICIENT_BALANCE = Fault("insufficient-balance", 402, "Insufficient balance", Evidence.ASSUMED)


def _required_field(field: str) -> Rule:
    text = f"The {field} field is required."
    fault = Fault(f"{_kebab_case(field)}-required", 422, text, Evidence.ASSUMED)
    return known_by(Evidence.DOCUMENTED, missing_field(field, fault), notes.MANDATORY)


def _invalid_field(
    field: str, text: str, condition: Evidence = Evidence.ASSUMED, note: str = ""
) -> Rule:
    fault = Fault(f"{_kebab_case(field)}-malformed", 422, text, Evidence.ASSUMED)
    return known_by(condition, malformed_field(field, fault), note)


def _kebab_case(name: str) -> str:
    return name.replace("_", "-")


def has_other_content_type(context: RequestContext) -> bool:
    """Whether there is a body, and `Content-Type` names neither JSON nor a form."""
    sent = context.request
    if not sent.body or sent.headers.get("content-type") in request.ACCEPTED_TYPES:
        return False
    return sent.media_type not in request.ACCEPTED_TYPES


def has_unknown_flow(context: RequestContext) -> bool:
    """Whether the account lists flows, and `to` names another one."""
    to = context.fields["to"]
    if not (isinstance(to, str) and to.startswith(request.FLOW_PREFIX)):
        return False
    flows = context.authenticated_account.records.get("flows", {})
    return bool(flows) and to.removeprefix(request.FLOW_PREFIX) not in flows


def has_unknown_webhook(context: RequestContext) -> bool:
    return request.webhook_url(context.authenticated_account, context.text("webhook_id")) is None


def has_foreign_bridge(context: RequestContext) -> bool:
    numbers = context.authenticated_account.numbers
    return numbers is not None and context.text("bridge") not in numbers


def has_insufficient_balance(context: RequestContext) -> bool:
    balance = context.authenticated_account.balance
    return balance is not None and balance <= 0


VALIDATION: Stage = (
    known_by(Evidence.OBSERVED, Rule(is_malformed, MALFORMED_BODY), notes.CODE),
    known_by(
        Evidence.ASSUMED,
        Rule(has_other_content_type, MALFORMED_BODY),
        notes.CONTENT_TYPE,
    ),
    _required_field("bridge"),
    _invalid_field("bridge", "The bridge format is invalid."),
    _required_field("from"),
    _invalid_field("from", "The from format is invalid."),
    _required_field("to"),
    _invalid_field("to", "The to format is invalid."),
    _invalid_field("mid", "The mid must be a string."),
    _invalid_field("webhook_id", "The webhook id must be a string."),
    _invalid_field("variables", "The variables must be an array.", note=notes.VARIABLES),
    _invalid_field("record", "The selected record is invalid.", Evidence.DOCUMENTED, notes.RECORD),
    _invalid_field(
        "duration", "The duration must be an integer of at least 1.", note=notes.DURATION
    ),
    _invalid_field(
        "attempts", "The attempts must be between 0 and 2.", Evidence.DOCUMENTED, notes.ATTEMPTS
    ),
)

AUTHORIZATION: Stage = (
    Rule(
        has_foreign_bridge,
        Fault("bridge-unknown", 422, "The selected bridge is invalid.", Evidence.ASSUMED),
        "bridge",
        restriction="numbers",
    ),
    Rule(
        has_unknown_flow,
        Fault("flow-unknown", 422, "The selected to is invalid.", Evidence.ASSUMED),
        "to",
        note=notes.FLOW,
    ),
    Rule(
        has_unknown_webhook,
        Fault("webhook-unknown", 422, "The selected webhook id is invalid.", Evidence.ASSUMED),
        "webhook_id",
        restriction="webhooks",
    ),
    known_by(
        Evidence.OBSERVED,
        Rule(has_insufficient_balance, INSUFFICIENT_BALANCE, restriction="balance"),
        notes.CODE,
    ),
)

TOO_MANY_REQUESTS = Fault("too-many-requests", 429, "Too Many Requests", Evidence.ASSUMED)

C2C: Rulebook = (
    (known_by(Evidence.OBSERVED, Rule(is_unauthenticated, UNAUTHENTICATED), notes.CODE),),
    (known_by(Evidence.OBSERVED, Rule(is_rate_limited, TOO_MANY_REQUESTS), notes.RATE),),
    VALIDATION,
    AUTHORIZATION,
)

# The codes are observed on the platform's overview; no request causes them.
SCENARIO_ONLY_FAULTS = (
    Fault("forbidden", 403, "Forbidden", Evidence.ASSUMED),
    Fault("not-found", 404, "Not Found", Evidence.ASSUMED),
    Fault("conflict", 409, "Conflict", Evidence.ASSUMED),
    Fault("server-error", 500, "Server Error", Evidence.ASSUMED),
    Fault("service-unavailable", 503, "Service Unavailable", Evidence.ASSUMED),
)
