"""Files that come, go and change, and who is told."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.runtime.file_watcher import read_stats, watch_files

T1, T2 = 1_000_000_000, 2_000_000_000
FAST = 0.001


def written(file: Path, text: str, at: int = T1) -> Path:
    file.write_text(text, "utf-8")
    os.utime(file, ns=(at, at))
    return file


def test_look_tells_name_time_and_size(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a.yaml", "abc"), written(tmp_path / "b.yaml", "", T2)
    assert read_stats([two, one]) == ((str(two), T2, 0), (str(one), T1, 3))


def test_look_leaves_out_what_cannot_be_read(tmp_path: Path) -> None:
    here = written(tmp_path / "a.yaml", "abc")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    gone = [tmp_path / "gone", tmp_path / "loop", here / "inside"]
    assert read_stats([gone[0], here, *gone[1:]]) == ((str(here), T1, 3),)


def comes(folder: Path) -> None:
    written(folder / "b.yaml", "")


def goes(folder: Path) -> None:
    (folder / "a.yaml").unlink()


def grows(folder: Path) -> None:
    written(folder / "a.yaml", "abcd")


def is_touched(folder: Path) -> None:
    written(folder / "a.yaml", "abc", T2)


def is_replaced(folder: Path) -> None:
    """As editors do it."""
    written(folder / "new", "abcd").replace(folder / "a.yaml")


def cannot_be_read_any_more(folder: Path) -> None:
    goes(folder)
    (folder / "a.yaml").symlink_to(folder / "a.yaml")


@pytest.mark.parametrize(
    "act", [comes, goes, grows, is_touched, is_replaced, cannot_be_read_any_more]
)
def test_watch_tells_of_what_happens_to_a_file(tmp_path: Path, act: Callable[[Path], None]) -> None:
    written(tmp_path / "a.yaml", "abc")
    assert told(tmp_path, [act]) == 1


def test_watch_tells_each_time_and_not_in_between(tmp_path: Path) -> None:
    written(tmp_path / "a.yaml", "abc")
    assert told(tmp_path, [comes, goes, grows, is_touched]) == 4


def told(folder: Path, acts: list[Callable[[Path], None]]) -> int:
    """How often a change was told, while these were done one after another."""
    looks, changes = 0, 0

    def files() -> list[Path]:
        nonlocal looks
        looks += 1
        seen.set()
        return sorted(folder.glob("*.yaml"))

    async def changed() -> None:
        nonlocal changes
        changes += 1
        noticed.set()

    async def scenario() -> int:
        watching = asyncio.create_task(watch_files(files, changed, FAST))
        await seen.wait()
        for act in acts:
            act(folder)
            await noticed.wait()
            noticed.clear()
        for _ in range(3):  # looks at what does not change any more
            seen.clear()
            await seen.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return changes

    seen, noticed = asyncio.Event(), asyncio.Event()
    return asyncio.run(asyncio.wait_for(scenario(), 10))


def test_watch_looks_again_after_a_change_that_came_meanwhile(tmp_path: Path) -> None:
    """A file that changes while it is being read is read once more."""
    file = written(tmp_path / "a.yaml", "abc")
    seen: list[str] = []

    async def changed() -> None:
        seen.append(file.read_text("utf-8"))
        if len(seen) == 1:
            written(file, "second", T2)
        else:
            done.set()

    async def scenario() -> None:
        watching = asyncio.create_task(watch_files(lambda: [file], changed, FAST))
        await asyncio.sleep(0)
        written(file, "first")
        await done.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    done = asyncio.Event()
    asyncio.run(asyncio.wait_for(scenario(), 10))
    assert seen == ["first", "second"]
