"""The page's bodies outside its examples, and contact centers that know nothing of each other."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from tests.providers.ccai.conftest import BASIC, agents, ask, body, patch
from tests.web.conftest import build

CONFORMANCE = Path(__file__).parents[2] / "conformance" / "ccai.yaml"
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
    store: SandboxState, operation: str, sent: dict[str, Any], given: dict[str, Any], told: object
) -> None:
    patch(store, given)
    answer = body(ask(store, operation, **sent))
    assert (answer if isinstance(told, dict) else answer["status"]) == told


def test_scenarios_order_only_what_no_state_can_bring_about() -> None:
    told = yaml.safe_load(CONFORMANCE.read_text("utf-8"))["examples"]
    ordered = [example["number"] for example in told if "scenario" in example]
    assert (len(told), ordered) == (54, [4, 10, 11, 12, 14])


def test_recording_of_a_call_plays(world: Configuration) -> None:
    house = build(world)
    granted = {"menus": {"9": {"recording": "ask"}}}
    house.ask("PATCH", "/_mock/accounts/ccai/ccai-default", json=granted)
    call = {"call_type": "Voice Inbound (API)", "menu_id": 9, "end_user_number": NUMBER}
    asked = {**call, "recording_permission": GRANTED}
    house.ask("POST", "/ccai/apps/api/v1/calls", json=asked, headers=BASIC)
    house.ask("POST", "/_mock/clock/advance", json={"until": "idle"})
    told = house.ask("GET", "/ccai/apps/api/v1/calls/1", headers=BASIC).json()
    sound = house.ask("GET", urlsplit(told["recording_url"]).path)
    assert told["call_duration"] == 6
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/wav")
    assert sound.content[:4] == b"RIFF"


def test_seeded_call_over_http(world: Configuration) -> None:
    house = build(world)
    seeded = {"calls": {"514": {"status": "action_only", "call_type": "Voice Inbound (App)"}}}
    house.ask("PATCH", "/_mock/accounts/ccai/ccai-default", json=seeded)
    told = house.ask("GET", "/ccai/apps/api/v1/calls/514", headers=BASIC).json()
    empty = ("photos", "videos", "transfers", "deflection_details", "participants", "offer_events")
    assert (told["id"], told["status"]) == (514, "action_only")
    assert [told[key] for key in empty] == [[]] * 6


def test_cancelling_takes_effect_on_a_clock_that_stands_still(world: Configuration) -> None:
    house, later = build(world), "2026-01-04T09:00:00Z"
    call = {"call_type": "Voice Scheduled (API)", "menu_id": 10, "end_user_number": NUMBER}
    house.ask(
        "POST", "/ccai/apps/api/v1/calls", json={**call, "scheduled_at": later}, headers=BASIC
    )
    cancel = "/ccai/apps/api/v1/calls/scheduled/1/cancel"
    told = [house.ask("PATCH", cancel, headers=BASIC).status_code for _ in range(2)]
    assert told == [200, 204]
    read = house.ask("GET", "/ccai/apps/api/v1/calls/1", headers=BASIC).json()
    assert (read["status"], read["ends_at"]) == ("cancelled", "2026-01-01T09:00:00.000Z")


def test_two_sandboxes_do_not_see_each_other_s_agents(world: Configuration) -> None:
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
    assert agents(house.sandbox.state)["admin"] == "busy"
