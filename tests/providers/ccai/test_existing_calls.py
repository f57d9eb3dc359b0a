"""Calls that an account has from the start: read, listed, flagged, named as parents, cancelled."""

from typing import get_args

import pytest

from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.ccai.call_state import STATUS_TABLE
from mockserver.providers.ccai.records import ENDED_STATUSES, Status
from tests.conftest import play
from tests.providers.ccai.conftest import ask, body, patch, shown

LATER = "2026-01-01T12:00:00Z"


def seed(store: SandboxState, status: str, **more: object) -> None:
    patch(store, {"calls": {"514": {"status": status, **more}}})


@pytest.mark.parametrize("status", get_args(Status))
def test_any_status_can_be_seeded_and_read(store: SandboxState, status: str) -> None:
    seed(store, status)
    call = body(ask(store, "read-call", id="514"))
    assert (call["id"], call["status"]) == (514, status)
    assert [one["id"] for one in body(ask(store, "manager-calls"))] == [514]


def test_statuses_are_those_of_the_table_and_three_that_cannot_arise() -> None:
    assert set(get_args(Status)) - {row.status for row in STATUS_TABLE} == {
        "selecting",
        "action_only",
        "action_only_finished",
    }
    assert set(get_args(Status)) >= ENDED_STATUSES


def test_seeded_call_has_the_keys_of_any_call(store: SandboxState) -> None:
    seed(store, "selecting", menu="9", agent="allen@somedomain.com", contact="381630957514")
    ask(store, "create-inbound")
    before, made = body(ask(store, "read-call", id="514")), shown(store, 0)
    assert list(before) == list(made)
    assert before["selected_menu"] == made["selected_menu"]
    assert before["end_user"]["id"] == 67
    assert before["agent_info"]["name"] == "Allen Jones"
    assert [one["id"] for one in body(ask(store, "manager-calls"))] == [514, 1]


@pytest.mark.parametrize(
    ("status", "fault"),
    [("connected", None), ("selecting", None), ("action_only_finished", "call-already-ended")],
)
def test_flags_of_a_seeded_call(store: SandboxState, status: str, fault: str | None) -> None:
    seed(store, status)
    assert ask(store, "write-flags", id="514", bad_actor=True).fault == fault
    assert body(ask(store, "read-flags", id="514"))["bad_actor"] == (fault is None)


@pytest.mark.parametrize(
    ("status", "after", "again"),
    [("scheduled", "cancelled", 204), ("queued", "cancelled", 204), ("finished", "finished", 200)],
)
def test_seeded_call_that_waits_can_be_cancelled(
    store: SandboxState, status: str, after: str, again: int
) -> None:
    seed(store, status)
    assert body(ask(store, "cancel-scheduled", id="514"))["status"] == after
    assert ask(store, "cancel-scheduled", id="514").response.status == again
    assert body(ask(store, "read-call", id="514"))["status"] == after


def test_seeded_call_is_called_back_from_its_menu_and_recovers(store: SandboxState) -> None:
    seed(store, "failed", menu="10", fail_reason="eu_abandoned")
    made = ask(store, "create-scheduled", menu_id=None, call_id=514, scheduled_at=LATER)
    assert (made.response.status, body(made)["selected_menu"]["id"]) == (201, 10)
    play(store)
    assert body(ask(store, "read-call", id="514"))["status"] == "recovered"


def test_seeded_call_that_did_not_fail_stays_as_it_is(store: SandboxState) -> None:
    seed(store, "finished", menu="10")
    ask(store, "create-scheduled", menu_id=None, call_id=514, scheduled_at=LATER)
    play(store)
    assert body(ask(store, "read-call", id="514"))["status"] == "finished"


def test_end_user_of_a_seeded_call(store: SandboxState) -> None:
    seed(store, "connected", contact="381630957514")
    assert ask(store, "end-user", id="514", identifier="user-1").response.status == 202
    call = body(ask(store, "read-call", id="514"))
    assert call["end_user"] == {
        "id": 67,
        "identifier": "user-1",
        "out_contact_id": "381630957514",
    }
    seed(store, "connected", contact="")
    assert ask(store, "end-user", id="514", identifier="user-1").response.status == 202
