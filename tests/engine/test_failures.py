"""An internal error ends the call or the webhook that it meets, and nothing stays half done."""

import asyncio
from typing import Any

import pytest

from mockserver.core.account import Retry
from mockserver.core.configuration import Configuration
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.time import SECOND
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine import commands, webhooks
from mockserver.engine.failures import fail_attempt, fail_item
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import DueItem
from tests.support import read
from tests.support.builders import build_webhook
from tests.support.dispatchers import RecordingDispatcher
from tests.support.schedulers import event_types, manual_scheduler
from tests.support.simulation import START, change_account, click_to_call, state_with_provider

ERROR = LookupError("oops")


async def fail(_: Delivery) -> DeliveryResult:
    raise ERROR


def fail_at(event_type: str) -> Any:
    def on_event(context: EventContext) -> Effects:
        if context.event.type == event_type:
            raise ERROR
        return NO_EFFECTS

    return on_event


def journaled_errors(state: SandboxState) -> list[tuple[int, str, object]]:
    return [
        (entry.at - START, entry.call_id, entry.payload)
        for entry in read.journal(state)
        if entry.type == "error"
    ]


@pytest.mark.parametrize(
    ("event_type", "at", "types"),
    [
        ("begin", 0, ["placed", "ended"]),
        ("ring", 0, ["placed", "begin", "attempt-ended", "ended"]),
        ("answer", 2_000, ["placed", "begin", "ring", "hangup", "attempt-ended", "ended"]),
        ("bridge", 4_000, ["placed", "begin", "ring", "answer", "ring", "hangup", "hangup",
                           "attempt-ended", "ended"]),
        ("ended", 10_000, ["placed", "begin", "ring", "answer", "ring", "answer", "bridge",
                           "hangup", "hangup", "attempt-ended", "ended"]),
    ],
)  # fmt: skip
def test_an_error_while_a_call_is_played_ends_the_call(
    configuration: Configuration, event_type: str, at: int, types: list[str]
) -> None:
    state = state_with_provider(configuration, on_event=fail_at(event_type))
    click_to_call(state)
    result = asyncio.run(manual_scheduler(state).advance(None))
    call = read.calls(state)["c1"]
    assert (event_types(state), call.outcome, call.ended_at) == (types, "failed", START + at)
    assert journaled_errors(state) == [(at, "c1", ERROR)]
    assert (result.errors, read.error_count(state)) == (1, 1)
    assert (list(read.pending_items(state)), list(read.ended_calls(state))) == ([], ["c1"])
    assert read.wait_reasons(state) == {}


def test_an_error_after_the_end_of_a_call_leaves_its_outcome(configuration: Configuration) -> None:
    def on_event(context: EventContext) -> Effects:
        if context.event.type != "ended":
            return NO_EFFECTS
        lost = (build_webhook(call_id=name, kind="ended", url="", body={}) for name in ("c1", "c9"))
        return Effects(webhooks=tuple(lost))

    state = state_with_provider(configuration, on_event=on_event)
    click_to_call(state)
    result = asyncio.run(manual_scheduler(state).advance(None))
    assert (read.calls(state)["c1"].outcome, list(read.ended_calls(state))) == ("completed", ["c1"])
    assert (result.errors, result.attempts) == (1, 1)
    assert read.deliveries(state)["w1"].state == "delivered"


def test_a_webhook_that_could_not_be_scheduled_has_failed(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raise_error(*_: object) -> None:
        raise ERROR

    monkeypatch.setattr(webhooks, "schedule_deliveries", raise_error)
    click_to_call(state)
    asyncio.run(manual_scheduler(state).advance(None))
    delivery = read.deliveries(state)["w1"]
    assert (delivery.state, delivery.next_attempt_at) == ("failed", None)
    assert [attempt.result.error for attempt in delivery.attempts] == ["internal"]
    assert [entry.type for entry in read.journal(state)][-2:] == ["error", "delivery-attempt"]


def test_an_error_of_the_dispatcher_ends_the_webhook_without_a_retry(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(5 * SECOND,)))
    click_to_call(state)
    scheduler = manual_scheduler(state, RecordingDispatcher(fail))
    result = asyncio.run(scheduler.advance(None))
    delivery = read.deliveries(state)["w1"]
    assert (delivery.state, delivery.next_attempt_at) == ("failed", None)
    assert [(attempt.number, attempt.result.error) for attempt in delivery.attempts] == [
        (1, "internal")
    ]
    assert (result.errors, journaled_errors(state)) == (1, [(10_000, "c1", ERROR)])
    assert read.peek(state) is None


def test_an_error_at_the_due_time_of_an_attempt_ends_the_webhook(state: SandboxState) -> None:
    click_to_call(state)
    asyncio.run(manual_scheduler(state).advance(None))
    webhooks.redeliver(state, "w1", START + 20_000)
    due = state.agenda.take()
    assert due is not None
    fail_item(state, due, ERROR, START + 20_000)
    delivery = read.deliveries(state)["w1"]
    attempts = [(attempt.number, attempt.result.error) for attempt in delivery.attempts]
    assert (delivery.state, attempts) == ("failed", [(1, None), (2, "internal")])


def test_an_error_in_the_timeline_of_an_account_is_journaled(state: SandboxState) -> None:
    click_to_call(state)
    due = DueItem(at=START, serial=1, kind="account", subject="c1")
    fail_item(state, due, ERROR, START)
    assert (journaled_errors(state), event_types(state)) == ([(0, "", ERROR)], ["placed"])


def test_an_error_of_an_earlier_epoch_changes_nothing_but_the_journal(state: SandboxState) -> None:
    click_to_call(state)
    asyncio.run(manual_scheduler(state).advance(None))
    delivery = read.deliveries(state)["w1"]
    commands.reset(state, state.configuration, START)
    fail_attempt(state, delivery, ERROR, START)
    assert (journaled_errors(state), dict(read.deliveries(state))) == ([(0, "c1", ERROR)], {})
