"""What is wrong with a request to Innocalls: the tests of its rules."""

from mockserver.core.rulebook import RequestContext
from mockserver.providers.innocalls import request


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
