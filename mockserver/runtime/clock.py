"""The virtual clock of a sandbox, in ms, and how it is set."""

import re
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from mockserver.core.time import SECOND

PACE = re.compile(r"([1-9]\d{0,5}(?:\.\d{1,3})?)x")
MODES = "real, manual, instant, or a pace such as 60x"

WALL_MODES: Final = ("real", "instant")
"""The modes whose time follows the wall clock."""

MAX_SLEEP: Final = 1.0
"""Real seconds after which the wall clock is read again while something is due later."""

MIN_SET_BACK: Final = 1.0
"""Seconds by which the wall clock has to go back for that to be counted."""

SET_BACK: Final = "was set back: time goes on here, and follows it again once it has caught up"


def parse_rate(mode: str) -> float | None:
    """Return virtual seconds per real second, None for an unknown mode.

    1 for `real` and `instant`, 0 for `manual`, 60 for `60x`.
    """
    named_rate = {"real": 1.0, "instant": 1.0, "manual": 0.0}.get(mode)
    pace = PACE.fullmatch(mode)
    return float(pace[1]) if pace else named_rate


class WallClock:
    """Counts real seconds by a monotonic clock, and follows the wall clock when it jumps forward.

    It jumps when a machine was suspended, for example, as the monotonic clock stands still then.
    When the wall clock is set back, the seconds go on, until it has caught up; `set_backs` counts
    how often that was.
    """

    def __init__(self, monotonic: Callable[[], float], wall: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self.set_backs = 0
        self.restart()

    def restart(self) -> None:
        """Follow the wall clock from where it is now: what it did before does not count."""
        self._last_lead = self._most_lead = self._wall() - self._monotonic()

    def __call__(self) -> float:
        # the wall clock first: a pause of the process between the two is no jump forward
        wall = self._wall()
        monotonic = self._monotonic()
        lead = wall - monotonic
        if not self._last_lead - MIN_SET_BACK <= lead <= self._last_lead:
            self.set_backs += lead < self._last_lead
            self._last_lead = lead
            self._most_lead = max(self._most_lead, lead)
        return monotonic + self._most_lead


class Clock:
    """A virtual clock in ms; `monotonic` is the real clock behind it, in seconds.

    With `wall`, the modes `WALL_MODES` follow that clock.
    """

    def __init__(
        self,
        mode: str,
        start: int,
        monotonic: Callable[[], float] = time.monotonic,
        wall: WallClock | None = None,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._base = start
        self._follows_wall = False
        self._known_set_backs = 0
        self._apply_mode(mode)

    def set_mode(self, mode: str) -> None:
        """Change the mode; the time goes on without a jump."""
        self._base = self.now()
        self._apply_mode(mode)

    def _apply_mode(self, mode: str) -> None:
        self.mode = mode
        self._rate = parse_rate(mode) or 0.0
        self.is_manual = self._rate == 0
        self.is_instant = mode == "instant"
        followed_wall = self._follows_wall
        self._follows_wall = self._wall is not None and mode in WALL_MODES
        if self._wall and self._follows_wall and not followed_wall:
            self._wall.restart()
        self._seconds = self._wall if self._wall and self._follows_wall else self._monotonic
        self._max_sleep = MAX_SLEEP if self._follows_wall else float("inf")
        self._anchor = self._seconds()

    @property
    def set_backs(self) -> int:
        """How often the wall clock was set back while time followed it."""
        return self._wall.set_backs if self._wall else 0

    def take_set_backs(self) -> int:
        """Return how often the wall clock was set back since this was last asked."""
        known, self._known_set_backs = self._known_set_backs, self.set_backs
        return self._known_set_backs - known

    def now(self) -> int:
        return self._base + int((self._seconds() - self._anchor) * self._rate * SECOND)

    def jump(self, to: int) -> None:
        """Move the clock forward to `to`, in ms; a time in the past changes nothing."""
        if to > self.now():
            self._base, self._anchor = to, self._seconds()

    def real_seconds_since(self, moment: int) -> float:
        """Return the real seconds since `moment` (in ms), 0 if it is not over; time has to flow."""
        return max(0.0, (self.now() - moment) / SECOND / self._rate)

    def real_seconds_until(self, moment: int) -> float | None:
        """Return the real seconds until `moment` (in ms); None if only a jump gets there.

        A wall clock may jump meanwhile: at most `MAX_SLEEP`, if time follows it.
        """
        if self.is_manual:
            return None
        return min(self._max_sleep, max(0.0, (moment - self.now()) / SECOND / self._rate))


class Timing(NamedTuple):
    """How time runs: a clock `mode`, and its `start` in ms; None is the time of the wall clock."""

    mode: str = "real"
    start: int | None = None

    def build_clock(self) -> Clock:
        """Build a new clock, set to the start."""
        start = time.time_ns() // 1_000_000 if self.start is None else self.start
        wall = WallClock(time.monotonic, time.time)
        return Clock(self.mode, start, time.monotonic, wall)
