"""Helpers that send requests of Innocalls to the engine without HTTP."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.account import Account
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START
from tests.support.vendors import send, sent_fields

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
"""The fields of the documented samples, by operation."""


def request(
    state: SandboxState,
    operation: str,
    *scenarios: str,
    now: Any = START,
    headers: Any = None,
    **fields: object,
) -> Exchange:
    """Send the documented sample of `operation` changed by `fields`; None omits one."""
    sent = sent_fields(EXAMPLES.get(operation, {}), fields)
    sent_headers = {"authorization": "Bearer key"} if headers is None else headers
    return send(
        state, "innocalls", operation, sent, scenarios=scenarios, now=now, headers=sent_headers
    )


def change_account(state: SandboxState, **changes: Any) -> None:
    """Change keys of the bundled account as a configuration file would."""
    key = ("innocalls", "innocalls-default")
    document = {**read.accounts(state)[key].document, **changes}
    account, problems = state.configuration.parse_account(key[1], key[0], document)
    assert problems == ()
    assert isinstance(account, Account)
    state.accounts.replace(account)
