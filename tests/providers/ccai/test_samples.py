"""Documented CCAI bodies outside the examples, and CCAI calls over the control API."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from tests.support.site_client import build_site_client
from tests.support.vendors import response_body
from tests.support.vendors.ccai import HEADERS, agent_states, patch_account, request

EXAMPLES_FILE = Path(__file__).parents[2] / "conformance" / "ccai.yaml"
NUMBER = "+1 859-657-9625"
GRANTED = "recording_permission_granted"


@pytest.mark.parametrize(
    ("operation", "sent", "account_changes", "expected"),
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
def test_a_documented_body_outside_the_examples_is_answered_as_documented(
    state: SandboxState,
    operation: str,
    sent: dict[str, Any],
    account_changes: dict[str, Any],
    expected: object,
) -> None:
    patch_account(state, account_changes)
    body = response_body(request(state, operation, **sent))
    assert (body if isinstance(expected, dict) else body["status"]) == expected


def test_conformance_examples_use_scenarios_only_where_no_state_brings_the_fault_about() -> None:
    examples = yaml.safe_load(EXAMPLES_FILE.read_text("utf-8"))["examples"]
    with_scenario = [example["number"] for example in examples if "scenario" in example]
    assert (len(examples), with_scenario) == (56, [4, "10a", 11, "12a", 14])


def test_the_recording_url_of_a_recorded_call_serves_a_wav(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    asks_for_permission = {"menus": {"9": {"recording": "ask"}}}
    site.request("PATCH", "/_mock/accounts/ccai/ccai-default", json=asks_for_permission)
    call = {"call_type": "Voice Inbound (API)", "menu_id": 9, "end_user_number": NUMBER}
    body = {**call, "recording_permission": GRANTED}
    site.request("POST", "/ccai/apps/api/v1/calls", json=body, headers=HEADERS)
    site.request("POST", "/_mock/clock/advance", json={"until": "idle"})
    details = site.request("GET", "/ccai/apps/api/v1/calls/1", headers=HEADERS).json()
    recording = site.request("GET", urlsplit(details["recording_url"]).path)
    assert details["call_duration"] == 6
    assert (recording.status_code, recording.headers["content-type"]) == (200, "audio/wav")
    assert recording.content[:4] == b"RIFF"


def test_an_existing_call_is_read_over_http(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    document = {"calls": {"514": {"status": "action_only", "call_type": "Voice Inbound (App)"}}}
    site.request("PATCH", "/_mock/accounts/ccai/ccai-default", json=document)
    details = site.request("GET", "/ccai/apps/api/v1/calls/514", headers=HEADERS).json()
    empty_lists = (
        "photos",
        "videos",
        "transfers",
        "deflection_details",
        "participants",
        "offer_events",
    )
    assert (details["id"], details["status"]) == (514, "action_only")
    assert [details[key] for key in empty_lists] == [[]] * 6


def test_canceling_takes_effect_while_a_manual_clock_stands_still(
    configuration: Configuration,
) -> None:
    site, later = build_site_client(configuration), "2026-01-04T09:00:00Z"
    call = {"call_type": "Voice Scheduled (API)", "menu_id": 10, "end_user_number": NUMBER}
    site.request(
        "POST", "/ccai/apps/api/v1/calls", json={**call, "scheduled_at": later}, headers=HEADERS
    )
    cancel = "/ccai/apps/api/v1/calls/scheduled/1/cancel"
    status_codes = [site.request("PATCH", cancel, headers=HEADERS).status_code for _ in range(2)]
    assert status_codes == [200, 204]
    details = site.request("GET", "/ccai/apps/api/v1/calls/1", headers=HEADERS).json()
    assert (details["status"], details["ends_at"]) == ("cancelled", "2026-01-01T09:00:00.000Z")


def test_sandboxes_do_not_share_agents(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    offline = {"agents": {"admin@somedomain.com": {"state": "offline"}}}
    account = "/_mock/accounts/ccai/ccai-default"
    assert site.request("PATCH", f"/_sandbox/t1{account}", json=offline).status_code == 200
    call = {
        "call_type": "Voice Outbound (API)",
        "agent_email": "admin@somedomain.com",
        "end_user_number": NUMBER,
    }
    status_codes = [
        site.request(
            "POST", f"{prefix}/ccai/apps/api/v1/calls", json=call, headers=HEADERS
        ).status_code
        for prefix in ("/_sandbox/t1", "/_sandbox/t2", "")
    ]
    assert status_codes == [400, 201, 201]
    assert agent_states(site.sandbox.state)["admin"] == "busy"
