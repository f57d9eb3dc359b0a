"""Files that have changed, seen by looking at them from time to time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

EVERY = 0.5  # real seconds between two looks

Look = tuple[tuple[str, int, int], ...]


def look(files: Iterable[Path]) -> Look:
    """Names, times and sizes; a file that cannot be read at this moment is left out."""
    seen = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            continue
        seen.append((str(file), found.st_mtime_ns, found.st_size))
    return tuple(seen)


async def watch(
    files: Callable[[], Iterable[Path]],
    changed: Callable[[], Awaitable[None]],
    every: float = EVERY,
) -> None:
    """Calls `changed` whenever a file comes, goes or is another one than before."""
    last = look(files())
    while True:
        await asyncio.sleep(every)
        now = look(files())
        if now != last:
            last = now
            await changed()
