"""Thirteen ways in which a receiver responds to a webhook, and how long each takes."""

from random import Random
from typing import NamedTuple

from mockserver.core.webhook import DeliveryResult


class Mode(NamedTuple):
    """A result of an attempt; `takes` is in ms of the sandbox clock."""

    name: str
    result: DeliveryResult
    takes: int = 0


HEALTHY = Mode("healthy", DeliveryResult(status=200))
FAULTS = (
    Mode("slow", DeliveryResult(status=200), 4_000),
    Mode("accepted", DeliveryResult(status=202)),
    Mode("redirects", DeliveryResult(status=302), 10),
    Mode("gone", DeliveryResult(status=410)),
    Mode("not-found", DeliveryResult(status=404), 300),
    Mode("broken", DeliveryResult(status=500), 20),
    Mode("overloaded", DeliveryResult(status=503), 9_000),
    Mode("silent", DeliveryResult(status=None, error="timeout"), 10_000),
    Mode("closed", DeliveryResult(status=None, error="connect")),
    Mode("resets", DeliveryResult(status=None, error="reset"), 50),
    Mode("nameless", DeliveryResult(status=None, error="dns"), 2_000),
    Mode("no-http", DeliveryResult(status=None, error="protocol"), 5),
)


def choose_mode(chance: Random) -> Mode:
    """Choose a healthy receiver half of the time."""
    return HEALTHY if chance.random() < 0.5 else chance.choice(FAULTS)
