"""What a store should have of a sandbox, and what of that is new to it."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from mockserver.core.configuration import recorded_options
from mockserver.engine.state.inputs import Inputs
from mockserver.runtime.recording import Recording
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.stored_inboxes import InboxStates, find_inbox_changes
from mockserver.store.records import Change, LogPlace, LogStart, SandboxRecord


class Mark(NamedTuple):
    """What the store has of a sandbox: so many inputs of a log, steps after them, its inboxes."""

    instance: str
    inputs: Inputs
    length: int
    steps: int
    snapshots: int
    receivers: object
    inboxes: InboxStates


def mark_of(sandbox: Sandbox) -> Mark:
    """Return what the store should have of a sandbox by now."""
    inputs = sandbox.state.inputs
    return Mark(
        sandbox.instance,
        inputs,
        inputs.count,
        inputs.steps,
        sandbox.snapshot_count,
        sandbox.receivers.by_key,
        sandbox.inboxes.states(),
    )


class Logs:
    """The numbers that logs of inputs have in a store; a new one takes the next of `numbers`."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers
        self._known: WeakKeyDictionary[Inputs, int] = WeakKeyDictionary()

    def add(self, numbers: dict[Inputs, int]) -> None:
        """Add logs that were built from the store."""
        self._known.update(numbers)

    def number_of(self, inputs: Inputs) -> int:
        if inputs not in self._known:
            self._known[inputs] = next(self._numbers)
        return self._known[inputs]


def build_change(
    sandbox: Sandbox, stored: Mark | None, logs: Logs, version: str, wall: int
) -> Change:
    """Return what has changed since the mark; nothing is stored yet if there is none.

    `version` is that of the mock server, and `wall` the real time in ms since 1970.
    """
    inputs = sandbox.state.inputs
    is_known = stored is not None and stored.inputs is inputs
    length = stored.length if stored and is_known else 0
    start = None if is_known else _start_of(sandbox)
    record = _build_record(sandbox, logs, version, wall)
    inboxes = find_inbox_changes(sandbox.inboxes, stored.inboxes if stored and is_known else {})
    return Change(record, length, inputs.entries[length:], start, tuple(inboxes))


def _start_of(sandbox: Sandbox) -> LogStart:
    base = sandbox.state.inputs.base
    options = {**recorded_options(base), "seed": base.seed}
    return LogStart(sandbox.state.started_at, options, base.files)


def _build_record(sandbox: Sandbox, logs: Logs, version: str, wall: int) -> SandboxRecord:
    state, inputs, clock = sandbox.state, sandbox.state.inputs, sandbox.clock
    number, due = logs.number_of(inputs), state.peek()
    return SandboxRecord(
        name=sandbox.name,
        place=LogPlace(number, inputs.count, inputs.steps, clock.now(), clock.mode),
        wall=wall,
        version=version,
        seed=state.configuration.seed,
        call_count=len(state.calls.by_id),
        timing=(sandbox.timing.mode, sandbox.timing.start) if sandbox.has_own_start else None,
        next_due=due.at if due else None,
        snapshots={name: _place_of(each, logs) for name, each in sandbox.snapshots.items()},
        receivers=sandbox.receivers.by_origin,
        claims=sandbox.claims,
        is_sending=bool(sandbox.scheduler.deliveries.tasks),
    )


def _place_of(recording: Recording, logs: Logs) -> LogPlace:
    number, length = logs.number_of(recording.log), len(recording.inputs)
    return LogPlace(number, length, recording.steps, recording.now, recording.mode)
