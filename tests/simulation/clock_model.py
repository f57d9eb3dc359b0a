"""Where the clock of a sandbox has to be while the wall clock jumps."""

from collections.abc import Iterator
from contextlib import contextmanager

from mockserver.runtime.clock import WALL_MODES, Clock, parse_rate
from tests.simulation.runner import START
from tests.simulation.virtual_loop import VirtualLoop

TOLERANCE = 2
"""Milliseconds that rounding can cost at each look at the clock."""


class WallTime:
    """A wall clock in seconds: the time of the loop, plus `lead`, which jumps."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.lead = START / 1_000

    def __call__(self) -> float:
        return self.loop.time() + self.lead

    def nanoseconds(self) -> int:
        return round(self() * 1e9)


class ClockModel:
    """Compares a clock with the sum of what has passed since it was compared before.

    Seconds pass at the rate of the mode. If it follows the wall clock, those are added by which
    that leads more than it ever did since then. An advance moves the clock by an unknown time.
    """

    def __init__(self, wall: WallTime) -> None:
        self._wall = wall
        self._unknown_count = 0
        self._is_unknown = False

    def begin(self, clock: Clock) -> None:
        """Begin with a new clock."""
        self._mode, self._most_lead = clock.mode, self._wall.lead
        self._note(clock.now())

    def set_mode(self, clock: Clock) -> None:
        """Go on with a clock that has a new mode."""
        if self._mode not in WALL_MODES:
            self._most_lead = self._wall.lead
        self._mode = clock.mode
        self._note(clock.now())

    @contextmanager
    def unknown(self) -> Iterator[None]:
        """Do not expect a certain time during the block."""
        self._unknown_count += 1
        self._is_unknown = True
        try:
            yield
        finally:
            self._unknown_count -= 1

    def check(self, clock: Clock) -> str:
        """Return what is wrong with the time of the clock, empty if it is right."""
        now, lead = clock.now(), max(self._most_lead, self._wall.lead)
        seconds = self._wall.loop.time() - self._seconds
        if clock.mode in WALL_MODES:
            seconds += lead - self._most_lead
        passed, expected = now - self._now, seconds * (parse_rate(clock.mode) or 0) * 1_000
        is_known = not self._is_unknown and clock.mode != "instant"
        self._most_lead = lead
        self._note(now)
        if passed < 0:
            return f"time goes back by {-passed} ms"
        if is_known and abs(passed - expected) > TOLERANCE:
            return f"{passed} ms have passed in mode {clock.mode}, not {expected:.0f}"
        return ""

    def _note(self, now: int) -> None:
        self._now, self._seconds = now, self._wall.loop.time()
        self._is_unknown = self._unknown_count > 0
