"""What a CCAI call tells after its create: roles, agents, times, history and statuses."""

from itertools import pairwise
from typing import Any

import pytest

from mockserver.core.call import Event, IllegalTransition, public_state
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.web.views.mermaid import render_diagram
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

ADMIN, AGENT, ALLEN = (f"{name}@somedomain.com" for name in ("admin", "agent", "allen"))
QUEUED = "queued 0, assigned 2, connecting 3, connected 4"
MOVED = "queued 104, assigned 106, connecting 107, connected 108, finished 134"
OUTBOUND = "assigned 0, connecting 2, connected 4"
STATUS_SEQUENCES = [
    # an agent picks up 2 s after an offer, the end user 2 s after the ring; an ignored offer lasts
    # 30 s, a conversation 6 s
    ("create-inbound", "answered", f"{QUEUED}, finished 10"),
    ("create-inbound", "callee-busy", "queued 0, assigned 2, failed 3"),
    ("create-inbound", "no-answer", "queued 0, assigned 2, connecting 3, failed 25"),
    ("create-inbound", "hangs-up-early", "queued 0, assigned 2, failed 3"),
    ("create-inbound", "ccai-stays", QUEUED),
    ("create-inbound", "ccai-ignores", "queued 0"),
    ("create-inbound", "ccai-abandoned", "queued 0, failed 32"),
    (
        "create-inbound",
        "ccai-agent-ignores",
        "queued 0, assigned 32, connecting 33, connected 34, finished 40",
    ),
    (
        "create-inbound",
        "ccai-voicemail",
        "queued 0, deflected 20, voicemail 25, voicemail_received 40",
    ),
    (
        "create-inbound",
        "ccai-held-and-moved",
        f"queued 0, assigned 42, connecting 43, connected 44, {MOVED}",
    ),
    ("create-outbound", "answered", f"{OUTBOUND}, finished 10"),
    ("create-outbound", "callee-busy", "assigned 0, connecting 2, failed 5"),
    ("create-outbound", "no-answer", "assigned 0, connecting 2, failed 27"),
    ("create-outbound", "hangs-up-early", "assigned 0, connecting 2, failed 3"),
    ("create-outbound", "ccai-stays", OUTBOUND),
    ("create-outbound", "ccai-ignores", "assigned 0, failed 25"),
    ("create-scheduled", "answered", "scheduled 0"),
]
"""(operation, scenario, each status with the second at which it begins)"""


def happen(state: SandboxState, at: int, event_type: str, leg: str = "", **data: object) -> None:
    run_until(state, START + at)
    apply_event(state, "c1", Event(at=START + at, type=event_type, leg=leg, data=data))


def start_outbound(state: SandboxState) -> None:
    """Start an outbound call that connects after 4 s and stays so."""
    request(state, "create-outbound", "ccai-stays")
    run_until(state, START + 4_000)


def people(call: Any) -> list[list[Any]]:
    return [
        pick(each, "type", "user_id", "status", "call_duration") for each in call["participants"]
    ]


@pytest.mark.parametrize(("operation", "scenario", "expected"), STATUS_SEQUENCES)
def test_a_call_has_the_statuses_of_the_page_at_each_second(
    state: SandboxState, operation: str, scenario: str, expected: str
) -> None:
    request(state, operation, scenario)
    statuses = ["", *statuses_at(state, *range(0, 150_000, 1_000))]
    changes = [
        f"{status} {second}"
        for second, (before, status) in enumerate(pairwise(statuses))
        if status != before
    ]
    assert ", ".join(changes) == expected


def test_an_agent_hands_an_outbound_call_over_and_the_end_user_stays(state: SandboxState) -> None:
    start_outbound(state)
    happen(state, 6_000, "transfer", agent=ALLEN)
    assert statuses_at(state, 6_000, 8_000, 9_000, 10_000) == [
        "queued",
        "assigned",
        "connecting",
        "connected",
    ]
    call = call_after(state, 12_000)
    [transfer] = call["transfers"]
    assert (transfer["from_agent"]["id"], transfer["to_agent"]["id"]) == (1, 3)
    assert people(call) == [
        ["agent", 1, "finished", 4],
        ["end_user", None, "connected", 8],
        ["agent", 3, "connected", 4],
    ]
    assert agent_states(state) == {"admin": "available", "agent": "available", "allen": "busy"}
    happen(state, 20_000, "hangup", "a")
    call = call_after(state, 20_000)
    assert pick(call, "status", "disconnected_by", "call_duration") == [
        "finished",
        "disconnected_by_agent",
        16,
    ]
    assert set(agent_states(state).values()) == {"available"}


