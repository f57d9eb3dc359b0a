"""Helpers that send requests of the CCAI Platform to the engine without HTTP."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, run_until
from tests.support.simulation import patch_account as patch_any_account
from tests.support.vendors import response_body, send, sent_fields

ACCOUNT_KEY = ("ccai", "ccai-default")
ALL_OFFLINE = {
    "agents": {
        f"{name}@somedomain.com": {"state": "offline"} for name in ("admin", "agent", "allen")
    }
}
HEADERS = {"authorization": "Basic " + b64encode(b"customer:token").decode()}
EXAMPLES: Mapping[str, Mapping[str, object]] = {
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


def request(
    state: SandboxState,
    operation: str,
    *scenarios: str,
    now: Any = START,
    headers: Any = None,
    **more: Any,
) -> Exchange:
    """Send a valid request of `operation` with its fields changed by `more`; None omits one."""
    fields = sent_fields(EXAMPLES.get(operation, {}), more)
    sent_headers = headers or HEADERS
    return send(
        state, "ccai", operation, fields, scenarios=scenarios, now=now, headers=sent_headers
    )


def patch_account(state: SandboxState, document: Mapping[str, object], now: int = START) -> None:
    """Patch the account as the control API does."""
    patch_any_account(state, ACCOUNT_KEY, document, now)


def call_after(state: SandboxState, at: int, number: str = "1") -> Any:
    """Return the call's details `at` ms after `START`."""
    run_until(state, START + at)
    return response_body(request(state, "read-call", now=START + at, id=number))


def statuses_at(state: SandboxState, *times: int) -> list[str]:
    """Return the first call's status at each time, in ms after `START`."""
    return [call_after(state, at)["status"] for at in times]


def pick(details: Any, *keys: str) -> list[Any]:
    """Return the values of some keys of a JSON object."""
    return [details[key] for key in keys]


def agent_states(state: SandboxState) -> dict[str, str]:
    """Return the state of each agent by the name before the @."""
    agents = read.accounts(state)[ACCOUNT_KEY].records["agents"].items()
    return {name.split("@")[0]: agent.state for name, agent in agents}
