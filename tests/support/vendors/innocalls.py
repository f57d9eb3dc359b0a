"""Requests to Innocalls, straight into the simulation."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.account import Account
from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START

EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "order-confirmation": {
        "phone": "201120000000",
        "call_flow_id": "flow",
        "order_number": "123456789",
    },
    "bridge": {
        "call_flow_id": "flow",
        "first_callee_number": "201120000001",
        "first_callee_name": "first name",
        "second_callee_number": "201120000002",
        "second_callee_name": " second name",
        "duration": "2",
    },
    "call-status": {"call_flow_id": "flow"},
    "dispatch": {"phone": "966500000000", "number_1": "1", "number_2": "2", "webhook": "#"},
    "webrtc-call": {"phone_number": "00966500000000"},
    "webrtc-enter": {"extension": "101", "password": "key", "phone_number": "00966500000000"},
}
"""What the page's samples send, by operation."""


def request(
    state: SandboxState,
    operation: str,
    *stories: str,
    now: Any = START,
    headers: Any = None,
    **fields: object,
) -> Exchange:
    """The page's fields first, `fields` over them, without those that are None."""
    listing = state.configuration.providers["innocalls"]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    sent = {**EXAMPLES.get(operation, {}), **fields}
    told = {name: value for name, value in sent.items() if value is not None}
    given = {"authorization": "Bearer key"} if headers is None else headers
    asked = Request(method="POST", path=endpoint.path, headers=given, fields=told)
    return handle(
        state,
        IncomingRequest(bound=listing, endpoint=endpoint, request=asked, scenarios=stories),
        now,
    )


def response_body(exchange: Exchange) -> Any:
    return exchange.response.body


def change_account(state: SandboxState, **changes: Any) -> None:
    """The bundled account as a file would have it with these keys."""
    key = ("innocalls", "innocalls-default")
    document = {**read.accounts(state)[key].document, **changes}
    account, flaws = state.configuration.parse_account(key[1], key[0], document)
    assert flaws == ()
    assert isinstance(account, Account)
    read.accounts(state)[key] = account
