"""What a CCAI call tells of its transfers: times, the agents they name, and the offers after."""

from typing import Any

import pytest

from mockserver.core.behavior import IMMEDIATELY, PRESETS
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.script import Condition, Step
from mockserver.core.selection import ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.builders import STAY_ON_LINE
from tests.support.simulation import START, run_until
from tests.support.vendors.ccai import ALL_OFFLINE, call_after, patch_account, pick, request

ADMIN, ALLEN = "admin@somedomain.com", "allen@somedomain.com"
TO_ALLEN, TO_MENU = {"agent": ALLEN}, {"menu": "12"}
TIMES = ("queued_at", "assigned_at", "connected_at", "ends_at")
STAYS = {"create-inbound": [0, 2, 4, None], "create-outbound": [None, 0, 4, None]}
"""Operation -> the second of each of `TIMES` once the call of `ccai-stays` is connected."""


def happen(
    state: SandboxState, second: int, event_type: str, leg: str = "", **data: object
) -> None:
    at = START + second * 1_000
    run_until(state, at)
    apply_event(state, "c1", Event(at=at, type=event_type, leg=leg, data=data))


def second_of(time: str | None) -> int | None:
    """The second after `START` of an ISO time."""
    if time is None:
        return None
    minutes, seconds = time[14:16], time[17:19]
    return int(minutes) * 60 + int(seconds)


def times(call: Any, *keys: str) -> list[int | None]:
    return [second_of(time) for time in pick(call, *keys)]


def agent_leg(operation: str) -> str:
    return "a" if operation == "create-outbound" else "b"


def transfer(state: SandboxState, operation: str, **to: str) -> None:
    """Place a call, and transfer it at second 10 to an agent or a menu of group 2."""
    patch_account(state, {"agents": {ALLEN: {"group": "Group 2"}}})
    request(state, operation, "ccai-stays")
    happen(state, 10, "transfer", **to)


def read_transfer(call: Any) -> list[Any]:
    [row] = call["transfers"]
    return [(row["to_agent"] or {}).get("id"), row["status"], row["fail_reason"]]


def offers(call: Any) -> list[tuple[int | None, str]]:
    return [(second_of(each["casting_time"]), each["group"]) for each in call["offer_events"]]


@pytest.mark.parametrize("to", [TO_ALLEN, TO_MENU], ids=["agent", "menu"])
@pytest.mark.parametrize("operation", STAYS)
def test_each_time_tells_when_the_call_was_last_queued_assigned_and_connected(
    state: SandboxState, operation: str, to: dict[str, str]
) -> None:
    transfer(state, operation, **to)
    first = STAYS[operation][1:]
    read = {second: times(call_after(state, second * 1_000), *TIMES) for second in (10, 12, 14)}
    assert read == {10: [10, *first], 12: [10, 12, 4, None], 14: [10, 12, 14, None]}


@pytest.mark.parametrize("operation", STAYS)
def test_a_transfer_changes_no_time_of_those_who_were_in_the_call(
    state: SandboxState, operation: str
) -> None:
    request(state, operation, "ccai-stays")
    before = call_after(state, 10_000)["participants"]
    happen(state, 10, "transfer", **TO_ALLEN)
    after = call_after(state, 20_000)["participants"]
    keys = ("type", "user_id", "connected_at")
    assert [pick(each, *keys) for each in after[:2]] == [pick(each, *keys) for each in before]
    ends = {each["user_id"]: times(each, "connected_at", "ended_at") for each in after}
    assert [ends[1][1], ends[3], ends[None][1]] == [10, [12, None], None]


@pytest.mark.parametrize(("operation", "waited"), [("create-inbound", 8), ("create-outbound", 4)])
def test_durations_are_those_of_the_whole_call(
    state: SandboxState, operation: str, waited: int
) -> None:
    """The call talks from second 4 to 10 and from 14; it waits before each, outbound but once."""
    transfer(state, operation, **TO_ALLEN)
    keys = ("wait_duration", "call_duration")
    assert pick(call_after(state, 12_000), *keys) == [waited - 2, 8]
    assert pick(call_after(state, 14_000), *keys) == [waited, 10]
    happen(state, 20, "hangup", agent_leg(operation))
    assert pick(call_after(state, 30_000), *keys) == [waited, 16]


def test_a_call_that_ends_in_the_queue_after_a_transfer_was_connected_before(
    state: SandboxState,
) -> None:
    request(state, "create-inbound", "ccai-stays")
    run_until(state, START + 10_000)
    patch_account(state, ALL_OFFLINE, START + 10_000)
    happen(state, 10, "transfer", **TO_MENU)
    happen(state, 15, "hangup", "a")
    call = call_after(state, 20_000)
    assert times(call, *TIMES) == [10, 2, 4, 15]
    assert pick(call, "status", "wait_duration", "call_duration") == ["finished", 9, 11]


