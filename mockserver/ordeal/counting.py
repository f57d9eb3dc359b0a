"""Reads the probe around a case, until its counts are as they should be or stay as they are."""

import time
from typing import Final

from mockserver.ordeal.outside import read_probe
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runs import Counts, Readings, change

PATIENCE: Final = 3.0  # real seconds for effects that come after the response
PAUSE: Final = 0.1  # real seconds between two readings
REST: Final = 1.0  # real seconds for more effects of a receiver whose effects come late


def count(plan: Plan) -> Counts | None:
    """Return what the probe counts now; None without a probe.

    Raises:
        OrdealError: as `read_probe`.
    """
    return read_probe(plan.probe, plan.environment) if plan.probe else None


def read_counts(plan: Plan, before: Counts, expected: Counts | None, *, is_late: bool) -> Readings:
    """Read the probe at once, and until its counts have changed as expected.

    Without an expectation, until they have changed and stay so. `is_late` if the effects of this
    receiver come after its responses.

    Raises:
        OrdealError: as `read_probe`.
    """
    at_once = read_probe(plan.probe, plan.environment)
    since, latest = time.monotonic(), at_once
    if is_late:
        time.sleep(REST)
        latest = read_probe(plan.probe, plan.environment)
    while not _is_done(before, latest, expected) and time.monotonic() - since < PATIENCE:
        time.sleep(PAUSE)
        latest = read_probe(plan.probe, plan.environment)
    if expected is None:
        time.sleep(PAUSE * 3)
        latest = read_probe(plan.probe, plan.environment)
    return Readings(before, at_once, latest)


def _is_done(before: Counts, now: Counts, expected: Counts | None) -> bool:
    """Whether the counts have changed as expected, or already by more: they will not go back."""
    changed = change(before, now)
    if expected is None:
        return bool(changed)
    return changed == expected or any(
        abs(value) > abs(expected.get(name, 0)) for name, value in changed.items()
    )
