"""Opens the SQLite file of a store, or makes one; finds the cipher of its key."""

import os
import secrets
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from mockserver.store.cipher import Cipher, Plain
from mockserver.store.records import StoreRefused, StoreUnavailable

APPLICATION_ID: Final = 0x4D4F434B
"""Tells the file from those of other applications."""

FORMAT: Final = 1
"""The version of the tables."""

CHECKPOINT_PAGES: Final = 10_000
"""Pages of 4 kB that SQLite moves to the file at once: that waits for the disk."""

SYNCHRONOUS: Final[Mapping[str, str]] = {"engine": "NORMAL", "disk": "FULL"}
"""Value of `--durable` -> the setting of SQLite. With FULL, each commit waits for the disk."""

TABLES: Final = """
CREATE TABLE sandboxes (name TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE logs (id INTEGER PRIMARY KEY, sandbox TEXT NOT NULL, start BLOB NOT NULL);
CREATE TABLE files (log INTEGER, name TEXT, hash BLOB NOT NULL, PRIMARY KEY (log, name))
    WITHOUT ROWID;
CREATE TABLE contents (hash BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE inputs (
    log INTEGER, number INTEGER, kind TEXT NOT NULL, now INTEGER NOT NULL, steps INTEGER NOT NULL,
    data BLOB NOT NULL, status INTEGER NOT NULL, entries INTEGER NOT NULL,
    PRIMARY KEY (log, number)
) WITHOUT ROWID;
CREATE TABLE inboxes (
    sandbox TEXT, name TEXT, state BLOB NOT NULL, PRIMARY KEY (sandbox, name)
) WITHOUT ROWID;
CREATE TABLE received (
    number INTEGER PRIMARY KEY, sandbox TEXT NOT NULL, inbox TEXT NOT NULL, request BLOB NOT NULL
);
CREATE INDEX received_by_inbox ON received (sandbox, inbox);
CREATE TABLE encryption (salt BLOB NOT NULL, proof BLOB NOT NULL);
"""
"""The tables of a file; `encryption` has a row if there is a key, which `proof` can tell."""

SALT_SIZE: Final = 16

PROOF: Final = "the key"
"""The place of what is encrypted to tell the right key from others."""


class OpenFile(NamedTuple):
    """A file that is open, with the cipher of what it holds."""

    connection: sqlite3.Connection
    cipher: Cipher


def open_sqlite(path: Path, durable: str, key: bytes = b"") -> OpenFile:
    """Open a file of ours exclusively; make one that only its owner can read if there is none.

    Raises:
        StoreRefused: there can be no such file, it is none of ours, its key is another one, or a
            server has it open.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreRefused(f"{path} cannot be opened: {error.strerror}") from None
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        return OpenFile(connection, _prepare(connection, path, durable, key))
    except sqlite3.Error as error:
        connection.close()
        raise StoreRefused(_describe_failure(path, error)) from None
    except StoreRefused:
        connection.close()
        raise


def _prepare(connection: sqlite3.Connection, path: Path, durable: str, key: bytes) -> Cipher:
    # exclusive before the first access: SQLite then holds the lock until the process ends
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    has_tables = _check_format(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS[durable]}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("BEGIN IMMEDIATE")
    if not has_tables:
        _make_tables(connection, key)
    cipher = _find_cipher(connection, path, key)
    connection.execute("COMMIT")
    return cipher


def _check_format(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether the file has the tables of a store; one without any is new.

    Raises:
        StoreRefused: it has others.
    """
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return False
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version")
    )
    if application != APPLICATION_ID:
        raise StoreRefused(f"{path} is a database of another application: name another file")
    if version != FORMAT:
        raise StoreRefused(
            f"{path} has format {version}, and this version reads format {FORMAT}: "
            "use the version of the mock server that wrote it, or name another file"
        )
    return True


def _make_tables(connection: sqlite3.Connection, key: bytes) -> None:
    for statement in TABLES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    if key:
        salt = secrets.token_bytes(SALT_SIZE)
        proof = _build_encryption(key, salt).encrypt(b"", PROOF)
        connection.execute("INSERT INTO encryption VALUES (?, ?)", (salt, proof))


def _find_cipher(connection: sqlite3.Connection, path: Path, key: bytes) -> Cipher:
    row = connection.execute("SELECT salt, proof FROM encryption").fetchone()
    if row is None and not key:
        return Plain()
    if row is None:
        raise StoreRefused(
            f"{path} is not encrypted: leave out --store-key, or name another file for the store"
        )
    if not key:
        raise StoreRefused(f"{path} is encrypted: name the file of its key with --store-key")
    salt, proof = row
    cipher = _build_encryption(key, salt)
    try:
        cipher.decrypt(proof, PROOF)
    except StoreUnavailable:
        raise StoreRefused(
            f"{path} is encrypted with another key: name the file of that key with --store-key"
        ) from None
    return cipher


def _build_encryption(key: bytes, salt: bytes) -> Cipher:
    from mockserver.store.encryption import Encryption  # noqa: PLC0415 - needs a package of an extra

    return Encryption(key, salt)


def _describe_failure(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"another server has {path} open: end it, or name another file"
    if code == sqlite3.SQLITE_NOTADB:
        return f"{path} is no SQLite database: name another file"
    return f"{path} cannot be opened: {error}"
