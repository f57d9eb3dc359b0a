"""What Mobtexting refuses, in the order in which it looks (assumed: the page names none)."""

from mockserver.core.rules import (
    Case,
    Fault,
    Rule,
    Rulebook,
    Source,
    Stage,
    anonymous,
    crowded,
    malformed,
    missing,
    unreadable,
)
from mockserver.providers.mobtexting import dialect

# Codes 400, 401, 405 and 422 are documented for the platform, their texts nowhere: assumed.
UNREADABLE = Fault("malformed-body", 400, "Bad Request", Source.ASSUMED)
UNAUTHENTICATED = Fault("unauthenticated", 401, "Unauthenticated", Source.ASSUMED)
WRONG_METHOD = Fault("wrong-method", 405, "Method Not Allowed", Source.ASSUMED)
NO_BALANCE = Fault("insufficient-balance", 402, "Insufficient balance", Source.ASSUMED)


def _required(name: str) -> Rule:
    text = f"The {name} field is required."
    return missing(name, Fault(f"{_kebab(name)}-required", 422, text, Source.ASSUMED))


def _invalid(name: str, text: str) -> Rule:
    return malformed(name, Fault(f"{_kebab(name)}-malformed", 422, text, Source.ASSUMED))


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def unknown_hook(case: Case) -> bool:
    return dialect.hook(case.caller, case.text("webhook_id")) is None


def foreign_bridge(case: Case) -> bool:
    numbers = case.caller.numbers
    return numbers is not None and case.text("bridge") not in numbers


def penniless(case: Case) -> bool:
    balance = case.caller.balance
    return balance is not None and balance <= 0


WHAT: Stage = (
    Rule(unreadable, UNREADABLE),
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
        Fault("bridge-unknown", 422, "The selected bridge is invalid.", Source.ASSUMED),
        "bridge",
    ),
    Rule(
        unknown_hook,
        Fault("webhook-unknown", 422, "The selected webhook id is invalid.", Source.ASSUMED),
        "webhook_id",
    ),
    Rule(penniless, NO_BALANCE),
)

TOO_MANY = Fault("too-many-requests", 429, "Too Many Requests", Source.ASSUMED)

C2C: Rulebook = ((Rule(anonymous, UNAUTHENTICATED),), (Rule(crowded, TOO_MANY),), WHAT, MAY)

# The codes are documented for the platform as a whole; nothing in a request brings them about.
ORDERED = (
    Fault("forbidden", 403, "Forbidden", Source.ASSUMED),
    Fault("not-found", 404, "Not Found", Source.ASSUMED),
    Fault("conflict", 409, "Conflict", Source.ASSUMED),
    Fault("server-error", 500, "Server Error", Source.ASSUMED),
    Fault("service-unavailable", 503, "Service Unavailable", Source.ASSUMED),
)
