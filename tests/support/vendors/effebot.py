"""Helpers that send requests of Effebot to the engine without HTTP."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START
from tests.support.simulation import patch_account as patch_any_account

ACCOUNT_KEY = ("effebot", "effebot-default")
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
    bound = state.configuration.providers["effebot"]
    endpoint = next(
        endpoint for endpoint in bound.provider.endpoints if endpoint.operation == operation
    )
    sent = {"apiKey": "key", **EXAMPLES.get(operation, {}), **more}
    fields = {name: value for name, value in sent.items() if value is not None}
    sent_request = Request(
        method=endpoint.method, path=endpoint.path, origin="http://h", fields=fields
    )
    return handle(
        state,
        IncomingRequest(bound=bound, endpoint=endpoint, request=sent_request, scenarios=scenarios),
        now,
    )


def response_body(exchange: Exchange) -> Any:
    return exchange.response.body


def patch_account(state: SandboxState, document: Mapping[str, object]) -> None:
    """Patch the account as the control API does."""
    patch_any_account(state, ACCOUNT_KEY, document, START)


def call_details(state: SandboxState, name: int = 1, now: int = START + 10**8) -> Any:
    """Return the only item of `calls` in a call's details."""
    return response_body(request(state, "get", now=now, apiCallIdList=[name]))["calls"][0]


def balance(state: SandboxState) -> Decimal:
    value = read.accounts(state)[ACCOUNT_KEY].balance
    assert value is not None
    return value
