"""The page's bodies outside its examples, and contact centers that know nothing of each other."""

from typing import Any

import pytest

from mockserver.engine.store import Store, World
from tests.providers.ccai.conftest import BASIC, agents, ask, body, patch
from tests.web.conftest import build

NUMBER = "+1 859-657-9625"
GRANTED = "recording_permission_granted"


@pytest.mark.parametrize(
    ("operation", "sent", "given", "told"),
    [
        (
            "create-outbound",
            {"agent_email": "agent@somedomain.com", "outbound_number": "+1 760-867-5309",
             "end_user_number": "123123", "lang": "en"},
            {},
            {"message": "end_user_number is not well-formed"},
        ),
        (
            "create-outbound",
            {"agent_email": "allen@somedomain.com", "outbound_number": "+1 760-867-5309",
             "end_user_number": None, "ticket_id": "123123", "lang": "en"},
            {},
            {"message": "Contact not found"},
        ),
        (
            "create-inbound",
            {"menu_id": 9, "ticket_id": "76517", "end_user_number": NUMBER,
             "recording_permission": GRANTED},
            {},
            "queued",
        ),
        (
            "create-scheduled",
            {"menu_id": 9, "ticket_id": "76517", "end_user_number": NUMBER,
             "scheduled_at": "2029-09-15T00:19:14.421Z", "recording_permission": GRANTED},
            {"menus": {"9": {"type": "mobile_menu"}}},
            "scheduled",
        ),
    ],
    ids=["T-A", "T-B", "T-C", "T-D"],
)  # fmt: skip
def test_body_outside_the_examples(
    store: Store, operation: str, sent: dict[str, Any], given: dict[str, Any], told: object
) -> None:
    patch(store, given)
    answer = body(ask(store, operation, **sent))
    assert (answer if isinstance(told, dict) else answer["status"]) == told


def test_two_sandboxes_do_not_see_each_other_s_agents(world: World) -> None:
    house = build(world)
    off = {"agents": {"admin@somedomain.com": {"state": "offline"}}}
    account = "/_mock/accounts/ccai/ccai-default"
    assert house.ask("PATCH", f"/_sandbox/t1{account}", json=off).status_code == 200
    call = {
        "call_type": "Voice Outbound (API)",
        "agent_email": "admin@somedomain.com",
        "end_user_number": NUMBER,
    }
    told = [
        house.ask("POST", f"{prefix}/ccai/apps/api/v1/calls", json=call, headers=BASIC).status_code
        for prefix in ("/_sandbox/t1", "/_sandbox/t2", "")
    ]
    assert told == [400, 201, 201]
    assert agents(house.sandbox.store)["admin"] == "busy"
