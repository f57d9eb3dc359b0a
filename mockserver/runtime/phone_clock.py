"""Lets time flow only as long as a person is on the phone, and somebody follows the sandbox."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from mockserver.engine.phones import find_phones
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.tasks import OnError, spawn

ON_THE_PHONE: Final = "on-the-phone"
MAX_UNFOLLOWED: Final = 30.0
"""Real seconds that time flows while nobody follows, as after a page was closed."""
LOOK_EVERY: Final = 0.25  # real seconds between two looks at who is on the phone


class PhoneClock:
    """Sets the mode of a clock back once its condition no longer holds."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._mode_after = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None

    @property
    def has_phones(self) -> bool:
        return bool(find_phones(self._state))

    def start(
        self,
        modes: tuple[str, str],
        set_mode: Callable[[str], None],
        is_followed: Callable[[], bool],
        on_error: OnError,
    ) -> None:
        """Set a mode in which time flows, for as long as the condition holds.

        `modes` are this one and that of the clock now; if it flows by this already, the one before
        stays. `is_followed` tells whether somebody follows the sandbox. Only the task keeps the
        functions, so that an ended sandbox is in no cycle.
        """
        mode_after = self._mode_after if self.is_running else modes[1]
        self.cancel()
        set_mode(modes[0])
        self._mode_after = mode_after
        self._task = spawn(self._watch(set_mode, is_followed), on_error)

    def cancel(self) -> None:
        """Let the mode of the clock be; for another mode, a reset, and the end."""
        if self._task:
            self._task.cancel()
        self._task = None

    async def _watch(
        self, set_mode: Callable[[str], None], is_followed: Callable[[], bool]
    ) -> None:
        followed_at = time.monotonic()
        while self.has_phones and time.monotonic() - followed_at < MAX_UNFOLLOWED:
            await asyncio.sleep(LOOK_EVERY)
            if is_followed():
                followed_at = time.monotonic()
        self._task = None
        set_mode(self._mode_after)
