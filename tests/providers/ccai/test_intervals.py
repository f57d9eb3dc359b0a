"""Participants and transfers of a call that goes from hand to hand."""

from typing import Any

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.providers.ccai.test_lifecycle import OFF, told
from tests.support.simulation import START, play_until_idle, run_until
from tests.support.vendors.ccai import agent_states, call_after, patch_account, request


def act(state: SandboxState, at: int, verb: str, **data: object) -> None:
    run_until(state, START + at)
    apply_event(state, "c1", Event(at=START + at, type=verb, data=data))


def stays(state: SandboxState) -> None:
    """A call whose people talk until somebody says otherwise: 2 s after its start they do."""
    request(state, "create-inbound", "ccai-stays")
    run_until(state, START + 3_000)


def names(call: Any) -> list[tuple[Any, Any, Any]]:
    return [
        (one["from_agent"]["first_name"], (one["to_agent"] or {}).get("first_name"), one["status"])
        for one in call["transfers"]
    ]


def test_each_agent_in_turn_is_a_participant(state: SandboxState) -> None:
    stays(state)
    act(state, 4_000, "transfer", agent="allen@somedomain.com")
    act(state, 7_000, "transfer", agent="agent@somedomain.com")
    call = call_after(state, 10_000)
    assert names(call) == [("Admin", "Allen", "transferred"), ("Allen", "Agent", "transferred")]
    assert [told(one, "type", "user_id", "call_duration") for one in call["participants"]] == [
        ["end_user", None, None],
        ["agent", 1, 2],
        ["agent", 3, 1],
        ["agent", 2, None],
    ]
    assert len({one["id"] for one in call["participants"]}) == 4
    assert call["agent_info"]["first_name"] == "Agent"
    assert agent_states(state) == {"admin": "available", "agent": "busy", "allen": "available"}


def test_hold_ends_with_the_transfer(state: SandboxState) -> None:
    stays(state)
    act(state, 3_000, "hold")
    act(state, 5_000, "transfer", agent="allen@somedomain.com")
    act(state, 8_000, "hold")
    act(state, 9_000, "resume")
    apply_event(state, "c1", Event(at=START + 9_000, type="hangup", leg="a"))
    call = call_after(state, 20_000)
    assert told(call, "status", "hold_duration", "disconnected_by") == [
        "finished",
        3,
        "disconnected_by_end_user",
    ]
    assert [told(one, "type", "hold_duration") for one in call["participants"]] == [
        ["end_user", 3],
        ["agent", 2],
        ["agent", 1],
    ]


def test_transfer_that_nobody_takes_waits_ten_minutes_of_its_own(state: SandboxState) -> None:
    stays(state)
    run_until(state, START + 500_000)
    patch_account(state, OFF, START + 500_000)
    act(state, 500_000, "transfer", menu="12")
    assert call_after(state, 1_099_000)["status"] == "queued"
    assert names(call_after(state, 1_099_000)) == [("Admin", None, "transferring")]
    call = call_after(state, 1_101_000)
    assert told(call, "status", "ends_at", "disconnected_by") == [
        "finished",
        "2026-01-01T09:18:20.000Z",
        "disconnected_by_unknown",
    ]
    [moved] = call["transfers"]
    assert told(moved, "status", "fail_reason") == ["failed", "transfer_expired"]
    assert moved["to_menu"]["materialized_path"] == "9/12"


def test_transfer_during_which_the_end_user_leaves(state: SandboxState) -> None:
    stays(state)
    patch_account(state, OFF, START + 3_000)
    act(state, 4_000, "transfer", menu="12")
    apply_event(state, "c1", Event(at=START + 4_000, type="hangup", leg="a"))
    play_until_idle(state)
    [moved] = call_after(state, 9_000)["transfers"]
    assert told(moved, "status", "fail_reason") == ["failed", "eu_abandoned"]


def test_agent_who_had_it_last_is_named_until_another_takes_it(state: SandboxState) -> None:
    stays(state)
    act(state, 4_000, "transfer", agent="allen@somedomain.com")
    call = call_after(state, 5_000)
    assert told(call, "status") == ["queued"]
    assert call["agent_info"]["first_name"] == "Admin"
