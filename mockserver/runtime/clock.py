"""The virtual clock of a sandbox, in ms."""

import re
import time
from collections.abc import Callable

from mockserver.core.time import SECOND

PACE = re.compile(r"([1-9]\d{0,5}(?:\.\d{1,3})?)x")
MODES = "real, manual, instant, or a pace such as 60x"


def parse_rate(mode: str) -> float | None:
    """Return virtual seconds per real second, None for an unknown mode.

    1 for `real` and `instant`, 0 for `manual`, 60 for `60x`.
    """
    named_rate = {"real": 1.0, "instant": 1.0, "manual": 0.0}.get(mode)
    pace = PACE.fullmatch(mode)
    return float(pace[1]) if pace else named_rate


class Clock:
    """A virtual clock in ms; `monotonic` is the real clock behind it, in seconds."""

    def __init__(
        self, mode: str, start: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._base = start
        self._anchor = monotonic()
        self._apply_mode(mode)

    def set_mode(self, mode: str) -> None:
        """Change the mode; the time goes on without a jump."""
        self._base, self._anchor = self.now(), self._monotonic()
        self._apply_mode(mode)

    def _apply_mode(self, mode: str) -> None:
        self.mode = mode
        self._rate = parse_rate(mode) or 0.0
        self.is_manual = self._rate == 0
        self.is_instant = mode == "instant"

    def now(self) -> int:
        return self._base + int((self._monotonic() - self._anchor) * self._rate * SECOND)

    def jump(self, to: int) -> None:
        """Move the clock forward to `to`, in ms; a time in the past changes nothing."""
        if to > self.now():
            self._base, self._anchor = to, self._monotonic()

    def real_seconds_until(self, moment: int) -> float | None:
        """Return the real seconds until `moment` (in ms); None if only a jump gets there."""
        if self.is_manual:
            return None
        return max(0.0, (moment - self.now()) / SECOND / self._rate)
