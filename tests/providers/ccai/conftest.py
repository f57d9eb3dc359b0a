"""Requests to the CCAI Platform, straight into the simulation."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import START, only, patched, until_at

KEY = ("ccai", "ccai-default")
BASIC = {"authorization": "Basic " + b64encode(b"customer:token").decode()}
CALLS: Mapping[str, Mapping[str, object]] = {
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


@pytest.fixture
def store(world: Configuration) -> SandboxState:
    return SandboxState(only(world, "ccai"), START)


def ask(
    store: SandboxState,
    operation: str,
    *stories: str,
    now: Any = START,
    headers: Any = None,
    **more: Any,
) -> Exchange:
    """A valid request of that operation, and `more` over its fields; None takes one away."""
    listing = store.configuration.providers["ccai"]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    sent = {**CALLS.get(operation, {}), **more}
    fields = {name: value for name, value in sent.items() if value is not None}
    asked = Request(endpoint.method, endpoint.path, headers=headers or BASIC, fields=fields)
    return handle(store, IncomingRequest(listing, endpoint, asked, stories), now)


def body(exchange: Exchange) -> Any:
    return exchange.response.body


def patch(store: SandboxState, document: Mapping[str, object], now: int = START) -> None:
    """As a control request would."""
    patched(store, KEY, document, now)


def shown(store: SandboxState, at: int, nth: str = "1") -> Any:
    """The call as it reads so many ms after the start."""
    until_at(store, START + at)
    return body(ask(store, "read-call", now=START + at, id=nth))


def agents(store: SandboxState) -> dict[str, str]:
    """State of each agent, by the name before the @."""
    known = store.accounts[KEY].records["agents"].items()
    return {name.split("@")[0]: one.state for name, one in known}