def test_an_outbound_call_that_is_transferred_to_a_menu_waits_in_its_queue(
    state: SandboxState,
) -> None:
    patch_account(state, {"agents": {ALLEN: {"group": "Group 2"}, AGENT: {"state": "offline"}}})
    start_outbound(state)
    happen(state, 5_000, "transfer", menu="12")
    assert statuses_at(state, 5_000, 9_000) == ["queued", "connected"]
    call = call_after(state, 9_000)
    assert (call["agent_info"]["id"], call["transfers"][0]["status"]) == (3, "transferred")
    assert call["offer_events"] == [
        {"casting_time": "2026-01-01T09:00:05.000Z", "group": "Group 2"}
    ]


def test_an_outbound_call_that_no_agent_takes_over_expires(state: SandboxState) -> None:
    start_outbound(state)
    patch_account(state, {"agents": {AGENT: {"state": "offline"}, ALLEN: {"state": "offline"}}})
    happen(state, 5_000, "transfer", menu="12")
    call = call_after(state, 700_000)
    assert pick(call, "status", "ends_at", "disconnected_by") == [
        "finished",
        "2026-01-01T09:10:05.000Z",
        "disconnected_by_unknown",
    ]


def test_an_ignored_transfer_of_an_outbound_call_goes_to_the_next_agent(
    state: SandboxState,
) -> None:
    start_outbound(state)
    happen(state, 5_000, "transfer", agent=ALLEN)
    happen(state, 6_000, "hangup", "a", cause="rejected")
    assert call_after(state, 10_000)["status"] == "connected"
    assert call_after(state, 10_000)["agent_info"]["id"] == 2


