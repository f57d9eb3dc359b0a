"""Faults and rulebooks of Innocalls: the eleven rows of its error table, in an assumed order."""

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
from mockserver.providers.innocalls import request

# Codes and texts are documented, each the whole table cell; what causes each is assumed.
BAD_REQUEST = Fault("bad-request", 400, "Bad Request -- Your request sucks", Evidence.DOCUMENTED)
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
TOO_MANY_REQUESTS = Fault(
    "too-many-requests",
    429,
    "Too Many Requests -- You're requesting too many kittens! Slow down!",
    Evidence.DOCUMENTED,
)
SCENARIO_ONLY_FAULTS = (
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


def is_not_acceptable(context: RequestContext) -> bool:
    return not request.accepts_json(context.request)


def has_removed_flow(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and flow.state == "removed"


def has_hidden_flow(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return flow is not None and flow.state == "administrators-only"


def has_unknown_flow(context: RequestContext) -> bool:
    """Whether the account lacks the flow; an account that lists no flows accepts any."""
    return (
        bool(context.authenticated_account.records.get("flows"))
        and request.find_flow(context) is None
    )


def has_missing_flow_parameter(context: RequestContext) -> bool:
    flow = request.find_flow(context)
    return any(not request.request_text(context, name) for name in flow.requires) if flow else False


def has_missing_spoken_parameter(context: RequestContext) -> bool:
    """Whether a parameter that is to be read out is missing."""
    return any(
        not request.request_text(context, name)
        for name in request.spoken_parameters(context.fields)
    )


def has_past_call_time(context: RequestContext) -> bool:
    at = request.call_time(context)
    return at is not None and at <= context.now


def has_invalid_call_time(context: RequestContext) -> bool:
    """Whether `call_time` is a day or an hour that does not exist."""
    return bool(request.request_text(context, "call_time")) and request.call_time(context) is None


def has_unknown_call(context: RequestContext) -> bool:
    return request.find_bridge(context) is None


def _required_fields(*names: str) -> Stage:
    return tuple(
        rule
        for name in names
        for rule in (missing_field(name, BAD_REQUEST), malformed_field(name, BAD_REQUEST))
    )


def _optional_fields(*names: str) -> Stage:
    return tuple(malformed_field(name, BAD_REQUEST) for name in names)


AUTHENTICATION: Rulebook = (
    (Rule(is_unauthenticated, UNAUTHORIZED),),
    (Rule(is_not_acceptable, NOT_ACCEPTABLE),),
    (Rule(is_rate_limited, TOO_MANY_REQUESTS),),
    (Rule(is_malformed, BAD_REQUEST),),
)
FLOW_ACCESS: Stage = (
    Rule(has_unknown_flow, NOT_FOUND, "call_flow_id"),
    Rule(has_removed_flow, GONE, "call_flow_id"),
    Rule(has_hidden_flow, FORBIDDEN, "call_flow_id"),
)

AUTHORIZE: Rulebook = AUTHENTICATION
CONFIRMATION: Rulebook = (
    *AUTHENTICATION,
    (
        *_required_fields("phone", "call_flow_id", "order_number"),
        *_optional_fields(
            "tries", "try_delay", "items_count", "order_cost", "order_currency", "type"
        ),
    ),
    FLOW_ACCESS,
    (
        Rule(has_missing_flow_parameter, BAD_REQUEST, "call_flow_id"),
        Rule(has_missing_spoken_parameter, BAD_REQUEST, "type"),
    ),
)
BRIDGE: Rulebook = (
    *AUTHENTICATION,
    (
        *_required_fields("call_flow_id", "first_callee_number", "first_callee_name"),
        *_required_fields("second_callee_number", "second_callee_name", "duration"),
        *_optional_fields("call_time"),
    ),
    (Rule(has_invalid_call_time, BAD_REQUEST, "call_time"),),
    (Rule(has_past_call_time, BAD_REQUEST, "call_time"),),
    FLOW_ACCESS,
)
STATUS: Rulebook = (
    *AUTHENTICATION,
    _required_fields("call_id", "call_flow_id"),
    (Rule(has_unknown_call, NOT_FOUND, "call_id"),),
)
DISPATCH: Rulebook = (*AUTHENTICATION, _required_fields("phone", "number_1", "number_2", "webhook"))
INTEGRATION: Rulebook = ((Rule(is_malformed, BAD_REQUEST),), _required_fields("phone_number"))
LOGIN: Rulebook = ()
LOGIN_SUBMIT: Rulebook = (
    (Rule(is_malformed, BAD_REQUEST),),
    _optional_fields("phone_number", "extension", "password"),
)
CALL: Rulebook = (
    (Rule(is_unauthenticated, UNAUTHORIZED),),
    (Rule(is_rate_limited, TOO_MANY_REQUESTS),),
    (Rule(is_malformed, BAD_REQUEST),),
    _required_fields("phone_number"),
)
