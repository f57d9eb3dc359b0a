"""A call's whole life at the CCAI Platform: statuses, time stamps, durations, agents."""

from typing import Any

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_until
from tests.support.vendors.ccai import (
    agent_states,
    call_after,
    patch_account,
    request,
    response_body,
)

OFF = {
    "agents": {
        f"{name}@somedomain.com": {"state": "offline"} for name in ("admin", "agent", "allen")
    }
}


def told(call: Any, *keys: str) -> list[Any]:
    return [call[key] for key in keys]


def statuses(state: SandboxState, *moments: int) -> list[str]:
    return [call_after(state, at)["status"] for at in moments]


def test_outbound_answered(state: SandboxState) -> None:
    assert response_body(request(state, "create-outbound"))["status"] == "assigned"
    assert agent_states(state)["admin"] == "busy"
    assert statuses(state, 0, 2_000, 4_000, 10_000) == [
        "assigned",
        "connecting",
        "connected",
        "finished",
    ]
    call = call_after(state, 20_000)
    assert told(call, "created_at", "assigned_at", "connected_at", "ends_at") == [
        "2026-01-01T09:00:00.000Z",
        "2026-01-01T09:00:00.000Z",
        "2026-01-01T09:00:04.000Z",
        "2026-01-01T09:00:10.000Z",
    ]
    assert told(call, "wait_duration", "call_duration", "hold_duration") == [0, 6, 0]
    assert told(call, "fail_reason", "disconnected_by") == ["nothing", "disconnected_by_agent"]
    assert [told(one, "type", "status", "call_duration") for one in call["participants"]] == [
        ["agent", "finished", 8],
        ["end_user", "finished", 6],
    ]
    assert agent_states(state)["admin"] == "available"


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        ("callee-busy", "eu_busy"),
        ("no-answer", "eu_no_answer"),
        ("rejected", "eu_rejected"),
        ("invalid-number", "eu_wrong_number"),
    ],
)
def test_outbound_that_fails_says_why(state: SandboxState, story: str, reason: str) -> None:
    request(state, "create-outbound", story)
    play_until_idle(state)
    call = call_after(state, 99_000)
    assert told(call, "status", "fail_reason", "connected_at") == ["failed", reason, None]
    assert agent_states(state)["admin"] == "available"


def test_agent_who_ignores_an_outbound_call(state: SandboxState) -> None:
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "available"}}})
    request(state, "create-outbound", "ccai-ignores")
    play_until_idle(state)
    assert told(call_after(state, 99_000), "status", "fail_reason") == ["failed", "ag_ignored"]


def test_incoming_is_offered_connected_and_finished(state: SandboxState) -> None:
    assert response_body(request(state, "create-inbound"))["status"] == "queued"
    assert statuses(state, 0, 1_999, 2_000, 8_000) == ["queued", "queued", "connected", "finished"]
    call = call_after(state, 60_000)
    assert told(call, "queued_at", "assigned_at", "connected_at", "ends_at") == [
        "2026-01-01T09:00:00.000Z",
        "2026-01-01T09:00:02.000Z",
        "2026-01-01T09:00:02.000Z",
        "2026-01-01T09:00:08.000Z",
    ]
    assert told(call, "wait_duration", "call_duration") == [2, 6]
    assert call["agent_info"]["name"] == "Admin UJET"
    assert [one["type"] for one in call["participants"]] == ["end_user", "agent"]


