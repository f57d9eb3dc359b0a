"""Helpers that send requests of Phonon to the engine without HTTP."""

import json
from collections.abc import Mapping
from typing import Any

from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from tests.support.simulation import START
from tests.support.vendors import build_account_patch, send, sent_fields

patch_account = build_account_patch(("phonon", "phonon-default"))
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
    operation = "create-bulk" if bulk else "create"
    named = {name.replace("_", "-"): value for name, value in more.items()}
    fields = sent_fields(CREATE_EXAMPLE, named)
    body = space.encode() + json.dumps(fields).encode()
    return send(
        state,
        "phonon",
        operation,
        fields,
        scenarios=scenarios,
        now=now,
        body=body,
        headers={"content-type": "application/json"},
    )


def response_code(exchange: Exchange) -> Any:
    assert isinstance(exchange.response.body, dict)
    return exchange.response.body["api-response-code"]


def build_item(*numbers: str, **more: Any) -> dict[str, Any]:
    return {
        "contact-numbers": list(numbers),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
