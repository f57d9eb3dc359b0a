"""Calls that an account has from the start: read, listed, flagged, named as parents, cancelled."""

from typing import get_args

import pytest

from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.ccai.call_state import STATUS_TABLE
from mockserver.providers.ccai.records import ENDED_STATUSES, Status
from tests.support.simulation import play_until_idle
from tests.support.vendors.ccai import call_after, patch_account, request, response_body

LATER = "2026-01-01T12:00:00Z"


def seed(state: SandboxState, status: str, **more: object) -> None:
    patch_account(state, {"calls": {"514": {"status": status, **more}}})


@pytest.mark.parametrize("status", get_args(Status))
def test_any_status_can_be_seeded_and_read(state: SandboxState, status: str) -> None:
    seed(state, status)
    call = response_body(request(state, "read-call", id="514"))
    assert (call["id"], call["status"]) == (514, status)
    assert [one["id"] for one in response_body(request(state, "manager-calls"))] == [514]


def test_statuses_are_those_of_the_table_and_three_that_cannot_arise() -> None:
    assert set(get_args(Status)) - {row.status for row in STATUS_TABLE} == {
        "selecting",
        "action_only",
        "action_only_finished",
    }
    assert set(get_args(Status)) >= ENDED_STATUSES


def test_seeded_call_has_the_keys_of_any_call(state: SandboxState) -> None:
    seed(state, "selecting", menu="9", agent="allen@somedomain.com", contact="381630957514")
    request(state, "create-inbound")
    before, made = response_body(request(state, "read-call", id="514")), call_after(state, 0)
    assert list(before) == list(made)
    assert before["selected_menu"] == made["selected_menu"]
    assert before["end_user"]["id"] == 67
    assert before["agent_info"]["name"] == "Allen Jones"
    assert [one["id"] for one in response_body(request(state, "manager-calls"))] == [514, 1]


@pytest.mark.parametrize(
    ("status", "fault"),
    [("connected", None), ("selecting", None), ("action_only_finished", "call-already-ended")],
)
def test_flags_of_a_seeded_call(state: SandboxState, status: str, fault: str | None) -> None:
    seed(state, status)
    assert request(state, "write-flags", id="514", bad_actor=True).fault == fault
    assert response_body(request(state, "read-flags", id="514"))["bad_actor"] == (fault is None)


@pytest.mark.parametrize(
    ("status", "after", "again"),
    [("scheduled", "cancelled", 204), ("queued", "cancelled", 204), ("finished", "finished", 200)],
)
def test_seeded_call_that_waits_can_be_cancelled(
    state: SandboxState, status: str, after: str, again: int
) -> None:
    seed(state, status)
    assert response_body(request(state, "cancel-scheduled", id="514"))["status"] == after
    assert request(state, "cancel-scheduled", id="514").response.status == again
    assert response_body(request(state, "read-call", id="514"))["status"] == after


def test_seeded_call_is_called_back_from_its_menu_and_recovers(state: SandboxState) -> None:
    seed(state, "failed", menu="10", fail_reason="eu_abandoned")
    made = request(state, "create-scheduled", menu_id=None, call_id=514, scheduled_at=LATER)
    assert (made.response.status, response_body(made)["selected_menu"]["id"]) == (201, 10)
    play_until_idle(state)
    assert response_body(request(state, "read-call", id="514"))["status"] == "recovered"


def test_seeded_call_that_did_not_fail_stays_as_it_is(state: SandboxState) -> None:
    seed(state, "finished", menu="10")
    request(state, "create-scheduled", menu_id=None, call_id=514, scheduled_at=LATER)
    play_until_idle(state)
    assert response_body(request(state, "read-call", id="514"))["status"] == "finished"


def test_end_user_of_a_seeded_call(state: SandboxState) -> None:
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
