"""Schedulers on clocks that a test controls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from mockserver.core.call import Call
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Effects, OnEvent
from mockserver.engine.effects import apply
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from mockserver.web.views.serializers import serialize_entry
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.simulation import START, click_to_call


def manual_scheduler(state: SandboxState, postman: RecordingDispatcher | None = None) -> Scheduler:
    return Scheduler(state, Clock("manual", START), postman or RecordingDispatcher())


def instant_scheduler(
    state: SandboxState, postman: RecordingDispatcher, wall: FakeClock | None = None
) -> Scheduler:
    return Scheduler(state, Clock("instant", START, wall or FakeClock()), postman)


@asynccontextmanager
async def running_scheduler(driver: Scheduler) -> AsyncIterator[None]:
    task = asyncio.create_task(driver.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await driver.cancel_deliveries()


async def yield_to_tasks(count: int = 50) -> None:
    """Give whoever is ready so many chances to go on."""
    for _ in range(count):
        await asyncio.sleep(0)


def serialized_journal(state: SandboxState) -> list[dict[str, Any]]:
    return [serialize_entry(fact, state.configuration) for fact in read.journal(state)]


def event_types(state: SandboxState, name: str = "c1") -> list[str]:
    return [event.type for event in read.calls(state)[name].events]


def with_on_event(configuration: Configuration, react: OnEvent) -> Configuration:
    listing = configuration.providers["mobtexting"]
    changed = listing._replace(provider=listing.provider._replace(on_event=react))
    return configuration._replace(providers={"mobtexting": changed})


def postponed_copy(call: Call, name: str, at: int) -> Call:
    """The same order under another name, booked for a time of the client's own choice."""
    return call._replace(spec=call.spec._replace(id=name), starts_at=at)


def book_call(state: SandboxState, at: int, *stories: str) -> None:
    """A call c1 for now, and a call c2 that is booked for later."""
    click_to_call(state, *stories)
    apply(state, Effects(calls=(postponed_copy(read.calls(state)["c1"], "c2", at),)), START)
