"""The store learns when an unused sandbox was last used, and never less of it than it has."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count

import pytest

from mockserver.core.configuration import Configuration
from mockserver.runtime.durability import Durability
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.store.records import (
    Batch,
    LogPlace,
    SandboxRecord,
    StoredInbox,
    StoredLog,
    StoreUnavailable,
)
from tests.support.dispatchers import AcceptingDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.simulation import START, click_to_call


class RecordingStore:
    """Keeps the batches that it gets; it takes nothing while `problem` says why."""

    def __init__(self) -> None:
        self.log_numbers: Iterator[int] = count(1)
        self.last_received = 0
        self.batches: list[Batch] = []
        self.problem = ""

    def write(self, batch: Batch) -> None:
        if self.problem:
            raise StoreUnavailable(self.problem)
        self.batches.append(batch)

    def read_log(self, log: int, length: int) -> StoredLog:
        raise NotImplementedError

    def read_inboxes(self, sandbox: str) -> list[StoredInbox]:
        raise NotImplementedError

    def close(self) -> None:
        """Close nothing."""

    @property
    def records(self) -> list[SandboxRecord]:
        """Those of the latest batch."""
        return [change.record for change in self.batches[-1].changes]


class Harness:
    """A durability that stores a sandbox; `clock` is its real clock."""

    def __init__(self, configuration: Configuration) -> None:
        self.store, self.clock = RecordingStore(), FakeClock(1_000)
        self.durability = Durability(self.store, "1", lambda: 0.0, self.clock, earlier_uptime=500)
        timing = Timing(mode="manual", start=START)
        self.sandbox = Sandbox("t1", configuration, timing, AcceptingDispatcher())

    async def store_sandbox(self) -> None:
        click_to_call(self.sandbox.state)
        await self.durability.wait_for(self.sandbox)


def check(configuration: Configuration, checks: Callable[[Harness], Awaitable[None]]) -> None:
    async def main() -> None:
        harness = Harness(configuration)
        await harness.store_sandbox()
        await checks(harness)

    asyncio.run(main())


def test_a_record_has_the_time_of_the_last_use_in_seconds_of_servers(
    configuration: Configuration,
) -> None:
    async def checks(harness: Harness) -> None:
        assert [each.used_at for each in harness.store.records] == [500]
        harness.clock.seconds += 90
        assert harness.durability.uptime() == 590
        harness.durability.idle_time = lambda _: 30.0
        record = harness.durability.renew(harness.sandbox)
        await harness.durability.flush()
        assert harness.store.records == [record]
        assert record
        assert record.used_at == 560
        assert record.place == LogPlace(log=1, length=1, steps=0, now=START, mode="manual")
        assert [*harness.store.batches[-1].changes[0].inputs] == []

    check(configuration, checks)


def test_what_the_store_has_is_not_stored_again_without_a_renewal(
    configuration: Configuration,
) -> None:
    async def checks(harness: Harness) -> None:
        await harness.durability.flush()
        await harness.durability.wait_for(harness.sandbox)
        assert len(harness.store.batches) == 1

    check(configuration, checks)


def test_a_sandbox_of_which_the_store_lacks_something_is_not_renewed(
    configuration: Configuration,
) -> None:
    async def checks(harness: Harness) -> None:
        click_to_call(harness.sandbox.state)
        assert harness.durability.renew(harness.sandbox) is None
        await harness.durability.flush()
        assert len(harness.store.batches) == 1

    check(configuration, checks)


def test_a_renewal_gives_way_to_what_has_happened_since(configuration: Configuration) -> None:
    async def checks(harness: Harness) -> None:
        harness.durability.renew(harness.sandbox)
        await harness.store_sandbox()
        assert [each.place.length for each in harness.store.records] == [2]
        assert len(harness.store.batches) == 2

    check(configuration, checks)


@pytest.mark.parametrize(("is_removed", "renewed"), [(False, ["t1"]), (True, [])])
def test_a_renewal_that_fails_is_stored_later_unless_its_sandbox_is_removed(
    configuration: Configuration, *, is_removed: bool, renewed: list[str]
) -> None:
    async def checks(harness: Harness) -> None:
        harness.durability.renew(harness.sandbox)
        harness.store.problem = "the disk is full"
        flush = asyncio.create_task(harness.durability.flush())
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the batch is on its way
        if is_removed:
            harness.durability.remove("t1")
        with pytest.raises(StoreUnavailable):
            await flush
        harness.store.problem = ""
        await harness.durability.flush()
        assert harness.store.batches[-1].removed == (["t1"] if is_removed else [])
        assert [each.name for each in harness.store.records] == renewed

    check(configuration, checks)


def test_a_sandbox_that_is_removed_before_its_renewal_is_stored_stays_removed(
    configuration: Configuration,
) -> None:
    async def checks(harness: Harness) -> None:
        harness.durability.renew(harness.sandbox)
        harness.durability.remove("t1")
        await harness.durability.flush()
        assert harness.store.batches[-1] == Batch(removed=["t1"], changes=[])

    check(configuration, checks)


def test_a_sandbox_that_ends_while_it_is_stored_leaves_nothing_in_memory(
    configuration: Configuration,
) -> None:
    async def checks(harness: Harness) -> None:
        click_to_call(harness.sandbox.state)
        storing = asyncio.create_task(harness.durability.wait_for(harness.sandbox))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the batch is on its way
        harness.sandbox.is_removed = True
        harness.durability.forget("t1")
        await storing
        harness.sandbox.is_removed = False
        assert not harness.durability.is_durable(harness.sandbox)

    check(configuration, checks)
