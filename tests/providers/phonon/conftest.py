"""Requests to Phonon, straight into the simulation."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import START, only, patched

KEY = ("phonon", "phonon-default")
SECURITY = "0123456789abcdef" * 4
ITEM: Mapping[str, object] = {"client-identifier": "x", "contact-numbers": ["918867136000"]}
CALLS: Mapping[str, object] = {
    "api-version": "1.0",
    "security-id": SECURITY,
    "flow-id": "Ab12Cd34",
    "calls": [ITEM],
}


@pytest.fixture
def store(world: Configuration) -> SandboxState:
    return SandboxState(only(world, "phonon"), START)


def ask(
    store: SandboxState,
    *stories: str,
    now: int = START,
    bulk: bool = False,
    space: str = "",
    **more: Any,
) -> Exchange:
    """A valid request, and `more` over its fields, with `_` for `-`; None takes one away."""
    listing = store.configuration.providers["phonon"]
    named = {name.replace("_", "-"): value for name, value in more.items()}
    fields = {name: one for name, one in {**CALLS, **named}.items() if one is not None}
    told = space.encode() + json.dumps(fields).encode()
    asked = Request("POST", "/kairos-apis/outbound/create", fields=fields, body=told)
    return handle(
        store, IncomingRequest(listing, listing.provider.endpoints[bulk], asked, stories), now
    )


def code(exchange: Exchange) -> Any:
    assert isinstance(exchange.response.body, dict)
    return exchange.response.body["api-response-code"]


def patch(store: SandboxState, document: Mapping[str, object]) -> None:
    """As a control request would."""
    patched(store, KEY, document, START)


def item(*numbers: str, **more: Any) -> dict[str, Any]:
    return {
        "contact-numbers": list(numbers),
        **{name.replace("_", "-"): v for name, v in more.items()},
    }