def test_durations_are_those_of_the_moment_and_a_read_changes_nothing(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-stays")
    run_until(state, START + 304_000)
    first, second = (
        response_body(request(state, "read-call", now=START + 304_000, id="1")) for _ in "ab"
    )
    listed = response_body(request(state, "manager-calls", now=START + 304_000))
    assert pick(first, "wait_duration", "call_duration") == [4, 300]
    assert first == second == listed[-1]


def test_an_ignored_offer_does_not_count_as_the_hangup_that_ended_the_call(
    state: SandboxState,
) -> None:
    request(state, "create-inbound", "ccai-held-and-moved")
    play_until_idle(state)
    assert call_after(state, 400_000)["disconnected_by"] == "disconnected_by_end_user"


@pytest.mark.parametrize(
    ("leg", "fail_reason"), [("a", "ag_canceled"), ("b", "eu_rejected")], ids=["agent", "end user"]
)
def test_an_outbound_call_fails_by_the_side_that_hung_up_first(
    state: SandboxState, leg: str, fail_reason: str
) -> None:
    request(state, "create-outbound", "ccai-stays")
    happen(state, 3_000, "hangup", leg, cause="normal" if leg == "a" else "rejected")
    call = call_after(state, 3_000)
    assert pick(call, "status", "fail_reason") == ["failed", fail_reason]
    assert all(each["ended_at"] for each in call["participants"])


def test_an_agent_is_offered_no_second_call(state: SandboxState) -> None:
    start_outbound(state)
    patch_account(state, {"agents": {ADMIN: {"state": "available"}}}, START + 4_000)
    assert request(state, "create-outbound", now=START + 4_000).fault == "agent-not-available"
    patch_account(state, {"agents": {AGENT: None, ALLEN: None}}, START + 4_000)
    request(state, "create-inbound", now=START + 4_000)
    run_until(state, START + 5_000)
    assert [event.type for event in read.calls(state)["c2"].events].count("offer") == 0
    with pytest.raises(IllegalTransition, match=r"^admin@somedomain.com is in call 1$"):
        apply_event(state, "c2", Event(at=START + 5_000, type="offer", data={"agent": ADMIN}))


@pytest.mark.parametrize("event_type", ["offer", "transfer"])
def test_a_call_is_not_handed_to_an_agent_who_is_away(state: SandboxState, event_type: str) -> None:
    others = {ADMIN: {"state": "available" if event_type == "transfer" else "offline"}}
    patch_account(state, {"agents": {**ALL_OFFLINE["agents"], **others}})
    request(state, "create-inbound", "ccai-stays")
    with pytest.raises(IllegalTransition) as error:
        happen(state, 5_000, event_type, agent=ALLEN)
    assert str(error.value) == "allen@somedomain.com is not available, but offline"


def test_a_transfer_to_an_agent_is_over_when_the_end_user_hangs_up_at_once(
    state: SandboxState,
) -> None:
    request(state, "create-inbound", "ccai-stays")
    happen(state, 5_000, "transfer", agent=ALLEN)
    assert agent_states(state)["allen"] == "busy"
    happen(state, 4_000, "hangup", "a")
    assert set(agent_states(state).values()) == {"available"}


def test_each_transfer_to_a_menu_is_a_further_offer(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-stays")
    before = call_after(state, 4_000)["offer_events"]
    happen(state, 5_000, "transfer", menu="12")
    assert call_after(state, 6_000)["offer_events"] == [
        *before,
        {"casting_time": "2026-01-01T09:00:05.000Z", "group": "Group 2"},
    ]


def test_a_parent_is_recovered_when_its_callback_has_finished_and_keeps_its_reason(
    state: SandboxState,
) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound", "ccai-abandoned")
    play_until_idle(state)
    patch_account(state, {"agents": {ADMIN: {"state": "available"}}})
    at = 3_600_000
    scheduled_at = "2026-01-01T11:00:00Z"
    request(state, "create-scheduled", now=START + at, call_id=1, scheduled_at=scheduled_at)
    assert statuses_at(state, 7_205_000, 7_210_000) == ["failed", "recovered"]
    call = call_after(state, 7_210_000)
    assert (call["fail_reason"], call["participants"][0]["status"]) == ("eu_abandoned", "finished")


def test_the_answer_to_a_cancel_is_what_the_next_read_tells(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-abandoned")
    run_until(state, START + 5_000)
    canceled = response_body(request(state, "cancel-scheduled", now=START + 5_000, id="1"))
    assert canceled == call_after(state, 5_000)
    assert canceled["participants"][0]["status"] == "finished"


def test_a_slow_end_user_is_connected_a_second_after_the_answer(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound", "ccai-stays")
    patch_account(state, {"agents": {ADMIN: {"state": "available"}}})
    run_until(state, START)
    happen(state, 0, "answer", "b")
    assert statuses_at(state, 0, 1_000, 2_000, 3_000) == [
        "assigned",
        "connecting",
        "connecting",
        "connected",
    ]


def test_a_switch_connects_the_call_with_another_provider(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-stays")
    happen(state, 3_000, "switch")
    assert statuses_at(state, 3_500, 4_000) == ["switching", "connected"]
    assert call_after(state, 4_000)["voip_provider"] == "voip_provider_nexmo"


def test_a_voicemail_has_a_recording_once_it_is_received(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    happen(state, 5_000, "deflect", to="voicemail")
    happen(state, 6_000, "voicemail")
    assert call_after(state, 7_000)["recording_url"] is None
    assert call_after(state, 200_000)["recording_url"] is not None


def test_a_waiting_call_is_queued_for_the_control_api(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    assert public_state(read.calls(state)["c1"]) == "queued"


def test_the_journal_of_a_normal_call_has_no_rejected_event(state: SandboxState) -> None:
    request(state, "create-inbound")
    play_until_idle(state)
    assert "event-rejected" not in {entry.type for entry in read.journal(state)}


def test_a_new_call_gets_no_id_of_an_existing_one(state: SandboxState) -> None:
    patch_account(state, {"calls": {"1": {"status": "failed"}, "3": {"status": "failed"}}})
    created = [response_body(request(state, "create-inbound"))["id"] for _ in range(3)]
    assert created == [2, 4, 5]


def test_with_the_quirk_each_operation_shows_a_scheduled_call_as_incoming(
    state: SandboxState,
) -> None:
    patch_account(state, {"quirks": ["scheduled-as-inbound"]})
    created = response_body(request(state, "create-scheduled"))
    assert pick(call_after(state, 0), "call_type", "status") == pick(created, "call_type", "status")


def test_a_diagram_names_the_agent_whom_each_offer_rings(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-agent-ignores")
    play_until_idle(state)
    diagram = render_diagram(read.journal(state), state)
    rung = [
        line.partition("ring agent ")[2] for line in diagram.splitlines() if "ring agent" in line
    ]
    assert rung == [f"{ADMIN} participant 2", f"{AGENT} participant 2"]


def test_no_agent_is_offered_a_call_whose_wait_has_expired(state: SandboxState) -> None:
    request(state, "create-inbound", "ccai-ignores")
    play_until_idle(state)
    types = [event.type for event in read.calls(state)["c1"].events]
    assert "offer" not in types[types.index("expire") :]
