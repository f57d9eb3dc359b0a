"""The page's bodies outside its examples, and contact centers that know nothing of each other."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from tests.support.site_client import build_site_client
from tests.support.vendors.ccai import HEADERS, agent_states, patch_account, request, response_body

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
    state: SandboxState, operation: str, sent: dict[str, Any], given: dict[str, Any], told: object
) -> None:
    patch_account(state, given)
    answer = response_body(request(state, operation, **sent))
    assert (answer if isinstance(told, dict) else answer["status"]) == told


def test_scenarios_order_only_what_no_state_can_bring_about() -> None:
    told = yaml.safe_load(CONFORMANCE.read_text("utf-8"))["examples"]
    ordered = [example["number"] for example in told if "scenario" in example]
    assert (len(told), ordered) == (54, [4, 10, 11, 12, 14])


def test_recording_of_a_call_plays(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    granted = {"menus": {"9": {"recording": "ask"}}}
    site.request("PATCH", "/_mock/accounts/ccai/ccai-default", json=granted)
    call = {"call_type": "Voice Inbound (API)", "menu_id": 9, "end_user_number": NUMBER}
    asked = {**call, "recording_permission": GRANTED}
    site.request("POST", "/ccai/apps/api/v1/calls", json=asked, headers=HEADERS)
    site.request("POST", "/_mock/clock/advance", json={"until": "idle"})
    told = site.request("GET", "/ccai/apps/api/v1/calls/1", headers=HEADERS).json()
    sound = site.request("GET", urlsplit(told["recording_url"]).path)
    assert told["call_duration"] == 6
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/wav")
    assert sound.content[:4] == b"RIFF"


def test_seeded_call_over_http(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    seeded = {"calls": {"514": {"status": "action_only", "call_type": "Voice Inbound (App)"}}}
    site.request("PATCH", "/_mock/accounts/ccai/ccai-default", json=seeded)
    told = site.request("GET", "/ccai/apps/api/v1/calls/514", headers=HEADERS).json()
    empty = ("photos", "videos", "transfers", "deflection_details", "participants", "offer_events")
    assert (told["id"], told["status"]) == (514, "action_only")
    assert [told[key] for key in empty] == [[]] * 6


def test_cancelling_takes_effect_on_a_clock_that_stands_still(configuration: Configuration) -> None:
    site, later = build_site_client(configuration), "2026-01-04T09:00:00Z"
    call = {"call_type": "Voice Scheduled (API)", "menu_id": 10, "end_user_number": NUMBER}
    site.request(
        "POST", "/ccai/apps/api/v1/calls", json={**call, "scheduled_at": later}, headers=HEADERS
    )
    cancel = "/ccai/apps/api/v1/calls/scheduled/1/cancel"
    told = [site.request("PATCH", cancel, headers=HEADERS).status_code for _ in range(2)]
    assert told == [200, 204]
    read = site.request("GET", "/ccai/apps/api/v1/calls/1", headers=HEADERS).json()
    assert (read["status"], read["ends_at"]) == ("cancelled", "2026-01-01T09:00:00.000Z")


def test_two_sandboxes_do_not_see_each_other_s_agents(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    off = {"agents": {"admin@somedomain.com": {"state": "offline"}}}
    account = "/_mock/accounts/ccai/ccai-default"
    assert site.request("PATCH", f"/_sandbox/t1{account}", json=off).status_code == 200
    call = {
        "call_type": "Voice Outbound (API)",
        "agent_email": "admin@somedomain.com",
        "end_user_number": NUMBER,
    }
    told = [
        site.request(
            "POST", f"{prefix}/ccai/apps/api/v1/calls", json=call, headers=HEADERS
        ).status_code
        for prefix in ("/_sandbox/t1", "/_sandbox/t2", "")
    ]
    assert told == [400, 201, 201]
    assert agent_states(site.sandbox.state)["admin"] == "busy"
