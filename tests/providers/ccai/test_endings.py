"""How a call ends that no agent has taken: cancelled, deflected, left as a voicemail."""

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.providers.ccai.test_lifecycle import OFF, statuses, told
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_until
from tests.support.vendors.ccai import (
    ACCOUNT_KEY,
    agent_states,
    call_after,
    patch_account,
    request,
    response_body,
)


@pytest.mark.parametrize(
    ("operation", "at"),
    [("create-scheduled", 1_000), ("create-inbound", 0), ("create-inbound", 1_000)],
    ids=["booked", "about to be offered", "being offered"],
)
def test_cancelled_call_stays_cancelled(state: SandboxState, operation: str, at: int) -> None:
    request(state, operation)
    run_until(state, START + at)
    first = request(state, "cancel-scheduled", now=START + at, id="1")
    assert (first.response.status, response_body(first)["status"]) == (200, "cancelled")
    second = request(state, "cancel-scheduled", now=START + at, id="1")
    assert (second.response.status, second.response.body) == (204, b"")
    play_until_idle(state)
    call = call_after(state, 90_000)
    assert told(call, "status", "fail_reason", "ends_at", "connected_at") == [
        "cancelled",
        "nothing",
        f"2026-01-01T09:00:0{at // 1_000}.000Z",
        None,
    ]
    assert set(agent_states(state).values()) == {"available"}


def test_act_cancels_as_the_operation_does(state: SandboxState) -> None:
    request(state, "create-scheduled")
    apply_event(state, "c1", Event(at=START, type="cancel"))
    run_until(state, START)
    assert (read.calls(state)["c1"].phase, statuses(state, 1_000)) == ("ended", ["cancelled"])


@pytest.mark.parametrize(
    ("sent", "deflection"),
    [({}, "temp_redirection_phone"), ({"to": "after_hours_message_only"}, None)],
)
def test_deflected_call_ends_after_a_minute(
    state: SandboxState, sent: dict[str, str], deflection: str | None
) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    apply_event(state, "c1", Event(at=START + 5_000, type="deflect", data=sent))
    assert call_after(state, 64_999)["ends_at"] is None
    call = call_after(state, 65_000)
    assert told(call, "status", "deflection", "ends_at", "fail_reason", "voicemail_reason") == [
        "deflected",
        deflection or sent["to"],
        "2026-01-01T09:01:05.000Z",
        "nothing",
        "not_voicemail",
    ]


def test_deflection_that_nobody_knows(state: SandboxState) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound")
    run_until(state, START)
    with pytest.raises(IllegalTransition) as refused:
        apply_event(
            state, "c1", Event(at=START, type="deflect", data={"to": "temp_redirection_fone"})
        )
    assert str(refused.value) == (
        "no deflection is named 'temp_redirection_fone': did you mean 'temp_redirection_phone'?"
    )


def test_voicemail_ends_after_two_minutes(state: SandboxState) -> None:
    request(state, "create-inbound")
    run_until(state, START + 1_000)
    apply_event(state, "c1", Event(at=START + 1_000, type="voicemail"))
    assert statuses(state, 120_999, 121_000) == ["voicemail", "voicemail_received"]
    assert told(call_after(state, 121_000), "deflection", "ends_at") == [
        "voicemail",
        "2026-01-01T09:02:01.000Z",
    ]
    assert agent_states(state)["admin"] == "available"


def test_voicemail_after_a_deflection_is_not_cut_short(state: SandboxState) -> None:
    patch_account(state, OFF)
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    apply_event(state, "c1", Event(at=START + 5_000, type="deflect"))
    run_until(state, START + 60_000)
    apply_event(state, "c1", Event(at=START + 60_000, type="voicemail"))
    assert statuses(state, 65_000, 179_999, 180_000) == [
        "voicemail",
        "voicemail",
        "voicemail_received",
    ]


def test_account_s_timeline_frees_an_agent(state: SandboxState) -> None:
    """The agent is offered it after a minute, and answers two seconds later."""
    changes = [{"at": "60s", "set": {"agents": {"allen@somedomain.com": {"state": "available"}}}}]
    patch_account(state, {**OFF, "timeline": changes})
    fresh = SandboxState(
        state.configuration._replace(accounts={ACCOUNT_KEY: read.accounts(state)[ACCOUNT_KEY]}),
        START,
    )
    request(fresh, "create-inbound")
    assert statuses(fresh, 59_000, 62_000) == ["queued", "connected"]
    assert call_after(fresh, 62_000)["wait_duration"] == 62
