"""Calls that a CCAI account has from the start can be read, listed, flagged and canceled."""

from typing import get_args

import pytest

from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.ccai.call_state import STATUS_TABLE
from mockserver.providers.ccai.records import ENDED_STATUSES, Status
from tests.support.simulation import play_until_idle
from tests.support.vendors import response_body
from tests.support.vendors.ccai import call_after, patch_account, request

LATER = "2026-01-01T12:00:00Z"


def seed(state: SandboxState, status: str, **more: object) -> None:
    patch_account(state, {"calls": {"514": {"status": status, **more}}})


@pytest.mark.parametrize("status", get_args(Status))
def test_an_account_may_have_a_call_of_any_status_and_it_is_read_back(
    state: SandboxState, status: str
) -> None:
    seed(state, status)
    call = response_body(request(state, "read-call", id="514"))
    assert (call["id"], call["status"]) == (514, status)
    assert [call["id"] for call in response_body(request(state, "manager-calls"))] == [514]


def test_statuses_are_those_of_the_status_table_and_three_unreachable_ones() -> None:
    assert set(get_args(Status)) - {row.status for row in STATUS_TABLE} == {
        "selecting",
        "action_only",
        "action_only_finished",
    }
    assert set(get_args(Status)) >= ENDED_STATUSES


def test_an_existing_call_has_the_keys_of_a_created_call(state: SandboxState) -> None:
    seed(state, "selecting", menu="9", agent="allen@somedomain.com", contact="381630957514")
    request(state, "create-inbound")
    existing, created = response_body(request(state, "read-call", id="514")), call_after(state, 0)
    assert list(existing) == list(created)
    assert existing["selected_menu"] == created["selected_menu"]
    assert existing["end_user"]["id"] == 67
    assert existing["agent_info"]["name"] == "Allen Jones"
    assert [call["id"] for call in response_body(request(state, "manager-calls"))] == [514, 1]


@pytest.mark.parametrize(
    ("status", "fault"),
    [("connected", None), ("selecting", None), ("action_only_finished", "call-already-ended")],
)
def test_flags_of_an_existing_call_can_be_changed_until_it_has_ended(
    state: SandboxState, status: str, fault: str | None
) -> None:
    seed(state, status)
    assert request(state, "write-flags", id="514", bad_actor=True).fault == fault
    assert response_body(request(state, "read-flags", id="514"))["bad_actor"] == (fault is None)


@pytest.mark.parametrize(
    ("status", "status_after", "second_response_status"),
    [("scheduled", "cancelled", 204), ("queued", "cancelled", 204), ("finished", "finished", 200)],
)
def test_an_existing_call_can_be_canceled_while_it_waits(
    state: SandboxState, status: str, status_after: str, second_response_status: int
) -> None:
    seed(state, status)
    assert response_body(request(state, "cancel-scheduled", id="514"))["status"] == status_after
    assert request(state, "cancel-scheduled", id="514").response.status == second_response_status
    assert response_body(request(state, "read-call", id="514"))["status"] == status_after


def test_an_existing_failed_call_is_recovered_by_a_scheduled_child_call(
    state: SandboxState,
) -> None:
    seed(state, "failed", menu="10", fail_reason="eu_abandoned")
    exchange = request(state, "create-scheduled", menu_id=None, call_id=514, scheduled_at=LATER)
    assert (exchange.response.status, response_body(exchange)["selected_menu"]["id"]) == (201, 10)
    play_until_idle(state)
    assert response_body(request(state, "read-call", id="514"))["status"] == "recovered"


def test_an_existing_finished_call_is_not_recovered_by_a_child_call(state: SandboxState) -> None:
    seed(state, "finished", menu="10")
    request(state, "create-scheduled", menu_id=None, call_id=514, scheduled_at=LATER)
    play_until_idle(state)
    assert response_body(request(state, "read-call", id="514"))["status"] == "finished"


def test_the_end_user_of_an_existing_call_can_be_identified(state: SandboxState) -> None:
    seed(state, "connected", contact="381630957514")
    assert request(state, "end-user", id="514", identifier="user-1").response.status == 202
    call = response_body(request(state, "read-call", id="514"))
    assert call["end_user"] == {
        "id": 67,
        "identifier": "user-1",
        "out_contact_id": "381630957514",
    }
    seed(state, "connected", contact="")
    assert request(state, "end-user", id="514", identifier="user-1").response.status == 202
