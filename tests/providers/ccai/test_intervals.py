"""Participants and transfers of a CCAI call that several agents take in turn."""

from typing import Any

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support.simulation import START, play_until_idle, run_until
from tests.support.vendors.ccai import (
    ALL_OFFLINE,
    agent_states,
    call_after,
    patch_account,
    pick,
    request,
)


def apply_at(state: SandboxState, at: int, event_type: str, **data: object) -> None:
    run_until(state, START + at)
    apply_event(state, "c1", Event(at=START + at, type=event_type, data=data))


def start_call_that_stays_connected(state: SandboxState) -> None:
    """Start a call that connects after 4 s and stays connected until a hangup event."""
    request(state, "create-inbound", "ccai-stays")
    run_until(state, START + 4_000)


def transfer_summaries(call: Any) -> list[tuple[Any, Any, Any]]:
    return [
        (
            transfer["from_agent"]["first_name"],
            (transfer["to_agent"] or {}).get("first_name"),
            transfer["status"],
        )
        for transfer in call["transfers"]
    ]


def test_each_agent_who_takes_the_call_is_a_participant(state: SandboxState) -> None:
    start_call_that_stays_connected(state)
    apply_at(state, 4_000, "transfer", agent="allen@somedomain.com")
    apply_at(state, 8_000, "transfer", agent="agent@somedomain.com")
    call = call_after(state, 12_000)
    assert transfer_summaries(call) == [
        ("Admin", "Allen", "transferred"),
        ("Allen", "Agent", "transferred"),
    ]
    assert [
        pick(participant, "type", "user_id", "call_duration")
        for participant in call["participants"]
    ] == [
        ["end_user", None, 10],
        ["agent", 1, 2],
        ["agent", 3, 2],
        ["agent", 2, 2],
    ]
    assert len({participant["id"] for participant in call["participants"]}) == 4
    assert call["agent_info"]["first_name"] == "Agent"
    assert agent_states(state) == {"admin": "available", "agent": "busy", "allen": "available"}


def test_a_transfer_ends_the_hold(state: SandboxState) -> None:
    start_call_that_stays_connected(state)
    apply_at(state, 4_000, "hold")
    apply_at(state, 6_000, "transfer", agent="allen@somedomain.com")
    apply_at(state, 10_000, "hold")
    apply_at(state, 11_000, "resume")
    apply_event(state, "c1", Event(at=START + 11_000, type="hangup", leg="a"))
    call = call_after(state, 20_000)
    assert pick(call, "status", "hold_duration", "disconnected_by") == [
        "finished",
        3,
        "disconnected_by_end_user",
    ]
    assert [pick(participant, "type", "hold_duration") for participant in call["participants"]] == [
        ["end_user", 3],
        ["agent", 2],
        ["agent", 1],
    ]


def test_a_transfer_that_no_agent_takes_expires_after_ten_minutes(state: SandboxState) -> None:
    start_call_that_stays_connected(state)
    run_until(state, START + 500_000)
    patch_account(state, ALL_OFFLINE, START + 500_000)
    apply_at(state, 500_000, "transfer", menu="12")
    assert call_after(state, 1_099_000)["status"] == "queued"
    assert transfer_summaries(call_after(state, 1_099_000)) == [("Admin", None, "transferring")]
    call = call_after(state, 1_101_000)
    assert pick(call, "status", "ends_at", "disconnected_by") == [
        "finished",
        "2026-01-01T09:18:20.000Z",
        "disconnected_by_unknown",
    ]
    [transfer] = call["transfers"]
    assert pick(transfer, "status", "fail_reason") == ["failed", "transfer_expired"]
    assert transfer["to_menu"]["materialized_path"] == "9/12"


def test_a_transfer_fails_as_abandoned_when_the_end_user_hangs_up(state: SandboxState) -> None:
    start_call_that_stays_connected(state)
    patch_account(state, ALL_OFFLINE, START + 4_000)
    apply_at(state, 4_000, "transfer", menu="12")
    apply_event(state, "c1", Event(at=START + 4_000, type="hangup", leg="a"))
    play_until_idle(state)
    [transfer] = call_after(state, 9_000)["transfers"]
    assert pick(transfer, "status", "fail_reason") == ["failed", "eu_abandoned"]


def test_the_last_agent_is_shown_until_another_agent_takes_the_call(state: SandboxState) -> None:
    start_call_that_stays_connected(state)
    apply_at(state, 4_000, "transfer", agent="allen@somedomain.com")
    call = call_after(state, 5_000)
    assert pick(call, "status") == ["queued"]
    assert call["agent_info"]["first_name"] == "Admin"
