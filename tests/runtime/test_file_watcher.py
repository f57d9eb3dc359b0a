"""The file watcher reports files that are added, removed and changed."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.runtime.file_watcher import read_stats, watch_files

T1, T2 = 1_000_000_000, 2_000_000_000
FAST = 0.001


def write_file(file: Path, text: str, at: int = T1) -> Path:
    file.write_text(text, "utf-8")
    os.utime(file, ns=(at, at))
    return file


def test_file_stats_hold_name_time_and_size_in_the_given_order(tmp_path: Path) -> None:
    first, second = write_file(tmp_path / "a.yaml", "abc"), write_file(tmp_path / "b.yaml", "", T2)
    assert read_stats([second, first]) == ((str(second), T2, 0), (str(first), T1, 3))


def test_file_stats_leave_out_unreadable_files(tmp_path: Path) -> None:
    file = write_file(tmp_path / "a.yaml", "abc")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    unreadable = [tmp_path / "gone", tmp_path / "loop", file / "inside"]
    assert read_stats([unreadable[0], file, *unreadable[1:]]) == ((str(file), T1, 3),)


def add_file(folder: Path) -> None:
    write_file(folder / "b.yaml", "")


def remove_file(folder: Path) -> None:
    (folder / "a.yaml").unlink()


def extend_file(folder: Path) -> None:
    write_file(folder / "a.yaml", "abcd")


def touch_file(folder: Path) -> None:
    write_file(folder / "a.yaml", "abc", T2)


def replace_file(folder: Path) -> None:
    """Replace the file by a new one, as editors do."""
    write_file(folder / "new", "abcd").replace(folder / "a.yaml")


def make_unreadable(folder: Path) -> None:
    remove_file(folder)
    (folder / "a.yaml").symlink_to(folder / "a.yaml")


@pytest.mark.parametrize(
    "change", [add_file, remove_file, extend_file, touch_file, replace_file, make_unreadable]
)
def test_every_kind_of_file_change_is_reported_once(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    write_file(tmp_path / "a.yaml", "abc")
    assert count_reports(tmp_path, [change]) == 1


def test_each_change_is_reported_and_nothing_in_between(tmp_path: Path) -> None:
    write_file(tmp_path / "a.yaml", "abc")
    assert count_reports(tmp_path, [add_file, remove_file, extend_file, touch_file]) == 4


def count_reports(folder: Path, changes: list[Callable[[Path], None]]) -> int:
    """Count the reports while these changes are made one after another."""
    reports = 0

    def list_files() -> list[Path]:
        listed.set()
        return sorted(folder.glob("*.yaml"))

    async def report() -> None:
        nonlocal reports
        reports += 1
        reported.set()

    async def run() -> int:
        watcher = asyncio.create_task(watch_files(list_files, report, FAST))
        await listed.wait()
        for change in changes:
            change(folder)
            await reported.wait()
            reported.clear()
        for _ in range(3):  # nothing changes any more
            listed.clear()
            await listed.wait()
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
        return reports

    listed, reported = asyncio.Event(), asyncio.Event()
    return asyncio.run(asyncio.wait_for(run(), 10))


def test_a_file_that_changes_during_a_report_is_reported_again(tmp_path: Path) -> None:
    file = write_file(tmp_path / "a.yaml", "abc")
    texts: list[str] = []

    async def report() -> None:
        texts.append(file.read_text("utf-8"))
        if len(texts) == 1:
            write_file(file, "second", T2)
        else:
            done.set()

    async def run() -> None:
        watcher = asyncio.create_task(watch_files(lambda: [file], report, FAST))
        await asyncio.sleep(0)
        write_file(file, "first")
        await done.wait()
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)

    done = asyncio.Event()
    asyncio.run(asyncio.wait_for(run(), 10))
    assert texts == ["first", "second"]