def test_agent_who_ignores_it_gives_way_to_the_next(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-agent-ignores")
    play_until_idle(state)
    offers = [event for event in read.calls(state)["c1"].events if event.type == "offer"]
    assert [(event.at - START, event.data["agent"]) for event in offers] == [
        (0, "admin@somedomain.com"),
        (25_000, "agent@somedomain.com"),
    ]
    assert call_after(state, 99_000)["agent_info"]["name"] == "Agent Smith"


def test_offer_lapses_after_half_a_minute(state: SandboxState) -> None:
    patch_account(state, {"agents": {"agent@somedomain.com": None, "allen@somedomain.com": None}})
    request(state, "create-inbound", "ccai-abandoned")
    run_until(state, START + 31_000)
    offers = [event.at - START for event in read.calls(state)["c1"].events if event.type == "offer"]
    assert offers == [0, 30_000]


def test_end_user_who_leaves_the_queue(state: SandboxState) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound", "ccai-abandoned")
    play_until_idle(state)
    call = call_after(state, 99_000)
    assert told(call, "status", "fail_reason", "wait_duration", "agent_info") == [
        "failed",
        "eu_abandoned",
        32,
        None,
    ]


def test_nobody_comes_for_ten_minutes(state: SandboxState) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound")
    play_until_idle(state)
    call = call_after(state, 900_000)
    assert told(call, "status", "fail_reason", "wait_duration") == ["failed", "expired", 600]


def test_agent_who_becomes_available_takes_the_call_that_waits(state: SandboxState) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound")
    run_until(state, START + 100_000)
    patch_account(
        state, {"agents": {"allen@somedomain.com": {"state": "available"}}}, START + 100_000
    )
    assert agent_states(state)["allen"] == "busy"
    assert statuses(state, 100_000, 102_000) == ["queued", "connected"]


def test_menu_s_group_is_asked_only(state: SandboxState) -> None:
    patch_account(state, {"agents": {"allen@somedomain.com": {"group": "Group 2"}}})
    request(state, "create-inbound", menu_id=12)
    run_until(state, START + 5_000)
    call = call_after(state, 5_000)
    assert call["agent_info"]["first_name"] == "Allen"
    assert call["menu_path"] == {
        "items_count": 2,
        "name": "Lock Star / Second level",
        "materialized_path": "9/12",
    }


def test_scheduled_three_days_ahead(state: SandboxState) -> None:
    made = response_body(request(state, "create-scheduled"))
    assert told(made, "status", "call_type", "queued_at", "scheduled_at") == [
        "scheduled",
        "Voice Scheduled (API)",
        None,
        "2026-01-04T09:00:00.000Z",
    ]
    assert agent_states(state)["admin"] == "available"
    play_until_idle(state)
    call = call_after(state, 4 * 86_400_000)
    assert told(
        call, "status", "queued_at", "connected_at", "ends_at", "wait_duration", "call_duration"
    ) == [
        "finished",
        "2026-01-04T09:00:00.000Z",
        "2026-01-04T09:00:02.000Z",
        "2026-01-04T09:00:08.000Z",
        2,
        6,
    ]


def test_scheduled_then_cancelled(state: SandboxState) -> None:
    request(state, "create-scheduled")
    first = request(state, "cancel-scheduled", id="1")
    assert (first.response.status, response_body(first)["status"]) == (200, "cancelled")
    assert call_after(state, 0)["status"] == "cancelled"
    again = request(state, "cancel-scheduled", id="1")
    assert (again.response.status, again.response.body) == (204, b"")
    assert play_until_idle(state) == []


def test_queued_then_cancelled(state: SandboxState) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    told_ = request(state, "cancel-scheduled", now=START + 5_000, id="1")
    assert response_body(told_)["status"] == "cancelled"
    assert read.calls(state)["c1"].phase == "ended"


def test_finished_is_not_cancelled(state: SandboxState) -> None:
    request(state, "create-inbound")
    play_until_idle(state)
    late = request(state, "cancel-scheduled", now=START + 99_000, id="1")
    assert (late.response.status, response_body(late)["status"]) == (200, "finished")


def test_deflected_to_voicemail_and_read(state: SandboxState) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound", "ccai-voicemail")
    moments = (19_000, 20_000, 25_000, 40_000)
    assert statuses(state, *moments) == ["queued", "deflected", "voicemail", "voicemail_received"]
    apply_event(state, "c1", Event(at=START + 50_000, type="read-voicemail"))
    assert statuses(state, 60_000) == ["voicemail_read"]


def test_held_and_transferred(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-held-and-moved")
    play_until_idle(state)
    call = call_after(state, 300_000)
    assert told(call, "status", "hold_duration") == ["finished", 20]
    [moved] = call["transfers"]
    assert told(moved, "status", "to_menu") == ["transferred", None]
    assert (moved["from_agent"]["first_name"], moved["to_agent"]["first_name"]) == (
        "Allen",
        "Admin",
    )
    assert set(agent_states(state).values()) == {"available"}


def test_failed_is_recovered_by_its_child(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-abandoned")
    patch_account(state, OFF)
    play_until_idle(state)
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "available"}}})
    now = START + 3_600_000
    assert call_after(state, 3_600_000)["status"] == "failed"
    made = request(
        state,
        "create-scheduled",
        now=now,
        menu_id=None,
        call_id=1,
        scheduled_at="2026-01-01T12:00:00Z",
    )
    assert made.fault == "menu-not-mobile-or-web"
    made = request(
        state, "create-scheduled", now=now, call_id=1, scheduled_at="2026-01-01T12:00:00Z"
    )
    play_until_idle(state)
    assert call_after(state, 90_000_000)["status"] == "recovered"
    assert told(call_after(state, 90_000_000, "2"), "status", "parent_id") == ["finished", 1]


