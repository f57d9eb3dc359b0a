"""The lifecycle of a CCAI call: statuses, times, durations and agents."""

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_until
from tests.support.vendors import response_body
from tests.support.vendors.ccai import (
    ALL_OFFLINE,
    agent_states,
    call_after,
    patch_account,
    pick,
    request,
    statuses_at,
)


def test_an_answered_outbound_call_is_assigned_connected_and_finished(state: SandboxState) -> None:
    assert response_body(request(state, "create-outbound"))["status"] == "assigned"
    assert agent_states(state)["admin"] == "busy"
    assert statuses_at(state, 0, 2_000, 4_000, 10_000) == [
        "assigned",
        "connecting",
        "connected",
        "finished",
    ]
    call = call_after(state, 20_000)
    assert pick(call, "created_at", "assigned_at", "connected_at", "ends_at") == [
        "2026-01-01T09:00:00.000Z",
        "2026-01-01T09:00:00.000Z",
        "2026-01-01T09:00:04.000Z",
        "2026-01-01T09:00:10.000Z",
    ]
    assert pick(call, "wait_duration", "call_duration", "hold_duration") == [0, 6, 0]
    assert pick(call, "fail_reason", "disconnected_by") == ["nothing", "disconnected_by_agent"]
    assert [
        pick(participant, "type", "status", "call_duration") for participant in call["participants"]
    ] == [
        ["agent", "finished", 8],
        ["end_user", "finished", 6],
    ]
    assert agent_states(state)["admin"] == "available"


@pytest.mark.parametrize(
    ("scenario", "fail_reason"),
    [
        ("callee-busy", "eu_busy"),
        ("no-answer", "eu_no_answer"),
        ("rejected", "eu_rejected"),
        ("invalid-number", "eu_wrong_number"),
    ],
)
def test_a_failed_outbound_call_has_the_fail_reason_of_its_cause(
    state: SandboxState, scenario: str, fail_reason: str
) -> None:
    request(state, "create-outbound", scenario)
    play_until_idle(state)
    call = call_after(state, 99_000)
    assert pick(call, "status", "fail_reason", "connected_at") == ["failed", fail_reason, None]
    assert agent_states(state)["admin"] == "available"


def test_an_outbound_call_fails_when_the_agent_ignores_it(state: SandboxState) -> None:
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "available"}}})
    request(state, "create-outbound", "ccai-ignores")
    play_until_idle(state)
    assert pick(call_after(state, 99_000), "status", "fail_reason") == ["failed", "ag_ignored"]


def test_an_inbound_call_is_queued_connected_and_finished(state: SandboxState) -> None:
    assert response_body(request(state, "create-inbound"))["status"] == "queued"
    assert statuses_at(state, 0, 1_999, 2_000, 3_000, 4_000, 10_000) == [
        "queued",
        "queued",
        "assigned",
        "connecting",
        "connected",
        "finished",
    ]
    call = call_after(state, 60_000)
    assert pick(call, "queued_at", "assigned_at", "connected_at", "ends_at") == [
        "2026-01-01T09:00:00.000Z",
        "2026-01-01T09:00:02.000Z",
        "2026-01-01T09:00:04.000Z",
        "2026-01-01T09:00:10.000Z",
    ]
    assert pick(call, "wait_duration", "call_duration") == [4, 6]
    assert call["agent_info"]["name"] == "Admin UJET"
    assert [participant["type"] for participant in call["participants"]] == ["end_user", "agent"]


