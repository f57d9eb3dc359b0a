"""Outputs wait until what has led to them is stored; one commit stores all that is waited for."""

import asyncio
import threading
from collections.abc import Iterator
from itertools import count

import pytest

from mockserver.core.configuration import Configuration
from mockserver.engine.state.inputs import Input
from mockserver.runtime import durability as module
from mockserver.runtime import regular_storing
from mockserver.runtime.durability import Durability
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.stored_state import mark_of
from mockserver.store.records import (
    Batch,
    LogPlace,
    LogStart,
    StoredInbox,
    StoredLog,
    StoreUnavailable,
)
from tests.support.dispatchers import RecordingDispatcher
from tests.support.event_loop import in_event_loop
from tests.support.simulation import START, click_to_call

WALL = 1_800_000_000.25
"""The real time in seconds."""


class FakeStore:
    """Keeps the batches in memory; `failures` are what the next writes raise."""

    def __init__(self) -> None:
        self.log_numbers: Iterator[int] = count(1)
        self.last_received = 0
        self.batches: list[Batch] = []
        self.failures: list[Exception] = []
        self.may_write = threading.Event()
        self.may_write.set()
        self.is_closed = False

    def write(self, batch: Batch) -> None:
        self.may_write.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.batches.append(batch)

    def read_log(self, log: int, length: int) -> StoredLog:
        inputs = [Input(kind="clock", now=log, steps=0, packed=b"")] * length
        return StoredLog(start=LogStart(started_at=0, options={}, files={}), inputs=inputs)

    def read_inboxes(self, sandbox: str) -> list[StoredInbox]:
        raise AssertionError(sandbox)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def durability(store: FakeStore) -> Durability:
    return Durability(store, "9.9", lambda: WALL)


def build_sandbox(configuration: Configuration, name: str = "default") -> Sandbox:
    timing = Timing(mode="manual", start=START)
    return Sandbox(name, configuration, timing, RecordingDispatcher())


@pytest.fixture
def sandbox(configuration: Configuration) -> Sandbox:
    return build_sandbox(configuration)


