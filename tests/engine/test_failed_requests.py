"""An internal error halfway through the effects of a request or an event leaves no half of them."""

from decimal import Decimal
from typing import Any, NoReturn

import pytest

from mockserver.core.account import Charge, SaveRecord
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import NO_EFFECTS, Effects, EndpointResult, EventContext
from mockserver.core.rulebook import RequestContext
from mockserver.engine import commands, simulation
from mockserver.engine.failures import FailedHalfway, record_error
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import update_account
from tests.support import read
from tests.support.builders import build_incoming_request, build_webhook
from tests.support.fake_vendor import (
    BOUND_FAKE_VENDOR,
    FAKE_VENDOR,
    Agent,
    build_shop,
    build_state,
    event_log,
    place_calls,
)
from tests.support.matches import activate
from tests.support.schedulers import event_types
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    run_for,
    run_until,
    state_with_provider,
)

ACCOUNT_KEY = ("mobtexting", "mobtexting-default")
CHARGE = Charge(account=ACCOUNT_KEY, amount=Decimal(3), reason="call", call_id="c1")
LOST = build_webhook(call_id="c9", kind="ended", url="", body={})
"""A webhook of a call that does not exist: it is the last effect, and raises."""
OOPS = LookupError("oops")


def fail(*_: object) -> NoReturn:
    raise OOPS


def state_with_effects(
    configuration: Configuration, effects: Effects, *, has_call: bool = True, **changes: Any
) -> SandboxState:
    """Return a state in which a click-to-call has these effects, beside its call."""
    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]

    def respond(context: RequestContext) -> EndpointResult:
        result = endpoint.respond(context)
        calls = result.effects.calls if has_call else ()
        return result.replace(effects=effects.replace(calls=calls))

    return state_with_provider(
        configuration, endpoints=(endpoint._replace(respond=respond),), **changes
    )


def errors(state: SandboxState) -> list[str]:
    return [entry.call_id for entry in read.journal(state) if entry.type == "error"]


def charges(state: SandboxState) -> list[tuple[str, str]]:
    payloads: list[Any] = [entry.payload for entry in read.journal(state) if entry.type == "charge"]
    return [(payload["amount"], payload["reason"]) for payload in payloads]


def request_that_fails(state: SandboxState) -> FailedHalfway:
    with pytest.raises(FailedHalfway) as caught:
        click_to_call(state)
    return caught.value


# --- vendor requests -----------------------------------------------------------------------------


def test_the_call_of_a_request_that_fails_halfway_ends(configuration: Configuration) -> None:
    state = state_with_effects(configuration, Effects(webhooks=(LOST,)))
    error = request_that_fails(state)
    assert (repr(error), error.request_id) == ("KeyError('c9')", "r1")
    assert (event_types(state), read.calls(state)["c1"].outcome) == (["placed", "ended"], "failed")
    assert (errors(state), read.error_count(state)) == (["c1"], 1)
    assert (list(read.pending_items(state)), list(read.ended_calls(state))) == ([], ["c1"])


def test_the_exchange_of_a_request_that_fails_halfway_has_what_the_client_gets(
    configuration: Configuration,
) -> None:
    state = state_with_effects(configuration, Effects(webhooks=(LOST,)))
    request_that_fails(state)
    [exchange] = read.exchanges(state)
    assert exchange.response == Response(status=500, body=b"")
    assert exchange.problem == "internal-error"
    assert exchange.explanation == "this is a fault of the mock server: KeyError('c9')"
    assert read.journal(state)[0].payload is exchange
    assert +state.totals.requests == {("mobtexting", "c2c", 500, None): 1}


def test_a_webhook_of_a_request_that_fails_halfway_is_sent_or_has_failed(
    configuration: Configuration,
) -> None:
    first = build_webhook(call_id="c1", kind="ended", url="", body={})
    state = state_with_effects(configuration, Effects(webhooks=(first, LOST)))
    request_that_fails(state)
    play_until_idle(state)
    assert [delivery.state for delivery in read.deliveries(state).values()] == ["delivered"]


def test_an_account_has_paid_nothing_for_a_request_that_fails_halfway(
    configuration: Configuration,
) -> None:
    effects = Effects(charges=(CHARGE,), webhooks=(LOST,))
    state = state_with_effects(configuration, effects)
    change_account(state, balance=Decimal(10))
    before = read.accounts(state)[ACCOUNT_KEY]
    request_that_fails(state)
    assert read.accounts(state)[ACCOUNT_KEY] is before
    assert charges(state) == [("3", "call"), ("-3", "given back after an internal error")]


def test_an_activation_is_not_spent_by_a_request_that_fails_halfway(
    configuration: Configuration,
) -> None:
    state = state_with_effects(configuration, Effects(webhooks=(LOST,)))
    activate(state, "callee-busy", times=1)
    request_that_fails(state)
    assert [activation.remaining for activation in read.activations(state)] == [1]


def test_an_error_in_an_event_of_a_request_ends_the_call(configuration: Configuration) -> None:
    def on_event(context: EventContext) -> Effects:
        return fail() if context.event.type == "poll" else NO_EFFECTS

    effects = Effects(events=(("c1", Event(at=START, type="poll")),))
    state = state_with_effects(configuration, effects, on_event=on_event)
    request_that_fails(state)
    assert (event_types(state), errors(state)) == (["placed", "ended"], ["c1"])


