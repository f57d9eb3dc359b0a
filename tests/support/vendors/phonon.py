"""Helpers that send requests of Phonon to the engine without HTTP."""

import json
from collections.abc import Mapping
from typing import Any

from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support.simulation import START
from tests.support.simulation import patch_account as patch_any_account

ACCOUNT_KEY = ("phonon", "phonon-default")
SECURITY_ID = "0123456789abcdef" * 4
ITEM_EXAMPLE: Mapping[str, object] = {"client-identifier": "x", "contact-numbers": ["918867136000"]}
CREATE_EXAMPLE: Mapping[str, object] = {
    "api-version": "1.0",
    "security-id": SECURITY_ID,
    "flow-id": "Ab12Cd34",
    "calls": [ITEM_EXAMPLE],
}


def request(
    state: SandboxState,
    *scenarios: str,
    now: int = START,
    bulk: bool = False,
    space: str = "",
    **more: Any,
) -> Exchange:
    """Send a valid request with its fields changed by `more` (`_` for `-`); None omits one."""
    bound = state.configuration.providers["phonon"]
    named = {name.replace("_", "-"): value for name, value in more.items()}
    fields = {
        name: value for name, value in {**CREATE_EXAMPLE, **named}.items() if value is not None
    }
    body = space.encode() + json.dumps(fields).encode()
    sent_request = Request(
        method="POST", path="/kairos-apis/outbound/create", fields=fields, body=body
    )
    return handle(
        state,
        IncomingRequest(
            bound=bound,
            endpoint=bound.provider.endpoints[bulk],
            request=sent_request,
            scenarios=scenarios,
        ),
        now,
    )


def response_code(exchange: Exchange) -> Any:
    assert isinstance(exchange.response.body, dict)
    return exchange.response.body["api-response-code"]


def patch_account(state: SandboxState, document: Mapping[str, object]) -> None:
    """Patch the account as the control API does."""
    patch_any_account(state, ACCOUNT_KEY, document, START)


def build_item(*numbers: str, **more: Any) -> dict[str, Any]:
    return {
        "contact-numbers": list(numbers),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
