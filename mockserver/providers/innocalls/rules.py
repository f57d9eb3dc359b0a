"""What Innocalls refuses: the eleven rows of its table; the order in which it looks is assumed."""

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
from mockserver.providers.innocalls import reading

# Code and text are the page's, the whole table cell; what provokes each is assumed.
BAD = Fault("bad-request", 400, "Bad Request -- Your request sucks", Source.DOCUMENTED)
UNAUTHORIZED = Fault(
    "unauthorized", 401, "Unauthorized -- Your API key is wrong", Source.DOCUMENTED
)
FORBIDDEN = Fault(
    "forbidden",
    403,
    "Forbidden -- The kitten requested is hidden for administrators only",
    Source.DOCUMENTED,
)
NOT_FOUND = Fault(
    "not-found", 404, "Not Found -- The specified kitten could not be found", Source.DOCUMENTED
)
WRONG_METHOD = Fault(
    "wrong-method",
    405,
    "Method Not Allowed -- You tried to access a kitten with an invalid method",
    Source.DOCUMENTED,
)
NOT_ACCEPTABLE = Fault(
    "not-acceptable",
    406,
    "Not Acceptable -- You requested a format that isn't json",
    Source.DOCUMENTED,
)
GONE = Fault(
    "gone",
    410,
    "Gone -- The kitten requested has been removed from our servers",
    Source.DOCUMENTED,
)
TOO_MANY = Fault(
    "too-many-requests",
    429,
    "Too Many Requests -- You're requesting too many kittens! Slow down!",
    Source.DOCUMENTED,
)
ORDERED = (
    Fault("teapot", 418, "I'm a teapot", Source.DOCUMENTED),
    Fault(
        "server-error",
        500,
        "Internal Server Error -- We had a problem with our server. Try again later.",
        Source.DOCUMENTED,
    ),
    Fault(
        "service-unavailable",
        503,
        "Service Unavailable -- We're temporarially offline for maintanance. "
        "Please try again later.",
        Source.DOCUMENTED,
    ),
)


def unacceptable(case: Case) -> bool:
    return not reading.takes_json(case.request)


def removed_flow(case: Case) -> bool:
    flow = reading.flow(case)
    return flow is not None and flow.state == "removed"


def hidden_flow(case: Case) -> bool:
    flow = reading.flow(case)
    return flow is not None and flow.state == "administrators-only"


def unknown_flow(case: Case) -> bool:
    """An account that names no flow knows every one."""
    return bool(case.caller.records.get("flows")) and reading.flow(case) is None


def lacking_for_flow(case: Case) -> bool:
    flow = reading.flow(case)
    return any(not reading.text(case, name) for name in flow.requires) if flow else False


def unspeakable(case: Case) -> bool:
    """What is to be read out has not been sent."""
    return any(not reading.text(case, name) for name in reading.spoken(case.fields))


def past(case: Case) -> bool:
    at = reading.call_time(case)
    return at is not None and at <= case.now


def undated(case: Case) -> bool:
    """A day or an hour that does not exist."""
    return bool(reading.text(case, "call_time")) and reading.call_time(case) is None


def unknown_call(case: Case) -> bool:
    return reading.bridge_of(case) is None


def _needed(*names: str) -> Stage:
    return tuple(rule for name in names for rule in (missing(name, BAD), malformed(name, BAD)))


def _optional(*names: str) -> Stage:
    return tuple(malformed(name, BAD) for name in names)


WHO: Rulebook = (
    (Rule(anonymous, UNAUTHORIZED),),
    (Rule(unacceptable, NOT_ACCEPTABLE),),
    (Rule(crowded, TOO_MANY),),
    (Rule(unreadable, BAD),),
)
FLOW: Stage = (
    Rule(unknown_flow, NOT_FOUND, "call_flow_id"),
    Rule(removed_flow, GONE, "call_flow_id"),
    Rule(hidden_flow, FORBIDDEN, "call_flow_id"),
)

AUTHORIZE: Rulebook = WHO
CONFIRMATION: Rulebook = (
    *WHO,
    (
        *_needed("phone", "call_flow_id", "order_number"),
        *_optional("tries", "try_delay", "items_count", "order_cost", "order_currency", "type"),
    ),
    FLOW,
    (Rule(lacking_for_flow, BAD, "call_flow_id"), Rule(unspeakable, BAD, "type")),
)
BRIDGE: Rulebook = (
    *WHO,
    (
        *_needed("call_flow_id", "first_callee_number", "first_callee_name"),
        *_needed("second_callee_number", "second_callee_name", "duration"),
        *_optional("call_time"),
    ),
    (Rule(undated, BAD, "call_time"),),
    (Rule(past, BAD, "call_time"),),
    FLOW,
)
STATUS: Rulebook = (
    *WHO,
    _needed("call_id", "call_flow_id"),
    (Rule(unknown_call, NOT_FOUND, "call_id"),),
)
DISPATCH: Rulebook = (*WHO, _needed("phone", "number_1", "number_2", "webhook"))
INTEGRATION: Rulebook = ((Rule(unreadable, BAD),), _needed("phone_number"))
LOGIN: Rulebook = ()
ENTRY: Rulebook = ((Rule(unreadable, BAD),), _optional("phone_number", "extension", "password"))
CALL: Rulebook = (
    (Rule(anonymous, UNAUTHORIZED),),
    (Rule(crowded, TOO_MANY),),
    (Rule(unreadable, BAD),),
    _needed("phone_number"),
)
