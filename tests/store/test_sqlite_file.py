"""A store in one SQLite file: what is written is read again, and what cannot be is refused."""

import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from mockserver.engine.state.inputs import Input
from mockserver.store.records import (
    Batch,
    Change,
    LogPlace,
    LogStart,
    SandboxRecord,
    StoredLog,
    StoreRefused,
    StoreUnavailable,
)
from mockserver.store.sqlite_file import SqliteFile
from mockserver.store.sqlite_opening import open_sqlite

START = LogStart(started_at=1_000, options={"seed": "s", "quirks": [["a", "b"]]}, files={})
FIRST = Input(kind="request", now=1_000, steps=0, packed=b"\x81", check=(200, 3))
SECOND = Input(kind="result", now=9_000, steps=4, packed=b"\x82", check=(0, 0))


def build_record(log: int = 1, length: int = 2, **changes: Any) -> SandboxRecord:
    place = LogPlace(log=log, length=length, steps=5, now=10_000, mode="real")
    usual = {"name": "default", "wall": 77, "version": "1.0", "seed": "s", "call_count": 1}
    return SandboxRecord(**{"place": place, **usual, **changes})


def build_batch(*changes: Change, removed: tuple[str, ...] = ()) -> Batch:
    return Batch(removed=removed, changes=changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


def write(path: Path, *batches: Batch) -> None:
    file = SqliteFile.open(path, "engine")
    for batch in batches:
        file.write(batch)
    file.close()


NEW = Change(record=build_record(), known=0, inputs=(FIRST, SECOND), start=START)


def test_what_is_written_is_read_by_the_next_server(path: Path) -> None:
    start = START._replace(files={"a.yaml": b"one", "b.yaml": b"two"})
    record = build_record(
        timing=("manual", None),
        next_due=11_000,
        snapshots={"s1": LogPlace(log=1, length=1, steps=0, now=2_000, mode="60x")},
        receivers={"http://app.test": "127.0.0.1:1"},
        claims=(("mobtexting", b"\0\xff"),),
    )
    write(path, build_batch(NEW._replace(record=record, start=start)))
    file = SqliteFile.open(path, "engine")
    assert file.read_sandboxes() == [record]
    assert file.read_log(1, 2) == StoredLog(start=start, inputs=[FIRST, SECOND])
    file.close()


def test_a_log_is_read_up_to_a_length(path: Path) -> None:
    write(path, build_batch(NEW))
    file = SqliteFile.open(path, "engine")
    assert file.read_log(1, 1).inputs == [FIRST]
    file.close()


def test_inputs_are_added_to_those_that_are_known(path: Path) -> None:
    more = Change(record=build_record(length=3), known=2, inputs=(FIRST,))
    write(path, build_batch(NEW), build_batch(more))
    file = SqliteFile.open(path, "engine")
    assert file.read_log(1, 3).inputs == [FIRST, SECOND, FIRST]
    assert file.read_sandboxes() == [more.record]
    file.close()


def test_a_new_log_takes_the_next_number_of_the_file(path: Path) -> None:
    write(path, build_batch(NEW._replace(record=build_record(log=7))))
    file = SqliteFile.open(path, "engine")
    assert next(file.log_numbers) == 8
    file.close()


def count_rows(path: Path) -> dict[str, int]:
    with sqlite3.connect(path) as connection:
        tables = ("sandboxes", "logs", "files", "contents", "inputs")
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in tables
        }
    connection.close()
    return counts


def test_a_log_goes_once_neither_the_sandbox_nor_a_snapshot_needs_it(path: Path) -> None:
    start = START._replace(files={"a.yaml": b"one"})
    snapshot = {"s1": LogPlace(log=1, length=2, steps=0, now=0, mode="real")}
    second = Change(
        record=build_record(log=2, length=1, snapshots=snapshot),
        known=0,
        inputs=(FIRST,),
        start=start,
    )
    third = second._replace(record=build_record(log=3, length=1))
    write(path, build_batch(NEW._replace(start=start)), build_batch(second))
    assert count_rows(path)["inputs"] == 3
    write(path, build_batch(third))
    assert count_rows(path) == {"sandboxes": 1, "logs": 1, "files": 1, "contents": 1, "inputs": 1}


def test_the_log_of_another_sandbox_stays(path: Path) -> None:
    other = NEW._replace(record=build_record(log=2, name="t1"))
    anew = NEW._replace(record=build_record(log=3))
    write(path, build_batch(NEW, other), build_batch(anew))
    assert count_rows(path)["inputs"] == 4


def test_a_removed_sandbox_leaves_nothing(path: Path) -> None:
    start = START._replace(files={"a.yaml": b"one"})
    write(path, build_batch(NEW._replace(start=start)), build_batch(removed=("default",)))
    assert set(count_rows(path).values()) == {0}


def test_a_sandbox_that_is_removed_and_made_again_in_one_batch_is_there(path: Path) -> None:
    anew = NEW._replace(record=build_record(log=2))
    write(path, build_batch(NEW), build_batch(anew, removed=("default",)))
    file = SqliteFile.open(path, "engine")
    assert file.read_sandboxes() == [anew.record]
    file.close()


def test_a_batch_is_written_as_a_whole_or_not_at_all(path: Path) -> None:
    twice = Change(record=build_record(length=3), known=1, inputs=(SECOND,))
    other = NEW._replace(record=build_record(log=2, name="t1"))
    write(path, build_batch(NEW))
    file = SqliteFile.open(path, "engine")
    with pytest.raises(StoreUnavailable, match="UNIQUE constraint failed"):
        file.write(build_batch(other, twice))
    assert file.read_sandboxes() == [NEW.record]
    file.write(build_batch(other))
    assert file.read_sandboxes() == [NEW.record, other.record]
    file.close()


def test_only_its_owner_can_read_the_file(path: Path) -> None:
    file = SqliteFile.open(path, "engine")
    file.write(build_batch(NEW))
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == {"calls.db": 0o600, "calls.db-wal": 0o600}
    file.close()


@pytest.mark.parametrize(("durable", "level"), [("engine", 1), ("disk", 2)])
def test_a_commit_waits_for_the_disk_if_that_is_asked_for(
    path: Path, durable: str, level: int
) -> None:
    connection, _ = open_sqlite(path, durable)
    assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


# --- what is refused -----------------------------------------------------------------------------


def test_a_file_that_a_server_has_open_is_refused(path: Path) -> None:
    file = SqliteFile.open(path, "engine")
    with pytest.raises(StoreRefused, match=r"another server has .* open: end it, or name another"):
        SqliteFile.open(path, "engine")
    file.write(build_batch(NEW))
    file.close()
    SqliteFile.open(path, "engine").close()


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"some text" * 200)
    with pytest.raises(StoreRefused, match=r"calls\.db is no SQLite database: name another file"):
        SqliteFile.open(path, "engine")
    assert path.read_bytes() == b"some text" * 200


def test_a_database_of_another_application_is_refused_and_stays_as_it_is(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(StoreRefused, match="is a database of another application"):
        SqliteFile.open(path, "engine")
    assert path.read_bytes() == content


def test_a_file_of_another_format_is_refused(path: Path) -> None:
    write(path, build_batch(NEW))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StoreRefused, match=r"has format 9, and this version reads format 1: use"):
        SqliteFile.open(path, "engine")


def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "calls.db"
    with pytest.raises(StoreRefused, match="cannot be opened: No such file or directory"):
        SqliteFile.open(path, "engine")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match="cannot be opened: Is a directory"):
        SqliteFile.open(tmp_path, "engine")
