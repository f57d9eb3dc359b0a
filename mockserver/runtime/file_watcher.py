"""Detect changed files by polling their size and modification time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

POLL_INTERVAL = 0.5  # real seconds between two polls

FileStats = tuple[tuple[str, int, int], ...]
"""(path, modification time in ns, size in bytes) of each file"""


def read_stats(files: Iterable[Path]) -> FileStats:
    """Return the stats of all files, without those that cannot be read right now."""
    stats = []
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        stats.append((str(file), stat.st_mtime_ns, stat.st_size))
    return tuple(stats)


async def watch_files(
    files: Callable[[], Iterable[Path]],
    on_change: Callable[[], Awaitable[None]],
    interval: float = POLL_INTERVAL,
) -> None:
    """Call `on_change` whenever a file is added, removed or changed.

    `files` is called at each poll; `interval` is in real seconds.
    """
    last = read_stats(files())
    while True:
        await asyncio.sleep(interval)
        current = read_stats(files())
        if current != last:
            last = current
            await on_change()
