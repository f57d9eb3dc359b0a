"""Participants and transfers of a call that goes from hand to hand."""

from typing import Any

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.conftest import START, play, until_at
from tests.providers.ccai.conftest import agents, ask, patch, shown
from tests.providers.ccai.test_lifecycle import OFF, told


def act(store: SandboxState, at: int, verb: str, **data: object) -> None:
    until_at(store, START + at)
    apply_event(store, "c1", Event(START + at, verb, data=data))


def stays(store: SandboxState) -> None:
    """A call whose people talk until somebody says otherwise: 2 s after its start they do."""
    ask(store, "create-inbound", "ccai-stays")
    until_at(store, START + 3_000)


def names(call: Any) -> list[tuple[Any, Any, Any]]:
    return [
        (one["from_agent"]["first_name"], (one["to_agent"] or {}).get("first_name"), one["status"])
        for one in call["transfers"]
    ]


def test_each_agent_in_turn_is_a_participant(store: SandboxState) -> None:
    stays(store)
    act(store, 4_000, "transfer", agent="allen@somedomain.com")
    act(store, 7_000, "transfer", agent="agent@somedomain.com")
    call = shown(store, 10_000)
    assert names(call) == [("Admin", "Allen", "transferred"), ("Allen", "Agent", "transferred")]
    assert [told(one, "type", "user_id", "call_duration") for one in call["participants"]] == [
        ["end_user", None, None],
        ["agent", 1, 2],
        ["agent", 3, 1],
        ["agent", 2, None],
    ]
    assert len({one["id"] for one in call["participants"]}) == 4
    assert call["agent_info"]["first_name"] == "Agent"
    assert agents(store) == {"admin": "available", "agent": "busy", "allen": "available"}


def test_hold_ends_with_the_transfer(store: SandboxState) -> None:
    stays(store)
    act(store, 3_000, "hold")
    act(store, 5_000, "transfer", agent="allen@somedomain.com")
    act(store, 8_000, "hold")
    act(store, 9_000, "resume")
    apply_event(store, "c1", Event(START + 9_000, "hangup", "a"))
    call = shown(store, 20_000)
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


def test_transfer_that_nobody_takes_waits_ten_minutes_of_its_own(store: SandboxState) -> None:
    stays(store)
    until_at(store, START + 500_000)
    patch(store, OFF, START + 500_000)
    act(store, 500_000, "transfer", menu="12")
    assert shown(store, 1_099_000)["status"] == "queued"
    assert names(shown(store, 1_099_000)) == [("Admin", None, "transferring")]
    call = shown(store, 1_101_000)
    assert told(call, "status", "ends_at", "disconnected_by") == [
        "finished",
        "2026-01-01T09:18:20.000Z",
        "disconnected_by_unknown",
    ]
    [moved] = call["transfers"]
    assert told(moved, "status", "fail_reason") == ["failed", "transfer_expired"]
    assert moved["to_menu"]["materialized_path"] == "9/12"


def test_transfer_during_which_the_end_user_leaves(store: SandboxState) -> None:
    stays(store)
    patch(store, OFF, START + 3_000)
    act(store, 4_000, "transfer", menu="12")
    apply_event(store, "c1", Event(START + 4_000, "hangup", "a"))
    play(store)
    [moved] = shown(store, 9_000)["transfers"]
    assert told(moved, "status", "fail_reason") == ["failed", "eu_abandoned"]


def test_agent_who_had_it_last_is_named_until_another_takes_it(store: SandboxState) -> None:
    stays(store)
    act(store, 4_000, "transfer", agent="allen@somedomain.com")
    call = shown(store, 5_000)
    assert told(call, "status") == ["queued"]
    assert call["agent_info"]["first_name"] == "Admin"
