"""Schedulers on clocks that a test controls, and what tests read of their states."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from mockserver.core.call import Call
from mockserver.core.provider import Effects
from mockserver.core.webhook import Dispatcher
from mockserver.engine.effects import apply
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from mockserver.web.views.serializers import serialize_entry
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.simulation import START, click_to_call


def manual_scheduler(state: SandboxState, dispatcher: Dispatcher | None = None) -> Scheduler:
    return Scheduler(state, Clock("manual", START), dispatcher or RecordingDispatcher())


def instant_scheduler(
    state: SandboxState, dispatcher: Dispatcher, real_clock: FakeClock | None = None
) -> Scheduler:
    return Scheduler(state, Clock("instant", START, real_clock or FakeClock()), dispatcher)


@asynccontextmanager
async def running_scheduler(scheduler: Scheduler) -> AsyncIterator[None]:
    """Run the scheduler until the end of the block; then cancel it and its deliveries."""
    task = asyncio.create_task(scheduler.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await scheduler.deliveries.cancel()


def serialized_journal(state: SandboxState) -> list[dict[str, Any]]:
    return [serialize_entry(entry, state.configuration) for entry in read.journal(state)]


def event_types(state: SandboxState, name: str = "c1") -> list[str]:
    return [event.type for event in read.calls(state)[name].events]


def has_event(event_type: str) -> Callable[[SandboxState], bool]:
    """Build a condition: call c1 has an event of this type."""
    return lambda state: event_type in event_types(state)


def has_delivered(state: SandboxState) -> bool:
    return any(delivery.state == "delivered" for delivery in read.deliveries(state).values())


def postponed_copy(call: Call, name: str, at: int) -> Call:
    """Return the same call with another id, booked to start at `at` (ms)."""
    return call.replace(spec=call.spec.replace(id=name), starts_at=at)


def book_call(state: SandboxState, at: int, *scenarios: str) -> None:
    """Place a call c1 that starts now, and a call c2 booked for `at` (ms)."""
    click_to_call(state, *scenarios)
    apply(state, Effects(calls=(postponed_copy(read.calls(state)["c1"], "c2", at),)), START)
