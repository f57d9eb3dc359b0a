"""How a CCAI call ends without an agent: canceled, deflected or as a voicemail."""

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_until
from tests.support.vendors import response_body
from tests.support.vendors.ccai import (
    ACCOUNT_KEY,
    ALL_OFFLINE,
    agent_states,
    call_after,
    patch_account,
    pick,
    request,
    statuses_at,
)


@pytest.mark.parametrize(
    ("operation", "canceled_at"),
    [("create-scheduled", 1_000), ("create-inbound", 0), ("create-inbound", 1_000)],
    ids=["booked", "about to be offered", "being offered"],
)
def test_a_call_canceled_before_an_agent_takes_it_stays_canceled(
    state: SandboxState, operation: str, canceled_at: int
) -> None:
    request(state, operation)
    run_until(state, START + canceled_at)
    first = request(state, "cancel-scheduled", now=START + canceled_at, id="1")
    assert (first.response.status, response_body(first)["status"]) == (200, "cancelled")
    second = request(state, "cancel-scheduled", now=START + canceled_at, id="1")
    assert (second.response.status, second.response.body) == (204, b"")
    play_until_idle(state)
    call = call_after(state, 90_000)
    assert pick(call, "status", "fail_reason", "ends_at", "connected_at") == [
        "cancelled",
        "nothing",
        f"2026-01-01T09:00:0{canceled_at // 1_000}.000Z",
        None,
    ]
    assert set(agent_states(state).values()) == {"available"}


def test_a_cancel_event_ends_the_call_as_the_cancel_operation_does(state: SandboxState) -> None:
    request(state, "create-scheduled")
    apply_event(state, "c1", Event(at=START, type="cancel"))
    run_until(state, START)
    assert (read.calls(state)["c1"].phase, statuses_at(state, 1_000)) == ("ended", ["cancelled"])


@pytest.mark.parametrize(
    ("event_data", "default_deflection"),
    [({}, "temp_redirection_phone"), ({"to": "after_hours_message_only"}, None)],
)
def test_a_deflected_call_ends_after_one_minute(
    state: SandboxState, event_data: dict[str, str], default_deflection: str | None
) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    apply_event(state, "c1", Event(at=START + 5_000, type="deflect", data=event_data))
    assert call_after(state, 64_999)["ends_at"] is None
    call = call_after(state, 65_000)
    assert pick(call, "status", "deflection", "ends_at", "fail_reason", "voicemail_reason") == [
        "deflected",
        default_deflection or event_data["to"],
        "2026-01-01T09:01:05.000Z",
        "nothing",
        "not_voicemail",
    ]


def test_an_unknown_deflection_is_an_illegal_transition(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    run_until(state, START)
    with pytest.raises(IllegalTransition) as error:
        apply_event(
            state, "c1", Event(at=START, type="deflect", data={"to": "temp_redirection_fone"})
        )
    assert str(error.value) == (
        "no deflection is named 'temp_redirection_fone': did you mean 'temp_redirection_phone'?"
    )


def test_a_voicemail_is_received_after_two_minutes(state: SandboxState) -> None:
    request(state, "create-inbound")
    run_until(state, START + 1_000)
    apply_event(state, "c1", Event(at=START + 1_000, type="voicemail"))
    assert statuses_at(state, 120_999, 121_000) == ["voicemail", "voicemail_received"]
    assert pick(call_after(state, 121_000), "deflection", "ends_at") == [
        "voicemail",
        "2026-01-01T09:02:01.000Z",
    ]
    assert agent_states(state)["admin"] == "available"


def test_a_voicemail_after_a_deflection_lasts_its_full_two_minutes(state: SandboxState) -> None:
    patch_account(state, ALL_OFFLINE)
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    apply_event(state, "c1", Event(at=START + 5_000, type="deflect"))
    run_until(state, START + 60_000)
    apply_event(state, "c1", Event(at=START + 60_000, type="voicemail"))
    assert statuses_at(state, 65_000, 179_999, 180_000) == [
        "voicemail",
        "voicemail",
        "voicemail_received",
    ]


def test_an_agent_freed_by_the_account_timeline_is_offered_the_waiting_call(
    state: SandboxState,
) -> None:
    """The agent is offered the call after a minute and answers two seconds later."""
    changes = [{"at": "60s", "set": {"agents": {"allen@somedomain.com": {"state": "available"}}}}]
    patch_account(state, {**ALL_OFFLINE, "timeline": changes})
    state_with_timeline = SandboxState(
        state.configuration._replace(accounts={ACCOUNT_KEY: read.accounts(state)[ACCOUNT_KEY]}),
        START,
    )
    request(state_with_timeline, "create-inbound")
    assert statuses_at(state_with_timeline, 59_000, 64_000) == ["queued", "connected"]
    assert call_after(state_with_timeline, 64_000)["wait_duration"] == 64
