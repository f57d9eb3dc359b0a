"""Helpers that send requests of Effebot to the engine without HTTP."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START
from tests.support.vendors import build_account_patch, response_body, send, sent_fields

ACCOUNT_KEY = ("effebot", "effebot-default")
patch_account = build_account_patch(ACCOUNT_KEY)
CREATE_EXAMPLE: Mapping[str, object] = {
    "apiKey": "key",
    "phone": "99999999999",
    "outgoingPhone": "99999999999",
    "record": {"id": 1},
}
EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "create": CREATE_EXAMPLE,
    "create-with-template": {**CREATE_EXAMPLE, "record": None, "templateId": 1},
    "get": {"apiCallIdList": [1]},
}


def request(
    state: SandboxState, operation: str, *scenarios: str, now: Any = START, **more: Any
) -> Exchange:
    """Send a valid request of `operation` with its fields changed by `more`; None omits one."""
    fields = sent_fields({"apiKey": "key"}, EXAMPLES.get(operation, {}), more)
    return send(
        state, "effebot", operation, fields, scenarios=scenarios, now=now, origin="http://h"
    )


def call_details(state: SandboxState, name: int = 1, now: int = START + 10**8) -> Any:
    """Return the only item of `calls` in a call's details."""
    return response_body(request(state, "get", now=now, apiCallIdList=[name]))["calls"][0]


def balance(state: SandboxState) -> Decimal:
    value = read.accounts(state)[ACCOUNT_KEY].balance
    assert value is not None
    return value
