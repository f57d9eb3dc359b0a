"""How late due items run, where time flows."""

from typing import Final

from mockserver.engine.state.totals import Histogram
from mockserver.runtime.clock import Clock

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Upper bounds of the buckets, in real seconds."""


class Lag(Histogram):
    """Counts the real seconds between the time at which an item is due, and that of its run."""

    def __init__(self) -> None:
        super().__init__(BOUNDS)

    def observe_due(self, due_at: int, clock: Clock) -> None:
        """Count an item that runs now; the mode `instant` waits for none, so nothing is late."""
        if not clock.is_instant:
            self.observe(clock.real_seconds_since(due_at))
