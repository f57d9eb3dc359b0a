"""What Innocalls refuses: the eleven rows of its table; the order in which it looks is assumed."""

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
from mockserver.providers.innocalls import reading

# Code and text are the page's, the whole table cell; what provokes each is assumed.
BAD = Fault("bad-request", 400, "Bad Request -- Your request sucks", Evidence.DOCUMENTED)
UNAUTHORIZED = Fault(
    "unauthorized", 401, "Unauthorized -- Your API key is wrong", Evidence.DOCUMENTED
)
FORBIDDEN = Fault(
    "forbidden",
    403,
    "Forbidden -- The kitten requested is hidden for administrators only",
    Evidence.DOCUMENTED,
)
NOT_FOUND = Fault(
    "not-found", 404, "Not Found -- The specified kitten could not be found", Evidence.DOCUMENTED
)
WRONG_METHOD = Fault(
    "wrong-method",
    405,
    "Method Not Allowed -- You tried to access a kitten with an invalid method",
    Evidence.DOCUMENTED,
)
NOT_ACCEPTABLE = Fault(
    "not-acceptable",
    406,
    "Not Acceptable -- You requested a format that isn't json",
    Evidence.DOCUMENTED,
)
GONE = Fault(
    "gone",
    410,
    "Gone -- The kitten requested has been removed from our servers",
    Evidence.DOCUMENTED,
)
TOO_MANY = Fault(
    "too-many-requests",
    429,
    "Too Many Requests -- You're requesting too many kittens! Slow down!",
    Evidence.DOCUMENTED,
)
ORDERED = (
    Fault("teapot", 418, "I'm a teapot", Evidence.DOCUMENTED),
    Fault(
        "server-error",
        500,
        "Internal Server Error -- We had a problem with our server. Try again later.",
        Evidence.DOCUMENTED,
    ),
    Fault(
        "service-unavailable",
        503,
        "Service Unavailable -- We're temporarially offline for maintanance. "
        "Please try again later.",
        Evidence.DOCUMENTED,
    ),
)


def unacceptable(case: RequestContext) -> bool:
    return not reading.takes_json(case.request)


def removed_flow(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and flow.state == "removed"


def hidden_flow(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return flow is not None and flow.state == "administrators-only"


def unknown_flow(case: RequestContext) -> bool:
    """An account that names no flow knows every one."""
    return bool(case.authenticated_account.records.get("flows")) and reading.flow(case) is None


def lacking_for_flow(case: RequestContext) -> bool:
    flow = reading.flow(case)
    return any(not reading.text(case, name) for name in flow.requires) if flow else False


def unspeakable(case: RequestContext) -> bool:
    """What is to be read out has not been sent."""
    return any(not reading.text(case, name) for name in reading.spoken(case.fields))


def past(case: RequestContext) -> bool:
    at = reading.call_time(case)
    return at is not None and at <= case.now


def undated(case: RequestContext) -> bool:
    """A day or an hour that does not exist."""
    return bool(reading.text(case, "call_time")) and reading.call_time(case) is None


def unknown_call(case: RequestContext) -> bool:
    return reading.bridge_of(case) is None


def _needed(*names: str) -> Stage:
    return tuple(
        rule for name in names for rule in (missing_field(name, BAD), malformed_field(name, BAD))
    )


def _optional(*names: str) -> Stage:
    return tuple(malformed_field(name, BAD) for name in names)


WHO: Rulebook = (
    (Rule(is_unauthenticated, UNAUTHORIZED),),
    (Rule(unacceptable, NOT_ACCEPTABLE),),
    (Rule(is_rate_limited, TOO_MANY),),
    (Rule(is_malformed, BAD),),
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
INTEGRATION: Rulebook = ((Rule(is_malformed, BAD),), _needed("phone_number"))
LOGIN: Rulebook = ()
ENTRY: Rulebook = ((Rule(is_malformed, BAD),), _optional("phone_number", "extension", "password"))
CALL: Rulebook = (
    (Rule(is_unauthenticated, UNAUTHORIZED),),
    (Rule(is_rate_limited, TOO_MANY),),
    (Rule(is_malformed, BAD),),
    _needed("phone_number"),
)