def test_rated_after_the_end(state: SandboxState) -> None:
    request(state, "create-inbound")
    play_until_idle(state)
    apply_event(state, "c1", Event(at=START + 60_000, type="rate", data={"stars": "4"}))
    assert told(call_after(state, 60_000), "rating", "has_feedback", "status") == [
        4,
        True,
        "finished",
    ]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Event(at=0, type="hold"), "hold is not possible while queued, only while connected"),
        (Event(at=0, type="switch"), "switch is not possible while queued, only while connecting"),
        (
            Event(at=0, type="offer", data={"agent": "adnin@somedomain.com"}),
            "no agent is named 'adnin@somedomain.com': did you mean 'admin@somedomain.com'?",
        ),
    ],
)
def test_act_that_cannot_be(state: SandboxState, event: Event, why: str) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound")
    run_until(state, START)
    with pytest.raises(IllegalTransition) as refused:
        apply_event(state, "c1", event._replace(at=START))
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Event(at=0, type="resume"), "the call is not on hold"),
        (Event(at=0, type="transfer"), "a transfer names a menu or an agent"),
        (
            Event(at=0, type="transfer", data={"menu": "99"}),
            "no menu is named '99': did you mean '9'?",
        ),
    ],
)
def test_act_that_cannot_be_while_connected(state: SandboxState, event: Event, why: str) -> None:
    request(state, "create-inbound")
    run_until(state, START + 3_000)
    with pytest.raises(IllegalTransition) as refused:
        apply_event(state, "c1", event._replace(at=START + 3_000))
    assert str(refused.value) == why


def test_held_twice_is_impossible(state: SandboxState) -> None:
    request(state, "create-inbound")
    run_until(state, START + 3_000)
    apply_event(state, "c1", Event(at=START + 3_000, type="hold"))
    with pytest.raises(IllegalTransition, match="the call is on hold already"):
        apply_event(state, "c1", Event(at=START + 3_000, type="hold"))


@pytest.mark.parametrize(
    ("recording", "sent", "permission", "recorded"),
    [
        ("never", "recording_permission_granted", "not_asked", False),
        ("ask", "recording_permission_granted", "granted", True),
        ("ask", "recording_permission_denied", "denied", False),
        ("ask", None, "not_asked", False),
        ("always", "recording_permission_denied", "not_asked", True),
    ],
)
def test_permission_counts_only_where_the_queue_asks(
    state: SandboxState, recording: str, sent: str | None, permission: str, *, recorded: bool
) -> None:
    patch_account(state, {"menus": {"9": {"recording": recording}}})
    request(state, "create-inbound", recording_permission=sent)
    play_until_idle(state)
    call = call_after(state, 60_000)
    assert call["recording_permission"] == permission
    assert (call["recording_url"] is not None) == recorded