@pytest.mark.parametrize(
    ("cause", "fail_reason"),
    [
        ("no-answer", "ag_ignored"),
        ("rejected", "ag_canceled"),
        ("unreachable", "voip_conn_general"),
    ],
)
@pytest.mark.parametrize("operation", STAYS)
def test_a_transfer_keeps_the_agent_whom_it_names_when_another_one_answers(
    state: SandboxState, operation: str, cause: str, fail_reason: str
) -> None:
    transfer(state, operation, **TO_ALLEN)
    assert read_transfer(call_after(state, 10_000)) == [3, "transferring", "nothing"]
    happen(state, 11, "hangup", agent_leg(operation), cause=cause)
    refused = [3, "failed", fail_reason]
    assert read_transfer(call_after(state, 11_000)) == refused
    call = call_after(state, 20_000)
    assert read_transfer(call) == refused
    assert (call["status"], call["agent_info"]["id"]) == ("connected", 2)
    happen(state, 20, "hangup", agent_leg(operation))
    assert read_transfer(call_after(state, 30_000)) == refused


@pytest.mark.parametrize("operation", STAYS)
def test_a_transfer_to_a_menu_has_the_agent_who_answers(
    state: SandboxState, operation: str
) -> None:
    transfer(state, operation, **TO_MENU)
    assert read_transfer(call_after(state, 10_000)) == [None, "transferring", "nothing"]
    assert read_transfer(call_after(state, 12_000)) == [3, "transferred", "nothing"]


def test_a_transfer_to_a_menu_goes_on_when_an_agent_ignores_it(state: SandboxState) -> None:
    patch_account(state, {"agents": {"agent@somedomain.com": {"group": "Group 2"}}})
    transfer(state, "create-inbound", **TO_MENU)
    happen(state, 11, "hangup", "b", cause="no-answer")
    assert read_transfer(call_after(state, 11_000)) == [None, "transferring", "nothing"]
    [row] = call_after(state, 20_000)["transfers"]
    assert (row["status"], row["to_agent"]["id"]) == ("transferred", 3)


@pytest.mark.parametrize("to", [TO_ALLEN, TO_MENU], ids=["agent", "menu"])
@pytest.mark.parametrize(
    ("event_type", "leg", "fail_reason"),
    [
        ("hangup", "a", "eu_abandoned"),
        ("cancel", "", "eu_abandoned"),
        ("deflect", "", "eu_abandoned"),
        ("voicemail", "", "eu_abandoned"),
        ("expire", "", "transfer_expired"),
    ],
)
def test_a_transfer_is_lost_when_the_end_user_leaves_the_queue(
    state: SandboxState, event_type: str, leg: str, fail_reason: str, to: dict[str, str]
) -> None:
    transfer(state, "create-inbound", **to)
    happen(state, 11, event_type, leg)
    agent = 3 if "agent" in to else None
    assert read_transfer(call_after(state, 11_000)) == [agent, "failed", fail_reason]
    assert read_transfer(call_after(state, 400_000)) == [agent, "failed", fail_reason]


def test_a_later_transfer_changes_no_earlier_one(state: SandboxState) -> None:
    transfer(state, "create-inbound", **TO_ALLEN)
    happen(state, 11, "hangup", "b", cause="rejected")
    before = call_after(state, 15_000)["transfers"]
    happen(state, 16, "transfer", **TO_ALLEN)
    first, second = call_after(state, 25_000)["transfers"]
    assert [first] == before
    assert [first["status"], second["status"], second["to_agent"]["id"]] == [
        "failed",
        "transferred",
        3,
    ]
    assert (second["from_agent"]["id"], second["created_at"]) == (2, "2026-01-01T09:00:16.000Z")


@pytest.mark.parametrize(
    ("operation", "second", "to", "expected"),
    [
        ("create-inbound", 10, TO_ALLEN, [(0, "Group 1")]),
        ("create-inbound", 20, TO_ALLEN, [(0, "Group 1"), (11, "Group 1")]),
        ("create-inbound", 20, TO_MENU, [(0, "Group 1"), (10, "Group 2")]),
        ("create-outbound", 10, TO_ALLEN, []),
        ("create-outbound", 20, TO_ALLEN, [(11, "Group 1")]),
        ("create-outbound", 20, TO_MENU, [(10, "Group 2")]),
    ],
)
def test_the_offers_to_groups_after_a_transfer_are_in_order(
    state: SandboxState,
    operation: str,
    second: int,
    to: dict[str, str],
    expected: list[tuple[int, str]],
) -> None:
    """The agent who is offered the call at second 10 rejects it at second 11."""
    transfer(state, operation, **to)
    if second > 10:
        happen(state, 11, "hangup", agent_leg(operation), cause="rejected")
    assert offers(call_after(state, second * 1_000)) == expected