def test_an_inbound_call_ignored_by_an_agent_is_offered_to_the_next(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-agent-ignores")
    play_until_idle(state)
    offers = [event for event in read.calls(state)["c1"].events if event.type == "offer"]
    assert [(event.at - START, event.data["agent"]) for event in offers] == [
        (0, "admin@somedomain.com"),
        (30_000, "agent@somedomain.com"),
    ]
    assert call_after(state, 99_000)["agent_info"]["name"] == "Agent Smith"


def test_an_offer_lapses_after_thirty_seconds(state: SandboxState) -> None:
    patch_account(state, {"agents": {"agent@somedomain.com": None, "allen@somedomain.com": None}})
    request(state, "create-inbound", "ccai-abandoned")
    run_until(state, START + 31_000)
    offers = [event.at - START for event in read.calls(state)["c1"].events if event.type == "offer"]
    assert offers == [0, 30_000]


def test_a_call_fails_as_abandoned_when_the_end_user_leaves_the_queue(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound", "ccai-abandoned")
    play_until_idle(state)
    call = call_after(state, 99_000)
    assert pick(call, "status", "fail_reason", "wait_duration", "agent_info") == [
        "failed",
        "eu_abandoned",
        32,
        None,
    ]


def test_a_queued_call_expires_after_ten_minutes(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    play_until_idle(state)
    call = call_after(state, 900_000)
    assert pick(call, "status", "fail_reason", "wait_duration") == ["failed", "expired", 600]


def test_an_agent_who_becomes_available_takes_the_waiting_call(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    run_until(state, START + 100_000)
    patch_account(
        state, {"agents": {"allen@somedomain.com": {"state": "available"}}}, START + 100_000
    )
    assert agent_states(state)["allen"] == "busy"
    assert statuses_at(state, 100_000, 102_000) == ["queued", "assigned"]


def test_a_call_is_offered_only_to_agents_of_the_menu_group(state: SandboxState) -> None:
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


def test_a_scheduled_call_starts_at_its_scheduled_time(state: SandboxState) -> None:
    created = response_body(request(state, "create-scheduled"))
    assert pick(created, "status", "call_type", "queued_at", "scheduled_at") == [
        "scheduled",
        "Voice Scheduled (API)",
        None,
        "2026-01-04T09:00:00.000Z",
    ]
    assert agent_states(state)["admin"] == "available"
    play_until_idle(state)
    call = call_after(state, 4 * 86_400_000)
    assert pick(
        call, "status", "queued_at", "connected_at", "ends_at", "wait_duration", "call_duration"
    ) == [
        "finished",
        "2026-01-04T09:00:00.000Z",
        "2026-01-04T09:00:04.000Z",
        "2026-01-04T09:00:10.000Z",
        4,
        6,
    ]


def test_a_scheduled_call_can_be_canceled_and_canceled_again_with_204(state: SandboxState) -> None:
    request(state, "create-scheduled")
    first = request(state, "cancel-scheduled", id="1")
    assert (first.response.status, response_body(first)["status"]) == (200, "cancelled")
    assert call_after(state, 0)["status"] == "cancelled"
    second = request(state, "cancel-scheduled", id="1")
    assert (second.response.status, second.response.body) == (204, b"")
    assert play_until_idle(state) == []


def test_a_queued_call_can_be_canceled(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    exchange = request(state, "cancel-scheduled", now=START + 5_000, id="1")
    assert response_body(exchange)["status"] == "cancelled"
    assert read.calls(state)["c1"].phase == "ended"


def test_canceling_a_finished_call_leaves_it_finished(state: SandboxState) -> None:
    request(state, "create-inbound")
    play_until_idle(state)
    exchange = request(state, "cancel-scheduled", now=START + 99_000, id="1")
    assert (exchange.response.status, response_body(exchange)["status"]) == (200, "finished")


def test_a_deflected_call_becomes_a_voicemail_that_is_received_and_read(
    state: SandboxState,
) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound", "ccai-voicemail")
    times = (19_000, 20_000, 25_000, 40_000)
    assert statuses_at(state, *times) == ["queued", "deflected", "voicemail", "voicemail_received"]
    apply_event(state, "c1", Event(at=START + 50_000, type="read-voicemail"))
    assert statuses_at(state, 60_000) == ["voicemail_read"]


def test_a_call_held_and_transferred_reports_its_hold_and_its_transfer(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-held-and-moved")
    play_until_idle(state)
    call = call_after(state, 300_000)
    assert pick(call, "status", "hold_duration") == ["finished", 20]
    [transfer] = call["transfers"]
    assert pick(transfer, "status", "to_menu") == ["transferred", None]
    assert (transfer["from_agent"]["first_name"], transfer["to_agent"]["first_name"]) == (
        "Allen",
        "Admin",
    )
    assert set(agent_states(state).values()) == {"available"}


def test_a_failed_call_is_recovered_when_its_child_call_finishes(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-abandoned")
    patch_account(state, ALL_OFFLINE)
    play_until_idle(state)
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "available"}}})
    now = START + 3_600_000
    assert call_after(state, 3_600_000)["status"] == "failed"
    exchange = request(
        state,
        "create-scheduled",
        now=now,
        menu_id=None,
        call_id=1,
        scheduled_at="2026-01-01T12:00:00Z",
    )
    assert response_body(exchange)["selected_menu"]["id"] == 9
    play_until_idle(state)
    assert call_after(state, 90_000_000)["status"] == "recovered"
    assert pick(call_after(state, 90_000_000, "2"), "status", "parent_id") == ["finished", 1]


def test_a_call_can_be_rated_after_its_end(state: SandboxState) -> None:
    request(state, "create-inbound")
    play_until_idle(state)
    apply_event(state, "c1", Event(at=START + 60_000, type="rate", data={"stars": "4"}))
    assert pick(call_after(state, 60_000), "rating", "has_feedback", "status") == [
        4,
        True,
        "finished",
    ]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Event(at=0, type="hold"), "hold is not possible while queued, only while connected"),
        (Event(at=0, type="switch"), "switch is not possible while queued, only while connecting"),
        (
            Event(at=0, type="offer", data={"agent": "adnin@somedomain.com"}),
            "no agent is named 'adnin@somedomain.com': did you mean 'admin@somedomain.com'?",
        ),
    ],
)
def test_an_impossible_vendor_event_on_a_queued_call_is_refused_with_a_reason(
    state: SandboxState, event: Event, message: str
) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    run_until(state, START)
    with pytest.raises(IllegalTransition) as error:
        apply_event(state, "c1", event.replace(at=START))
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Event(at=0, type="resume"), "the call is not on hold"),
        (Event(at=0, type="transfer"), "a transfer names a menu or an agent"),
        (
            Event(at=0, type="transfer", data={"menu": "99"}),
            "no menu is named '99': did you mean '9'?",
        ),
    ],
)
def test_an_impossible_vendor_event_on_a_connected_call_is_refused_with_a_reason(
    state: SandboxState, event: Event, message: str
) -> None:
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    with pytest.raises(IllegalTransition) as error:
        apply_event(state, "c1", event.replace(at=START + 5_000))
    assert str(error.value) == message


def test_a_call_on_hold_cannot_be_held_again(state: SandboxState) -> None:
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    apply_event(state, "c1", Event(at=START + 5_000, type="hold"))
    with pytest.raises(IllegalTransition, match="the call is on hold already"):
        apply_event(state, "c1", Event(at=START + 5_000, type="hold"))


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
def test_the_recording_permission_counts_only_where_the_menu_asks_for_it(
    state: SandboxState, recording: str, sent: str | None, permission: str, *, recorded: bool
) -> None:
    patch_account(state, {"menus": {"9": {"recording": recording}}})
    request(state, "create-inbound", recording_permission=sent)
    play_until_idle(state)
    call = call_after(state, 60_000)
    assert call["recording_permission"] == permission
    assert (call["recording_url"] is not None) == recorded
