"""Requests to the CCAI Platform, straight into the simulation."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, run_until
from tests.support.simulation import patch_account as patch_any_account

ACCOUNT_KEY = ("ccai", "ccai-default")
HEADERS = {"authorization": "Basic " + b64encode(b"customer:token").decode()}
EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "create-outbound": {
        "call_type": "Voice Outbound (API)",
        "agent_email": "admin@somedomain.com",
        "end_user_number": "+1 859-657-9625",
    },
    "create-inbound": {
        "call_type": "Voice Inbound (API)",
        "menu_id": 9,
        "end_user_number": "+82-10-6861-2345",
    },
    "create-scheduled": {
        "call_type": "Voice Scheduled (API)",
        "menu_id": 10,
        "end_user_number": "+82-10-6861-2345",
        "scheduled_at": "2026-01-04T09:00:00Z",
    },
}


def request(
    state: SandboxState,
    operation: str,
    *stories: str,
    now: Any = START,
    headers: Any = None,
    **more: Any,
) -> Exchange:
    """A valid request of that operation, and `more` over its fields; None takes one away."""
    listing = state.configuration.providers["ccai"]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    sent = {**EXAMPLES.get(operation, {}), **more}
    fields = {name: value for name, value in sent.items() if value is not None}
    asked = Request(
        method=endpoint.method, path=endpoint.path, headers=headers or HEADERS, fields=fields
    )
    return handle(
        state,
        IncomingRequest(bound=listing, endpoint=endpoint, request=asked, scenarios=stories),
        now,
    )


def response_body(exchange: Exchange) -> Any:
    return exchange.response.body


def patch_account(state: SandboxState, document: Mapping[str, object], now: int = START) -> None:
    """As a control request would."""
    patch_any_account(state, ACCOUNT_KEY, document, now)


def call_after(state: SandboxState, at: int, nth: str = "1") -> Any:
    """The call as it reads so many ms after the start."""
    run_until(state, START + at)
    return response_body(request(state, "read-call", now=START + at, id=nth))


def agent_states(state: SandboxState) -> dict[str, str]:
    """State of each agent, by the name before the @."""
    known = read.accounts(state)[ACCOUNT_KEY].records["agents"].items()
    return {name.split("@")[0]: one.state for name, one in known}
