"""Requests to Effebot, straight into the simulation."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import START, only, patched

KEY = ("effebot", "effebot-default")
CALL: Mapping[str, object] = {
    "apiKey": "key",
    "phone": "99999999999",
    "outgoingPhone": "99999999999",
    "record": {"id": 1},
}
PAGE: Mapping[str, Mapping[str, object]] = {
    "create": CALL,
    "create-with-template": {**CALL, "record": None, "templateId": 1},
    "get": {"apiCallIdList": [1]},
}


@pytest.fixture
def store(world: Configuration) -> SandboxState:
    return SandboxState(only(world, "effebot"), START)


def ask(
    store: SandboxState, operation: str, *stories: str, now: Any = START, **more: Any
) -> Exchange:
    """A valid request of that operation, and `more` over its fields; None takes one away."""
    listing = store.configuration.providers["effebot"]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    sent = {"apiKey": "key", **PAGE.get(operation, {}), **more}
    fields = {name: value for name, value in sent.items() if value is not None}
    asked = Request(endpoint.method, endpoint.path, origin="http://h", fields=fields)
    return handle(store, IncomingRequest(listing, endpoint, asked, stories), now)


def body(exchange: Exchange) -> Any:
    return exchange.response.body


def patch(store: SandboxState, document: Mapping[str, object]) -> None:
    """As a control request would."""
    patched(store, KEY, document, START)


def got(store: SandboxState, name: int = 1, now: int = START + 10**8) -> Any:
    """The only item of `calls` in a call's details."""
    return body(ask(store, "get", now=now, apiCallIdList=[name]))["calls"][0]


def balance(store: SandboxState) -> Decimal:
    told = store.accounts[KEY].balance
    assert told is not None
    return told