def test_a_request_without_calls_that_fails_halfway_is_journaled(
    configuration: Configuration,
) -> None:
    state = state_with_effects(configuration, Effects(webhooks=(LOST,)), has_call=False)
    request_that_fails(state)
    assert (errors(state), dict(read.calls(state))) == ([""], {})


def test_a_request_without_an_account_may_fail_halfway(configuration: Configuration) -> None:
    result = EndpointResult(response=Response(status=200), effects=Effects(webhooks=(LOST,)))
    endpoint = (
        configuration.providers["mobtexting"]
        .provider.endpoints[0]
        ._replace(rules=(), respond=lambda _: result)
    )
    state = state_with_provider(configuration, endpoints=(endpoint,))
    before = dict(read.accounts(state))
    with pytest.raises(FailedHalfway):
        click_to_call(state, headers={"authorization": ""})
    assert (errors(state), dict(read.accounts(state))) == ([""], before)


def test_an_error_of_a_request_is_journaled_once(configuration: Configuration) -> None:
    state = state_with_effects(configuration, Effects(webhooks=(LOST,)))
    record_error(state, request_that_fails(state), START)
    assert errors(state) == ["c1"]


# --- events of the control API -------------------------------------------------------------------


def test_the_call_ends_if_an_injected_event_fails_halfway(configuration: Configuration) -> None:
    def on_event(context: EventContext) -> Effects:
        is_hangup = context.event.type == "hangup"
        return Effects(webhooks=(LOST,)) if is_hangup else NO_EFFECTS

    state = state_with_provider(configuration, on_event=on_event)
    click_to_call(state)
    run_for(state, 2_500)
    hangup = Event(at=START + 2_500, type="hangup", leg="a", source="control")
    with pytest.raises(FailedHalfway, match="c9"):
        commands.inject_event(state, "c1", hangup, {})
    assert event_types(state)[-3:] == ["hangup", "attempt-ended", "ended"]
    assert (read.calls(state)["c1"].outcome, errors(state)) == ("failed", ["c1"])
    assert (list(read.pending_items(state)), list(read.ended_calls(state))) == ([], ["c1"])


def test_an_injected_event_that_cannot_be_computed_changes_nothing(
    configuration: Configuration,
) -> None:
    def on_event(context: EventContext) -> Effects:
        return fail() if context.event.source == "control" else NO_EFFECTS

    state = state_with_provider(configuration, on_event=on_event)
    click_to_call(state)
    run_for(state, 2_500)
    call, count = read.calls(state)["c1"], read.entry_count(state)
    with pytest.raises(LookupError, match="oops"):
        commands.inject_event(
            state, "c1", Event(at=START + 2_500, type="hangup", leg="a", source="control"), {}
        )
    assert (read.calls(state)["c1"], read.entry_count(state)) == (call, count)
    play_until_idle(state)
    assert read.calls(state)["c1"].outcome == "completed"


# --- calls that wait for a resource --------------------------------------------------------------


def build_two_waiting_calls() -> SandboxState:
    """Return a state whose calls c1 and c2 wait, as Ann is offline."""
    state = build_state(build_shop({"ann": "offline"}))
    place_calls(state)
    place_calls(state)
    run_until(state, 0)
    return state


def test_an_error_ends_the_waiting_call_that_it_meets_and_no_other_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Calls c1 and c2 wait; the agent who comes cannot be offered c1."""
    state = build_two_waiting_calls()
    compute = simulation.compute_transitions

    def fail_first(state: SandboxState, call_id: str, event: Event) -> Any:
        return (
            fail() if (call_id, event.type) == ("c1", "offer") else compute(state, call_id, event)
        )

    monkeypatch.setattr(simulation, "compute_transitions", fail_first)
    update_account(state, build_shop({"ann": "available"}), 7)
    assert event_log(state, "offer", "ended") == [
        (7, "c1", "ended", ""),
        (7, "c2", "offer", ""),
    ]
    assert (errors(state), dict(read.resource_queue(state))) == (["c1"], {})


def test_an_account_that_has_moved_another_call_is_not_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The request makes Ann available, who is offered c1; then an event of c2 fails."""
    state = build_two_waiting_calls()
    compute = simulation.compute_transitions

    def fail_last(state: SandboxState, call_id: str, event: Event) -> Any:
        return fail() if event.type == "last" else compute(state, call_id, event)

    monkeypatch.setattr(simulation, "compute_transitions", fail_last)
    saved = SaveRecord(account=("toy", "shop"), kind="agents", identity="ann", record=Agent())
    events = tuple(("c2", Event(at=7, type=name)) for name in ("poll", "last"))
    effects = Effects(records=(saved,), events=events)
    endpoint = FAKE_VENDOR.endpoints[1]._replace(
        respond=lambda _: EndpointResult(response=Response(status=200), effects=effects)
    )
    request = Request(method="POST", path="/")
    incoming = build_incoming_request(bound=BOUND_FAKE_VENDOR, endpoint=endpoint, request=request)
    with pytest.raises(FailedHalfway, match="oops"):
        handle(state, incoming, 7)
    assert event_log(state, "offer", "ended") == [(7, "c1", "offer", ""), (7, "c2", "ended", "")]
    assert read.accounts(state)["toy", "shop"].records["agents"]["ann"].state == "busy"
