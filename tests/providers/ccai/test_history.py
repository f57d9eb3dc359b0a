"""A CCAI call tells what happened, whatever its account says later."""

from base64 import b64encode
from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import START, run_until
from tests.support.vendors.ccai import ACCOUNT_KEY, call_after, patch_account, pick, request

ALLEN = "allen@somedomain.com"
GRANTED = "recording_permission_granted"
LATER_CHANGES: list[dict[str, object]] = [
    {"menus": {"9": {"group": "Group 3"}, "12": {"group": "Group 3"}}},
    {"menus": {"9": {"recording": "always"}, "12": {"recording": "never"}}},
    {"outbound_numbers": {"+1 339-219-5276": None}},
    {"outbound_numbers": {"+1 339-219-5276": {"default": False}}},
    {"contacts": {"389391400633": {"number": "+1 415-555-0100"}}},
    {"tickets": {"71450": None, "76517": None}},
    {"first_participant_id": 500},
]
MODES = ("never", "ask", "always")
REQUESTS: list[dict[str, Any]] = [
    {"operation": "create-outbound"},
    {"operation": "create-outbound", "end_user_number": None, "ticket_id": "71450"},
    {"operation": "create-inbound", "recording_permission": GRANTED},
    {"operation": "create-inbound", "outbound_number": "+1 339-219-5276"},
]


def happen(state: SandboxState, call_id: str, at: int, event_type: str, **data: object) -> None:
    run_until(state, START + at)
    apply_event(state, call_id, Event(at=START + at, type=event_type, data=data))


def participants(state: SandboxState, at: int, number: str = "1") -> list[list[Any]]:
    call = call_after(state, at, number)
    return [pick(each, "id", "type") for each in call["participants"]]


@pytest.mark.parametrize("change", LATER_CHANGES, ids=str)
@pytest.mark.parametrize("fields", REQUESTS, ids=str)
def test_a_later_change_of_the_account_does_not_change_the_call(
    state: SandboxState, fields: dict[str, Any], change: dict[str, object]
) -> None:
    patch_account(
        state,
        {"menus": {"12": {"recording": "ask"}}, "agents": {ALLEN: {"group": "Group 2"}}},
    )
    sent = dict(fields)
    request(state, sent.pop("operation"), "ccai-stays", **sent)
    happen(state, "c1", 6_000, "transfer", menu="12")
    before = call_after(state, 20_000)
    patch_account(state, change, START + 20_000)
    assert call_after(state, 20_000) == before


def test_an_offer_is_cast_to_the_group_that_the_menu_has_then(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-stays")
    run_until(state, START + 5_000)
    groups = {"9": {"group": "Group 3"}, "12": {"group": "Group 4"}}
    patch_account(state, {"menus": groups}, START + 5_000)
    happen(state, "c1", 6_000, "transfer", menu="12")
    patch_account(state, {"menus": {"12": {"group": "Group 5"}}}, START + 6_000)
    assert call_after(state, 7_000)["offer_events"] == [
        {"casting_time": "2026-01-01T09:00:00.000Z", "group": "Group 1"},
        {"casting_time": "2026-01-01T09:00:06.000Z", "group": "Group 4"},
    ]


@pytest.mark.parametrize("first", MODES)
@pytest.mark.parametrize("second", MODES)
def test_the_last_queue_of_a_call_decides_on_its_recording(
    state: SandboxState, first: str, second: str
) -> None:
    patch_account(state, {"menus": {"9": {"recording": first}, "10": {"recording": second}}})
    request(state, "create-inbound", "ccai-stays", recording_permission=GRANTED)
    happen(state, "c1", 6_000, "transfer", menu="10")
    run_until(state, START + 15_000)
    hangup = Event(at=START + 15_000, type="hangup", leg="a", data={"cause": "normal"})
    apply_event(state, "c1", hangup)
    patch_account(state, {"menus": {"10": {"recording": first}}}, START + 15_000)
    has_recording = call_after(state, 15_000)["recording_url"] is not None
    assert has_recording == (second in ("ask", "always"))


def test_participants_are_numbered_in_the_order_in_which_they_come(state: SandboxState) -> None:
    patch_account(state, {"first_participant_id": 610})
    request(state, "create-outbound", "ccai-stays")
    request(state, "create-inbound", "ccai-stays")
    happen(state, "c1", 6_000, "transfer", agent=ALLEN)
    assert participants(state, 20_000) == [[610, "agent"], [611, "end_user"], [614, "agent"]]
    assert participants(state, 20_000, "2") == [[612, "end_user"], [613, "agent"]]
    request(state, "create-scheduled", now=START + 20_000)
    assert participants(state, 20_000, "3") == [[615, "end_user"]]


def test_an_ignored_offer_leaves_its_id_to_the_next_one(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-agent-ignores")
    assert participants(state, 40_000) == [[1, "end_user"], [2, "agent"]]


def test_accounts_number_their_participants_apart(state: SandboxState) -> None:
    other = read.accounts(state)[ACCOUNT_KEY].replace(
        name="other", credentials=frozenset({"other"})
    )
    state.accounts.replace(other)
    request(state, "create-inbound", "ccai-stays")
    headers = {"authorization": "Basic " + b64encode(b"customer:other").decode()}
    body = request(state, "create-inbound", "ccai-stays", headers=headers).response.body
    assert isinstance(body, dict)
    assert [each["id"] for each in body["participants"]] == [1]