def test_a_call_without_a_menu_that_no_agent_takes_is_offered_to_no_group(
    state: SandboxState,
) -> None:
    transfer(state, "create-outbound", **TO_ALLEN)
    patch_account(state, ALL_OFFLINE, START + 10_000)
    happen(state, 11, "hangup", "a", cause="rejected")
    assert offers(call_after(state, 20_000)) == []


def test_an_agent_who_is_gone_from_the_account_has_no_group(state: SandboxState) -> None:
    transfer(state, "create-outbound", **TO_ALLEN)
    happen(state, 11, "hangup", "a", cause="rejected")
    patch_account(state, {"agents": {"agent@somedomain.com": None}}, START + 20_000)
    assert offers(call_after(state, 20_000)) == []


def waiting(state: SandboxState) -> list[str]:
    return [wait.reason for wait in read.wait_reasons(state).get("c1", ())]


@pytest.mark.parametrize("operation", STAYS)
def test_a_call_waits_for_the_agent_whom_a_transfer_names_until_the_offer(
    state: SandboxState, operation: str
) -> None:
    transfer(state, operation, **TO_ALLEN)
    assert (waiting(state), read.resource_queue(state)) == (["agent"], {})
    run_until(state, START + 10_000)
    assert waiting(state) == []


@pytest.mark.parametrize("to", [TO_ALLEN, TO_MENU], ids=["agent", "menu"])
@pytest.mark.parametrize("operation", STAYS)
def test_a_call_waits_for_a_hangup_only_while_it_is_connected(
    state: SandboxState, operation: str, to: dict[str, str]
) -> None:
    patch_account(state, {"agents": {ALLEN: {"group": "Group 2"}}})
    request(state, operation, "ccai-stays")
    for start in (0, 10):
        seconds = range(start, start + 8)
        reads = [(call_after(state, at * 1_000)["status"], waiting(state)) for at in seconds]
        expected = [(status, ["hangup"] * (status == "connected")) for status, _ in reads]
        assert reads == expected
        assert {status for status, _ in reads} >= {"assigned", "connecting", "connected"}
        if start == 0:
            happen(state, 9, "transfer", **to)


@pytest.mark.parametrize("event_type", ["deflect", "voicemail"])
def test_a_call_that_its_provider_ends_waits_for_nothing(
    state: SandboxState, event_type: str
) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound", "ccai-stays")
    run_until(state, START + 5_000)
    assert waiting(state) == ["agent"]
    happen(state, 6, event_type)
    assert waiting(state) == []


def test_a_transfer_to_an_agent_waits_for_that_one_beside_what_the_steps_wait_for(
    configuration: Configuration,
) -> None:
    on_control = Step(delay=IMMEDIATELY, event_type="hold", condition=Condition(type="control"))
    legs = {"end_user": STAY_ON_LINE, "agent": STAY_ON_LINE}
    mine = Scenario(name="mine", legs=legs, steps=(on_control,))
    state = state_with(configuration, mine)
    request(state, "create-inbound", "mine")
    happen(state, 10, "transfer", **TO_ALLEN)
    assert waiting(state) == ["agent", "control"]


def state_with(configuration: Configuration, *mine: Scenario) -> SandboxState:
    named = {each.name: each for each in (Scenario(name="usual"), *mine)}
    return SandboxState(configuration._replace(scenarios=ScenarioSet(named, "usual")), START)


@pytest.mark.parametrize("operation", STAYS)
def test_numbers_describe_the_agents_who_are_offered_a_transferred_call_in_turn(
    configuration: Configuration, operation: str
) -> None:
    """The named agent ignores the call for 30 s, the next one is busy after 2 s."""
    state = state_with(
        configuration,
        Scenario(name="mine", numbers=("stays", "silent", "busy", "stays")),
        Scenario(name="stays", legs={"end_user": STAY_ON_LINE, "agent": STAY_ON_LINE}),
        Scenario(name="silent", legs={"agent": PRESETS["no-answer"]}),
        Scenario(name="busy", legs={"agent": PRESETS["busy"]}),
    )
    assert request(state, operation, "mine").ignored == ()
    happen(state, 10, "transfer", **TO_ALLEN)
    call = call_after(state, 60_000)
    assert read_transfer(call) == [3, "failed", "ag_ignored"]
    offered = [
        (event.at - START, event.data["agent"])
        for event in read.calls(state)["c1"].events
        if event.type == "offer" and event.at > START
    ]
    assert offered == [(10_000, ALLEN), (40_000, "agent@somedomain.com"), (42_000, ADMIN)]
    assert times(call, *TIMES) == [10, 44, 46, None]
    assert call["agent_info"]["id"] == 1
