"""What a scenario orders in place of the vendor's response."""

from mockserver.core.http import Response
from mockserver.core.provider import find_fault
from mockserver.core.rulebook import RequestContext, Rule
from mockserver.engine.exchange import MatchedRequest

NO_STATUS = 0
"""The status of a response that is never sent because a scenario breaks the connection."""


def ordered_response(matched: MatchedRequest) -> Response | None:
    """The response that a scenario orders; None if the vendor itself responds."""
    if matched.api.disconnect:
        return Response(NO_STATUS)
    return matched.api.answer


def ordered_fault(matched: MatchedRequest) -> Rule | None:
    """The rule that refuses the request with the fault that a scenario orders, if it has it."""
    name = matched.api.fault
    fault = find_fault(matched.incoming.bound.provider, name) if name else None
    return Rule(_always, fault) if fault else None


def ordering_scenario(matched: MatchedRequest) -> str:
    """The name of the scenario that orders the response; empty if the vendor itself responds."""
    api = matched.applied_api
    return api.scenario.name if api and ordered_response(matched) else ""


def _always(_: RequestContext) -> bool:
    return True
