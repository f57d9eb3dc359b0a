"""End what an internal error leaves half done: a call, a request, or an attempt of a webhook."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from http import HTTPStatus
from itertools import chain, takewhile
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.http import Response
from mockserver.core.journal import JournalEntry
from mockserver.core.lifecycle import ACTIVE_PHASES, transition
from mockserver.core.provider import Effects
from mockserver.core.webhook import Delivery, DeliveryAttempt, DeliveryResult
from mockserver.engine.exchange import Exchange
from mockserver.engine.reordering import release_followers, release_held
from mockserver.engine.retention import retire_call
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import DueItem
from mockserver.engine.webhooks import DELIVERY_ITEMS

CAUSE: Final = "network-failure"
"""The cause with which the legs of a failed call end."""

OUTCOME: Final = "failed"

GIVEN_BACK: Final = "given back after an internal error"


class FailedHalfway(Exception):
    """Effects have failed halfway: the calls that they reached have ended, and the journal says so.

    It is shown as the error itself. `request_id` is empty if no vendor request had the effects.
    """

    def __init__(self, error: Exception, request_id: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.request_id = request_id

    def __repr__(self) -> str:
        return repr(self.error)


def fail_item(state: SandboxState, due: DueItem, error: BaseException, now: int) -> None:
    """End the call or the attempt whose due item has raised; journal the error.

    An entry of an account's timeline has neither: nothing waits for it.
    """
    state.inputs.record("failed-item", now, {"error": repr(error)})
    if due.kind in DELIVERY_ITEMS:
        _fail_delivery(state, state.deliveries.by_id[due.subject], error, now)
    elif due.kind == "account":
        _record_error(state, error, now)
    else:
        fail_call(state, due.subject, error, now)


def fail_attempt(state: SandboxState, delivery: Delivery, error: BaseException, now: int) -> None:
    """Journal an error, and end the delivery with an attempt that says so; nothing is retried.

    An error of an earlier epoch, before a reset, is journaled alone.
    """
    if delivery.epoch != state.epoch:
        record_error(state, error, now, delivery.webhook.call_id)
        return
    state.inputs.record("failed-attempt", now, {"webhook": delivery.id, "error": repr(error)})
    _fail_delivery(state, delivery, error, now)


def _fail_delivery(state: SandboxState, delivery: Delivery, error: BaseException, now: int) -> None:
    _record_error(state, error, now, delivery.webhook.call_id)
    _end_delivery(state, delivery, now)


def fail_call(state: SandboxState, call_id: str, error: BaseException, now: int) -> None:
    """Journal an error, and end the call without asking its provider, as that may have raised.

    No delivery of the call stays pending without a due item.
    """
    _record_error(state, error, now, call_id)
    call = state.calls.by_id[call_id]
    for event in _last_events(call, now):
        call = transition(call, event)
        state.calls.update(call)
        state.journal.append(JournalEntry(now, "event", call_id, event))
    progress = state.calls.progress[call_id]
    state.calls.set_progress(call_id, progress.replace(next_step=None, serial=0, wait_reasons=()))
    state.calls.queue_for(call_id, "")
    release_held(state, call_id, now)
    for delivery in tuple(_stuck_deliveries(state, call_id)):
        _end_delivery(state, delivery, now)
    retire_call(state, call_id)
    state.drop_stale_items()


def fail_event(state: SandboxState, call_id: str, error: Exception, now: int) -> FailedHalfway:
    """End the call in which an event has failed halfway; return what to raise."""
    fail_call(state, call_id, error, now)
    return FailedHalfway(error)


def fail_request(
    state: SandboxState,
    exchange: Exchange,
    effects: Effects,
    account: Account | None,
    error: Exception,
) -> FailedHalfway:
    """End the calls of the latest request, whose effects have failed halfway.

    `account` is that of the request as it was before: it gets back what it has paid and saved. The
    exchange has the response that the client gets now.

    Returns:
        What to raise.
    """
    events, webhooks = effects.events, effects.webhooks
    named = (*exchange.call_ids, *(event[0] for event in events), *(w.call_id for w in webhooks))
    reached = [call_id for call_id in dict.fromkeys(named) if call_id in state.calls.by_id]
    if account:
        _restore_account(state, exchange, account, reached)
    for call_id in reached:
        fail_call(state, call_id, error, exchange.at)
    if not reached:
        _record_error(state, error, exchange.at)
    state.journal.correct_exchange(
        exchange.replace(
            response=Response(HTTPStatus.INTERNAL_SERVER_ERROR, b""),
            explanation=f"this is a fault of the mock server: {error!r}",
            problem="internal-error",
        )
    )
    return FailedHalfway(error, exchange.id)


def _restore_account(
    state: SandboxState, exchange: Exchange, account: Account, reached: list[str]
) -> None:
    """Let an account be as it was before a request, unless that has moved other calls, too."""
    latest = takewhile(lambda entry: entry.payload is not exchange, reversed(state.journal.entries))
    entries = list(latest)[::-1]
    if any(entry.type == "event" and entry.call_id not in reached for entry in entries):
        return
    state.accounts.replace(account)
    for entry in entries:
        if entry.type == "charge" and isinstance(entry.payload, Mapping):
            amount = str(-Decimal(str(entry.payload["amount"])))
            given_back = {**entry.payload, "amount": amount, "reason": GIVEN_BACK}
            state.journal.append(entry.replace(payload=given_back))


def _last_events(call: Call, at: int) -> Iterator[Event]:
    """Yield the events that end the call; none if it has ended."""
    if call.phase in ACTIVE_PHASES:
        for leg in call.legs:
            if leg.state in ("ringing", "answered"):
                yield Event(at, "hangup", leg.name, {"cause": CAUSE})
        yield Event(at, "attempt-ended", data={"outcome": OUTCOME})
    if call.phase != "ended":
        yield Event(at, "ended", data={"outcome": OUTCOME})


def _stuck_deliveries(state: SandboxState, call_id: str) -> Iterator[Delivery]:
    """Yield the call's pending deliveries that are not on their way, and that nothing will send."""
    deliveries = state.deliveries
    held = chain(*deliveries.held_for_calls.values(), *deliveries.followers.values())
    scheduled = (due.subject for due in state.pending_items() if due.kind in DELIVERY_ITEMS)
    awaited = {*held, *scheduled}
    for delivery_id in deliveries.ids_by_call.get(call_id, ()):
        delivery = deliveries.by_id[delivery_id]
        is_waiting = delivery.state == "pending" and delivery.next_attempt_at is not None
        if is_waiting and delivery_id not in awaited:
            yield delivery


def _end_delivery(state: SandboxState, delivery: Delivery, now: int) -> None:
    at = now if delivery.next_attempt_at is None else delivery.next_attempt_at
    attempt = DeliveryAttempt(len(delivery.attempts) + 1, at, DeliveryResult(None, "internal"))
    ended = delivery.replace(
        state="failed",
        next_attempt_at=None,
        planned=(),
        attempts=(*delivery.attempts, attempt),
    )
    state.deliveries.end_attempt(ended)
    call_id = delivery.webhook.call_id
    state.journal.append(JournalEntry(now, "delivery-attempt", call_id, ended))
    release_followers(state, delivery.id, now)


def record_error(state: SandboxState, error: BaseException, now: int, call_id: str = "") -> None:
    """Journal an internal error, unless it is one that the journal has already."""
    if not isinstance(error, FailedHalfway):
        state.inputs.record("error", now, {"error": repr(error), "call": call_id})
        _record_error(state, error, now, call_id)


def _record_error(state: SandboxState, error: BaseException, now: int, call_id: str = "") -> None:
    state.journal.append(JournalEntry(now, "error", call_id, error))
