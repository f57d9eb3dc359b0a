"""Virtual time: one class, one number."""

import re
import time
from collections.abc import Callable

from mockserver.core.time import SECOND

RATE = re.compile(r"([1-9]\d{0,5}(?:\.\d{1,3})?)x")
MODES = "real, manual, instant, or a pace such as 60x"


def rate(mode: str) -> float | None:
    """Virtual seconds per real second: 1 for `real` and `instant`, 0 for `manual`, 60 for `60x`.

    None for a mode that does not exist.
    """
    known = {"real": 1.0, "instant": 1.0, "manual": 0.0}.get(mode)
    paced = RATE.fullmatch(mode)
    return float(paced[1]) if paced else known


class Clock:
    """Tells the virtual time in ms; `real` is a monotonic clock in seconds."""

    def __init__(self, mode: str, start: int, real: Callable[[], float] = time.monotonic) -> None:
        self._real = real
        self._base = start
        self._anchor = real()
        self._mode = mode
        self._rate = rate(mode) or 0.0

    @property
    def mode(self) -> str:
        return self._mode

    @property
    def manual(self) -> bool:
        return self._rate == 0

    @property
    def instant(self) -> bool:
        return self._mode == "instant"

    def set(self, mode: str) -> None:
        """Another mode from this instant on: no jump is seen."""
        self._base, self._anchor = self.now(), self._real()
        self._mode, self._rate = mode, rate(mode) or 0.0

    def now(self) -> int:
        return self._base + int((self._real() - self._anchor) * self._rate * SECOND)

    def jump(self, to: int) -> None:
        """Forward to a moment; a moment that has passed changes nothing."""
        if to > self.now():
            self._base, self._anchor = to, self._real()

    def real_seconds_until(self, moment: int) -> float | None:
        """How long to sleep until then; None if only a jump will get there."""
        if self.manual:
            return None
        return max(0.0, (moment - self.now()) / SECOND / self._rate)
