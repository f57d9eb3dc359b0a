"""Requests to Effebot, straight into the simulation."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.http import Request
from mockserver.engine.casework import Asked
from mockserver.engine.simulation import request
from mockserver.engine.store import Exchange, Store, World
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
def store(world: World) -> Store:
    return Store(only(world, "effebot"), START)


def ask(store: Store, operation: str, *stories: str, now: Any = START, **more: Any) -> Exchange:
    """A valid request of that operation, and `more` over its fields; None takes one away."""
    listing = store.world.listings["effebot"]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    sent = {"apiKey": "key", **PAGE.get(operation, {}), **more}
    fields = {name: value for name, value in sent.items() if value is not None}
    asked = Request(endpoint.method, endpoint.path, origin="http://h", fields=fields)
    return request(store, Asked(listing, endpoint, asked, stories), now)


def body(exchange: Exchange) -> Any:
    return exchange.reply.body


def patch(store: Store, document: Mapping[str, object]) -> None:
    """As a control request would."""
    patched(store, KEY, document, START)


def got(store: Store, name: int = 1, now: int = START + 10**8) -> Any:
    """The only item of `calls` in a call's details."""
    return body(ask(store, "get", now=now, apiCallIdList=[name]))["calls"][0]


def balance(store: Store) -> Decimal:
    told = store.accounts[KEY].balance
    assert told is not None
    return told
