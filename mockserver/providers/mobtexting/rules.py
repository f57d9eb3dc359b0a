"""What Mobtexting refuses, in the order in which it looks (assumed: the page names none)."""

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
from mockserver.providers.mobtexting import dialect

# Codes 400, 401, 405 and 422 are documented for the platform, their texts nowhere: assumed.
UNREADABLE = Fault("malformed-body", 400, "Bad Request", Evidence.ASSUMED)
UNAUTHENTICATED = Fault("unauthenticated", 401, "Unauthenticated", Evidence.ASSUMED)
WRONG_METHOD = Fault("wrong-method", 405, "Method Not Allowed", Evidence.ASSUMED)
NO_BALANCE = Fault("insufficient-balance", 402, "Insufficient balance", Evidence.ASSUMED)


def _required(name: str) -> Rule:
    text = f"The {name} field is required."
    return missing_field(name, Fault(f"{_kebab(name)}-required", 422, text, Evidence.ASSUMED))


def _invalid(name: str, text: str) -> Rule:
    return malformed_field(name, Fault(f"{_kebab(name)}-malformed", 422, text, Evidence.ASSUMED))


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def unknown_hook(case: RequestContext) -> bool:
    return dialect.hook(case.authenticated_account, case.text("webhook_id")) is None


def foreign_bridge(case: RequestContext) -> bool:
    numbers = case.authenticated_account.numbers
    return numbers is not None and case.text("bridge") not in numbers


def penniless(case: RequestContext) -> bool:
    balance = case.authenticated_account.balance
    return balance is not None and balance <= 0


WHAT: Stage = (
    Rule(is_malformed, UNREADABLE),
    _required("bridge"),
    _invalid("bridge", "The bridge format is invalid."),
    _required("from"),
    _invalid("from", "The from format is invalid."),
    _required("to"),
    _invalid("to", "The to format is invalid."),
    _invalid("mid", "The mid must be a string."),
    _invalid("webhook_id", "The webhook id must be a string."),
    _invalid("variables", "The variables must be an array."),
    _invalid("record", "The selected record is invalid."),
    _invalid("duration", "The duration must be at least 1."),
    _invalid("attempts", "The attempts must be between 0 and 2."),
)

MAY: Stage = (
    Rule(
        foreign_bridge,
        Fault("bridge-unknown", 422, "The selected bridge is invalid.", Evidence.ASSUMED),
        "bridge",
    ),
    Rule(
        unknown_hook,
        Fault("webhook-unknown", 422, "The selected webhook id is invalid.", Evidence.ASSUMED),
        "webhook_id",
    ),
    Rule(penniless, NO_BALANCE),
)

TOO_MANY = Fault("too-many-requests", 429, "Too Many Requests", Evidence.ASSUMED)

C2C: Rulebook = (
    (Rule(is_unauthenticated, UNAUTHENTICATED),),
    (Rule(is_rate_limited, TOO_MANY),),
    WHAT,
    MAY,
)

# The codes are documented for the platform as a whole; nothing in a request brings them about.
ORDERED = (
    Fault("forbidden", 403, "Forbidden", Evidence.ASSUMED),
    Fault("not-found", 404, "Not Found", Evidence.ASSUMED),
    Fault("conflict", 409, "Conflict", Evidence.ASSUMED),
    Fault("server-error", 500, "Server Error", Evidence.ASSUMED),
    Fault("service-unavailable", 503, "Service Unavailable", Evidence.ASSUMED),
)
