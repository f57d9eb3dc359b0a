"""What a store holds of a sandbox: a log of inputs, and how far it goes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.engine.state.inputs import Input


class StoreRefused(Exception):
    """The store cannot be opened; the message says why, and what would be right."""


class StoreUnavailable(Exception):
    """The store takes nothing at present; the message says why."""


class LogStart(NamedTuple):
    """What the inputs of a log begin with: a time in ms, options, and scenario files by name."""

    started_at: int
    options: Mapping[str, object]
    files: Mapping[str, bytes]


class LogPlace(NamedTuple):
    """A moment of a sandbox: `length` inputs of a log, and due items that have run after them.

    The clock then was at `now`, in ms, in `mode`.
    """

    log: int
    length: int
    steps: int
    now: int
    mode: str


class SandboxRecord(NamedTuple):
    """A sandbox as it was at `wall`, in real ms since 1970.

    `version` is that of the mock server. `timing` is the mode and the start in ms to which a reset
    returns, None if they are those of the server. `next_due` is the time of its earliest due item.
    `claims` are (provider, digest of a credential), `receivers` map origins to addresses.
    `is_sending` says that webhooks are on their way. `used_at` is the time of its last use, in real
    seconds in which servers have had the store open.
    """

    name: str
    place: LogPlace
    wall: int
    version: str
    seed: str
    call_count: int
    timing: tuple[str, int | None] | None = None
    next_due: int | None = None
    snapshots: Mapping[str, LogPlace] = EMPTY_MAPPING
    receivers: Mapping[str, str] = EMPTY_MAPPING
    claims: tuple[tuple[str, bytes], ...] = ()
    is_sending: bool = False
    used_at: int = 0


class StoredLog(NamedTuple):
    """A log as it was read: its start, and all of its inputs."""

    start: LogStart
    inputs: Sequence[Input]


class InboxState(NamedTuple):
    """An inbox without its requests: how it responds next, and how many requests have left it.

    Its requests have numbers from `first` to `last`, some of which are those of other inboxes.
    """

    statuses: tuple[int, ...]
    delay: int | float
    """In real seconds; an integer stays one."""
    evicted: int
    first: int
    last: int


class StoredInbox(NamedTuple):
    """An inbox as it was read; `requests` are (number, packed request), the oldest first."""

    name: str
    state: InboxState
    requests: Sequence[tuple[int, bytes]]


class InboxChange(NamedTuple):
    """What has changed of an inbox: its state, None if it is forgotten, and new requests."""

    name: str
    state: InboxState | None
    requests: Sequence[tuple[int, bytes]] = ()


class Change(NamedTuple):
    """What has changed of a sandbox: its record, and inputs that follow the first `known` ones.

    `start` is there if the log is new; then nothing that is stored of its inboxes counts.
    """

    record: SandboxRecord
    known: int
    inputs: Sequence[Input]
    start: LogStart | None = None
    inboxes: Sequence[InboxChange] = ()


class Batch(NamedTuple):
    """Changes that are stored together or not at all; the sandboxes of `removed` go first."""

    removed: Sequence[str]
    changes: Sequence[Change]


class Store(Protocol):
    """Stores batches, and reads logs; it is called by one thread at a time.

    `log_numbers` are those for new logs. `last_received` is the number of the latest request of an
    inbox.
    """

    log_numbers: Iterator[int]
    last_received: int

    def write(self, batch: Batch) -> None: ...
    def read_log(self, log: int, length: int) -> StoredLog: ...
    def read_inboxes(self, sandbox: str) -> list[StoredInbox]: ...
    def close(self) -> None: ...
