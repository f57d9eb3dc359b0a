"""How a call ends that no agent has taken: cancelled, deflected, left as a voicemail."""

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.conftest import START, play, until_at
from tests.providers.ccai.conftest import KEY, agents, ask, body, patch, shown
from tests.providers.ccai.test_lifecycle import OFF, statuses, told


@pytest.mark.parametrize(
    ("operation", "at"),
    [("create-scheduled", 1_000), ("create-inbound", 0), ("create-inbound", 1_000)],
    ids=["booked", "about to be offered", "being offered"],
)
def test_cancelled_call_stays_cancelled(store: SandboxState, operation: str, at: int) -> None:
    ask(store, operation)
    until_at(store, START + at)
    first = ask(store, "cancel-scheduled", now=START + at, id="1")
    assert (first.response.status, body(first)["status"]) == (200, "cancelled")
    second = ask(store, "cancel-scheduled", now=START + at, id="1")
    assert (second.response.status, second.response.body) == (204, b"")
    play(store)
    call = shown(store, 90_000)
    assert told(call, "status", "fail_reason", "ends_at", "connected_at") == [
        "cancelled",
        "nothing",
        f"2026-01-01T09:00:0{at // 1_000}.000Z",
        None,
    ]
    assert set(agents(store).values()) == {"available"}


def test_act_cancels_as_the_operation_does(store: SandboxState) -> None:
    ask(store, "create-scheduled")
    apply_event(store, "c1", Event(START, "cancel"))
    until_at(store, START)
    assert (store.calls["c1"].phase, statuses(store, 1_000)) == ("ended", ["cancelled"])


@pytest.mark.parametrize(
    ("sent", "deflection"),
    [({}, "temp_redirection_phone"), ({"to": "after_hours_message_only"}, None)],
)
def test_deflected_call_ends_after_a_minute(
    store: SandboxState, sent: dict[str, str], deflection: str | None
) -> None:
    patch(store, OFF)
    ask(store, "create-inbound")
    until_at(store, START + 5_000)
    apply_event(store, "c1", Event(START + 5_000, "deflect", data=sent))
    assert shown(store, 64_999)["ends_at"] is None
    call = shown(store, 65_000)
    assert told(call, "status", "deflection", "ends_at", "fail_reason", "voicemail_reason") == [
        "deflected",
        deflection or sent["to"],
        "2026-01-01T09:01:05.000Z",
        "nothing",
        "not_voicemail",
    ]


def test_deflection_that_nobody_knows(store: SandboxState) -> None:
    patch(store, OFF)
    ask(store, "create-inbound")
    until_at(store, START)
    with pytest.raises(IllegalTransition) as refused:
        apply_event(store, "c1", Event(START, "deflect", data={"to": "temp_redirection_fone"}))
    assert str(refused.value) == (
        "no deflection is named 'temp_redirection_fone': did you mean 'temp_redirection_phone'?"
    )


def test_voicemail_ends_after_two_minutes(store: SandboxState) -> None:
    ask(store, "create-inbound")
    until_at(store, START + 1_000)
    apply_event(store, "c1", Event(START + 1_000, "voicemail"))
    assert statuses(store, 120_999, 121_000) == ["voicemail", "voicemail_received"]
    assert told(shown(store, 121_000), "deflection", "ends_at") == [
        "voicemail",
        "2026-01-01T09:02:01.000Z",
    ]
    assert agents(store)["admin"] == "available"


def test_voicemail_after_a_deflection_is_not_cut_short(store: SandboxState) -> None:
    patch(store, OFF)
    ask(store, "create-inbound")
    until_at(store, START + 5_000)
    apply_event(store, "c1", Event(START + 5_000, "deflect"))
    until_at(store, START + 60_000)
    apply_event(store, "c1", Event(START + 60_000, "voicemail"))
    assert statuses(store, 65_000, 179_999, 180_000) == [
        "voicemail",
        "voicemail",
        "voicemail_received",
    ]


def test_account_s_timeline_frees_an_agent(store: SandboxState) -> None:
    """The agent is offered it after a minute, and answers two seconds later."""
    changes = [{"at": "60s", "set": {"agents": {"allen@somedomain.com": {"state": "available"}}}}]
    patch(store, {**OFF, "timeline": changes})
    fresh = SandboxState(store.configuration._replace(accounts={KEY: store.accounts[KEY]}), START)
    ask(fresh, "create-inbound")
    assert statuses(fresh, 59_000, 62_000) == ["queued", "connected"]
    assert shown(fresh, 62_000)["wait_duration"] == 62
