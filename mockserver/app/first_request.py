"""Reminds of the base URLs when no vendor request has come for a while."""

import asyncio
from collections.abc import Callable
from typing import Final

WAIT: Final = 60.0  # real seconds after the start


async def remind_of_base_urls(
    origin: str, has_come: Callable[[], bool], log: Callable[[str], None]
) -> None:
    """Wait a minute; log what the base URLs are unless a request has come by then."""
    await asyncio.sleep(WAIT)
    if not has_come():
        log(
            "no request has reached me: your application's base URL should be "
            f"{origin}/PROVIDER, such as {origin}/mobtexting"
        )
