"""Respond to requests to paths that no provider has."""

from mockserver.core.http import Request, Response
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState

NOT_FOUND = 404


def respond_unknown_path(
    state: SandboxState, request: Request, now: int, explanation: str
) -> Exchange:
    """Respond 404 to a request to a path that no provider has, and record the exchange."""
    request_id, response = state.journal.next_request_id, Response(NOT_FOUND)
    scenarios = state.configuration.scenarios
    exchange = Exchange(
        request_id, now, "", "", request, response, None, explanation, (), scenarios
    )
    state.journal.record_exchange(exchange)
    return exchange
