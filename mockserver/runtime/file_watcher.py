"""Files that have changed, seen by looking at them from time to time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

POLL_INTERVAL = 0.5  # real seconds between two looks

FileStats = tuple[tuple[str, int, int], ...]


def read_stats(files: Iterable[Path]) -> FileStats:
    """Names, times and sizes; a file that cannot be read at this moment is left out."""
    seen = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            continue
        seen.append((str(file), found.st_mtime_ns, found.st_size))
    return tuple(seen)


async def watch_files(
    files: Callable[[], Iterable[Path]],
    on_change: Callable[[], Awaitable[None]],
    interval: float = POLL_INTERVAL,
) -> None:
    """Calls `changed` whenever a file comes, goes or is another one than before."""
    last = read_stats(files())
    while True:
        await asyncio.sleep(interval)
        now = read_stats(files())
        if now != last:
            last = now
            await on_change()
