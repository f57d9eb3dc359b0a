"""A store in one SQLite file, by the standard library; none of its functions reads a clock."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

from mockserver.core.value import pack, unpack, unpack_as
from mockserver.engine.state.inputs import Input
from mockserver.store.cipher import Cipher
from mockserver.store.records import (
    Batch,
    Change,
    InboxChange,
    InboxState,
    LogStart,
    SandboxRecord,
    StoredInbox,
    StoredLog,
    StoreUnavailable,
)
from mockserver.store.sqlite_opening import open_sqlite

UNUSED_LOGS: Final = """
DELETE FROM logs WHERE sandbox = ? AND id NOT IN (SELECT value FROM json_each(?))
"""
LEFT_REQUESTS: Final = """
DELETE FROM received WHERE sandbox = ? AND inbox = ? AND number < coalesce(?, number + 1)
"""
INBOXES_OF_SANDBOX: Final = (
    "DELETE FROM inboxes WHERE sandbox = ?",
    "DELETE FROM received WHERE sandbox = ?",
)
UNUSED_ROWS: Final = (
    "DELETE FROM inputs WHERE log NOT IN (SELECT id FROM logs)",
    "DELETE FROM files WHERE log NOT IN (SELECT id FROM logs)",
    "DELETE FROM contents WHERE hash NOT IN (SELECT hash FROM files)",
)


class SqliteFile:
    """An open file, which no other server can open meanwhile.

    One thread at a time may use it. `last_received` is the number of the latest request that an
    inbox has received.
    """

    def __init__(self, connection: sqlite3.Connection, cipher: Cipher) -> None:
        self._connection, self._cipher = connection, cipher
        self.log_numbers: Iterator[int] = count(
            1 + self._value("SELECT coalesce(max(id), 0) FROM logs")
        )
        self.last_received: int = self._value("SELECT coalesce(max(number), 0) FROM received")

    @classmethod
    def open(cls, path: Path, durable: str, key: bytes = b"") -> Self:
        """Open the file, or make one that only its owner can read; a key encrypts its contents.

        Raises:
            StoreRefused: there can be no such file, it is none of ours, its key is another one, or
                a server has it open.
        """
        return cls(*open_sqlite(path, durable, key))

    def close(self) -> None:
        self._connection.close()

    def write(self, batch: Batch) -> None:
        """Store a batch.

        Raises:
            StoreUnavailable: it cannot be stored now, and nothing of it is.
        """
        with self._transaction():
            for name in batch.removed:
                self._execute("DELETE FROM sandboxes WHERE name = ?", (name,))
                self._drop_inboxes(name)
                self._drop_logs(name, ())
            for change in batch.changes:
                self._write_change(change)

    def read_sandboxes(self) -> list[SandboxRecord]:
        """Return the records of all sandboxes.

        Raises:
            StoreUnavailable: the file cannot be read.
        """
        rows = self._execute("SELECT name, record FROM sandboxes ORDER BY name")
        return [
            unpack_as(SandboxRecord, self._cipher.decrypt(packed, "sandbox", name))
            for name, packed in rows
        ]

    def read_log(self, log: int, length: int) -> StoredLog:
        """Return the first `length` inputs of a log, and what they begin with.

        Raises:
            StoreUnavailable: the file cannot be read.
        """
        decrypt = self._cipher.decrypt
        start = self._value("SELECT start FROM logs WHERE id = ?", (log,))
        started_at, options = unpack(decrypt(start, "log", log))
        files = self._execute(
            "SELECT name, hash, content FROM files JOIN contents USING (hash) WHERE log = ?", (log,)
        )
        rows = self._execute(
            "SELECT number, kind, now, steps, data, status, entries FROM inputs"
            " WHERE log = ? AND number <= ? ORDER BY number",
            (log, length),
        )
        inputs = [self._build_input(log, *row) for row in rows]
        contents = {name: decrypt(content, "file", key) for name, key, content in files}
        return StoredLog(LogStart(started_at, options, contents), inputs)

    def read_inboxes(self, sandbox: str) -> list[StoredInbox]:
        """Return the inboxes of a sandbox.

        Raises:
            StoreUnavailable: the file cannot be read.
        """
        decrypt = self._cipher.decrypt
        states = self._execute("SELECT name, state FROM inboxes WHERE sandbox = ?", (sandbox,))
        rows = self._execute(
            "SELECT inbox, number, request FROM received WHERE sandbox = ? ORDER BY number",
            (sandbox,),
        )
        requests: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        for name, number, packed in rows:
            request = decrypt(packed, "request", number, sandbox, name)
            requests[name].append((number, request))
        return [
            StoredInbox(
                name,
                unpack_as(InboxState, decrypt(packed, "inbox", sandbox, name)),
                requests[name],
            )
            for name, packed in states
        ]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
            self._execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    def _write_change(self, change: Change) -> None:
        record, log = change.record, change.record.place.log
        if change.start:
            self._write_start(record.name, log, change.start)
        rows = (
            self._input_row(log, number, each)
            for number, each in enumerate(change.inputs, change.known + 1)
        )
        self._execute_many("INSERT INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        packed = self._cipher.encrypt(pack(record), "sandbox", record.name)
        self._execute("INSERT OR REPLACE INTO sandboxes VALUES (?, ?)", (record.name, packed))
        for inbox in change.inboxes:
            self._write_inbox(record.name, inbox)
        if change.start:
            used = {log, *(place.log for place in record.snapshots.values())}
            self._drop_logs(record.name, used)

    def _write_start(self, sandbox: str, log: int, start: LogStart) -> None:
        encrypt = self._cipher.encrypt
        packed = encrypt(pack((start.started_at, start.options)), "log", log)
        self._execute("INSERT INTO logs VALUES (?, ?, ?)", (log, sandbox, packed))
        self._drop_inboxes(sandbox)
        for name, content in start.files.items():
            key = self._cipher.fingerprint(content)
            self._execute("INSERT INTO files VALUES (?, ?, ?)", (log, name, key))
            row = (key, encrypt(content, "file", key))
            self._execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", row)

    def _build_input(  # noqa: PLR0913, PLR0917 - the columns of a row
        self, log: int, number: int, kind: str, now: int, steps: int, data: bytes, *check: int
    ) -> Input:
        status, entries = check
        place = (log, number, kind, now, steps, status, entries)
        packed = self._cipher.decrypt(data, "input", *place)
        return Input(kind, now, steps, packed, (status, entries))

    def _input_row(self, log: int, number: int, entry: Input) -> tuple[object, ...]:
        kind, now, steps, check = entry.kind, entry.now, entry.steps, entry.check
        data = self._cipher.encrypt(entry.packed, "input", log, number, kind, now, steps, *check)
        return log, number, kind, now, steps, data, *check

    def _write_inbox(self, sandbox: str, change: InboxChange) -> None:
        name, state, encrypt = change.name, change.state, self._cipher.encrypt
        if state is None:
            self._execute("DELETE FROM inboxes WHERE sandbox = ? AND name = ?", (sandbox, name))
        else:
            packed = encrypt(pack(state), "inbox", sandbox, name)
            row = (sandbox, name, packed)
            self._execute("INSERT OR REPLACE INTO inboxes VALUES (?, ?, ?)", row)
        self._execute(LEFT_REQUESTS, (sandbox, name, state.first if state else None))
        rows = (
            (number, sandbox, name, encrypt(request, "request", number, sandbox, name))
            for number, request in change.requests
        )
        self._execute_many("INSERT INTO received VALUES (?, ?, ?, ?)", rows)

    def _drop_inboxes(self, sandbox: str) -> None:
        for statement in INBOXES_OF_SANDBOX:
            self._execute(statement, (sandbox,))

    def _drop_logs(self, sandbox: str, used: Iterable[int]) -> None:
        """Delete the logs of a sandbox but those in use, with what belongs to them alone."""
        self._execute(UNUSED_LOGS, (sandbox, f"[{','.join(map(str, used))}]"))
        if self._value("SELECT changes()"):
            for statement in UNUSED_ROWS:
                self._execute(statement)

    def _value(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        (value,) = self._execute(statement, values).fetchone()
        return value

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        with _translated():
            return self._connection.execute(statement, values)

    def _execute_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        with _translated():
            self._connection.executemany(statement, rows)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(str(error)) from None