@in_event_loop
async def test_a_new_sandbox_is_stored_with_what_it_begins_with(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    assert not durability.is_durable(sandbox)
    await durability.wait_for(sandbox)
    assert durability.is_durable(sandbox)
    [change] = store.batches[0].changes
    assert change.start is not None
    assert (change.known, change.inputs, change.start.started_at) == (0, [], START)
    record = change.record
    assert (record.name, record.version, record.wall) == ("default", "9.9", 1_800_000_000_250)
    assert record.place == (1, 0, 0, START, "manual")


@in_event_loop
async def test_what_is_stored_is_not_stored_again(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    await durability.wait_for(sandbox)
    await durability.wait_for(sandbox)
    assert len(store.batches) == 1


@in_event_loop
async def test_the_inputs_since_the_last_commit_are_added(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    sandbox.record_clock({"advance": 1})
    await durability.wait_for(sandbox)
    sandbox.record_clock({"advance": 2})
    assert not durability.is_durable(sandbox)
    await durability.wait_for(sandbox)
    [change] = store.batches[1].changes
    assert (change.known, change.start) == (1, None)
    assert [each.data for each in change.inputs] == [{"advance": 2}]
    assert change.record.place.length == 2


@in_event_loop
async def test_due_items_that_have_run_are_stored_as_steps(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    click_to_call(sandbox.state)
    await durability.wait_for(sandbox)
    sandbox.scheduler.run_next(START + 10_000)
    assert not durability.is_durable(sandbox)
    await durability.wait_for(sandbox)
    assert [batch.changes[0].record.place.steps for batch in store.batches] == [0, 1]


@in_event_loop
async def test_a_reset_begins_a_new_log(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    sandbox.record_clock({"advance": 1})
    await durability.wait_for(sandbox)
    await sandbox.reset()
    await durability.wait_for(sandbox)
    [change] = store.batches[1].changes
    assert (change.record.place.log, change.known, change.inputs) == (2, 0, [])
    assert change.start is not None


@in_event_loop
async def test_a_snapshot_keeps_its_log_across_a_reset(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    sandbox.record_clock({"advance": 1})
    await durability.wait_for(sandbox)
    sandbox.take_snapshot("s1")
    assert not durability.is_durable(sandbox)
    await durability.wait_for(sandbox)
    await sandbox.reset()
    await durability.wait_for(sandbox)
    places = [batch.changes[0].record.snapshots for batch in store.batches]
    snapshot = {"s1": (1, 1, 0, START, "manual")}
    assert places == [{}, snapshot, snapshot]


@in_event_loop
async def test_a_snapshot_in_place_of_another_is_stored(
    durability: Durability, sandbox: Sandbox
) -> None:
    sandbox.take_snapshot("s1")
    await durability.wait_for(sandbox)
    sandbox.take_snapshot("s1")
    assert not durability.is_durable(sandbox)


@in_event_loop
async def test_all_that_is_waited_for_in_a_turn_is_one_commit(
    store: FakeStore, durability: Durability, configuration: Configuration
) -> None:
    sandboxes = [build_sandbox(configuration, f"t{number}") for number in range(20)]
    await asyncio.gather(*map(durability.wait_for, sandboxes))
    assert [[change.record.name for change in batch.changes] for batch in store.batches] == [
        [sandbox.name for sandbox in sandboxes]
    ]


@in_event_loop
async def test_what_comes_during_a_commit_waits_for_the_next(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    store.may_write.clear()
    first = asyncio.create_task(durability.wait_for(sandbox))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sandbox.record_clock({"advance": 1})
    second = asyncio.create_task(durability.wait_for(sandbox))
    store.may_write.set()
    await first
    assert not second.done()
    await second
    assert [batch.changes[0].record.place.length for batch in store.batches] == [0, 1]


@in_event_loop
async def test_who_waits_first_goes_on_first(durability: Durability, sandbox: Sandbox) -> None:
    """So a response leaves before the webhooks that its request has led to."""
    order: list[int] = []

    async def wait(number: int) -> None:
        await durability.wait_for(sandbox)
        order.append(number)

    await asyncio.gather(*map(wait, range(10)))
    assert order == [*range(10)]


@in_event_loop
async def test_who_no_longer_waits_does_not_disturb_the_others(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    store.may_write.clear()
    tasks = [asyncio.create_task(durability.wait_for(sandbox)) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    store.may_write.set()
    await asyncio.gather(tasks[0], tasks[2])
    assert durability.is_durable(sandbox)


@in_event_loop
async def test_a_response_that_comes_after_a_commit_is_an_input_of_its_own(
    durability: Durability, sandbox: Sandbox
) -> None:
    inputs = sandbox.state.inputs
    number = inputs.record("arrival", START, {})
    await durability.wait_for(sandbox)
    inputs.record_response(number, START, (200, 1))
    assert [each.kind for each in inputs.entries] == ["arrival", "response"]


# --- a store that takes nothing ------------------------------------------------------------------


@in_event_loop
async def test_a_commit_that_fails_is_an_error_for_all_who_wait(
    store: FakeStore, durability: Durability, configuration: Configuration
) -> None:
    store.failures = [StoreUnavailable("disk full")]
    sandboxes = [build_sandbox(configuration, name) for name in "ab"]
    results = await asyncio.gather(*map(durability.wait_for, sandboxes), return_exceptions=True)
    assert [str(result) for result in results] == ["disk full", "disk full"]
    assert durability.problem == "disk full"
    assert not any(map(durability.is_durable, sandboxes))


@in_event_loop
async def test_what_was_not_stored_is_in_the_next_commit(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    store.failures = [StoreUnavailable("disk full")]
    sandbox.record_clock({"advance": 1})
    with pytest.raises(StoreUnavailable):
        await durability.wait_for(sandbox)
    sandbox.record_clock({"advance": 2})
    await durability.wait_for(sandbox)
    [change] = store.batches[0].changes
    assert (change.known, len(change.inputs), durability.problem) == (0, 2, "")


@in_event_loop
async def test_what_was_not_stored_is_stored_later_although_nobody_waits(
    store: FakeStore,
    durability: Durability,
    configuration: Configuration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another sandbox stores that the one which had the problem is removed."""
    monkeypatch.setattr(regular_storing, "STORE_EVERY", 0)
    sandbox, other = (build_sandbox(configuration, name) for name in ("gone", "other"))
    store.failures = [StoreUnavailable("disk full")] * 3
    with pytest.raises(StoreUnavailable):
        await durability.wait_for(sandbox)
    sandbox.is_removed = True
    durability.remove("gone")
    storing = asyncio.create_task(regular_storing.store_regularly(durability, [other]))
    while durability.problem:  # noqa: ASYNC110 - another thread stores
        await asyncio.sleep(0)
    storing.cancel()
    assert (durability.is_durable(other), store.failures) == (True, [])
    assert [batch.removed for batch in store.batches] == [["gone"]]


@in_event_loop
async def test_a_webhook_is_held_until_the_store_takes_what_led_to_it(
    store: FakeStore, durability: Durability, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_AFTER", 0)
    store.failures = [StoreUnavailable("disk full")] * 3
    await durability.hold(sandbox)
    assert (durability.is_durable(sandbox), store.failures) == (True, [])


@in_event_loop
async def test_an_internal_error_ends_the_wait(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    errors: list[BaseException] = []
    durability.on_error = errors.append
    store.failures = [KeyError("x")]
    with pytest.raises(StoreUnavailable, match=r"a fault of the mock server: KeyError\('x'\)"):
        await durability.wait_for(sandbox)
    assert [repr(error) for error in errors] == ["KeyError('x')"]
    await durability.wait_for(sandbox)


@in_event_loop
async def test_a_sandbox_whose_log_is_full_is_not_stored_but_the_others_are(
    store: FakeStore, durability: Durability, configuration: Configuration
) -> None:
    full, other = (build_sandbox(configuration, name) for name in ("full", "other"))
    full.state.inputs.is_complete = False
    results = await asyncio.gather(
        durability.wait_for(full), durability.wait_for(other), return_exceptions=True
    )
    assert str(results[0]) == (
        "full cannot be stored: its log of inputs exceeds 64 MB: POST /_mock/reset begins a new one"
    )
    assert results[1] is None
    assert [change.record.name for change in store.batches[0].changes] == ["other"]


# --- removal and the end -------------------------------------------------------------------------


@in_event_loop
async def test_a_removed_sandbox_leaves_the_store_with_the_next_commit(
    store: FakeStore, durability: Durability, configuration: Configuration
) -> None:
    gone, other = (build_sandbox(configuration, name) for name in ("gone", "other"))
    await asyncio.gather(durability.wait_for(gone), durability.wait_for(other))
    gone.is_removed = True
    durability.remove("gone")
    assert (durability.is_durable(gone), durability.is_durable(other)) == (True, False)
    await durability.wait_for(other)
    assert store.batches[1].removed == ["gone"]
    assert durability.is_durable(other)


@in_event_loop
async def test_a_removal_that_fails_is_made_up_for(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    durability.remove("gone")
    store.failures = [StoreUnavailable("disk full")]
    with pytest.raises(StoreUnavailable):
        await durability.wait_for(sandbox)
    durability.remove("more")
    await durability.wait_for(sandbox)
    assert store.batches[0].removed == ["gone", "more"]


@in_event_loop
async def test_the_end_stores_what_is_left(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    await durability.wait_for(sandbox)
    durability.remove("gone")
    sandbox.record_clock({"advance": 1})
    await durability.close([sandbox])
    assert (store.batches[1].removed, store.is_closed) == (["gone"], True)
    assert store.batches[1].changes[0].record.place.length == 1


@in_event_loop
async def test_the_end_stores_a_removal_alone(store: FakeStore, durability: Durability) -> None:
    durability.remove("gone")
    await durability.close([])
    assert (store.batches, store.is_closed) == ([Batch(removed=["gone"], changes=[])], True)


@in_event_loop
async def test_the_end_closes_a_store_that_takes_nothing(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    store.failures = [StoreUnavailable("disk full")]
    await durability.close([sandbox])
    assert (store.batches, store.is_closed) == ([], True)


@in_event_loop
async def test_a_sandbox_of_the_store_counts_as_stored(
    store: FakeStore, durability: Durability, sandbox: Sandbox
) -> None:
    sandbox.record_clock({"advance": 1})
    durability.adopt(sandbox, {sandbox.state.inputs: 41}, "9.9")
    assert (durability.is_durable(sandbox), sandbox.state.inputs.sealed) == (True, 1)
    sandbox.record_clock({"advance": 2})
    await durability.wait_for(sandbox)
    [change] = store.batches[0].changes
    assert (change.record.place.log, change.known, len(change.inputs)) == (41, 1, 1)


@in_event_loop
async def test_a_log_is_read_up_to_a_place(durability: Durability, sandbox: Sandbox) -> None:
    await durability.wait_for(sandbox)
    place = mark_of(sandbox)
    log = await durability.read_log(LogPlace(log=3, length=2, steps=0, now=0, mode="real"))
    assert (place.length, [each.now for each in log.inputs]) == (0, [3, 3])
