"""Twelve ways in which a receiver takes a webhook, and how long each takes."""

from random import Random
from typing import NamedTuple

from mockserver.core.webhook import DeliveryResult


class Mode(NamedTuple):
    """`takes` in virtual ms."""

    name: str
    answer: DeliveryResult
    takes: int = 0


HEALTHY = Mode("healthy", DeliveryResult(200))
FAULTS = (
    Mode("slow", DeliveryResult(200), 4_000),
    Mode("accepted", DeliveryResult(202)),
    Mode("redirects", DeliveryResult(302), 10),
    Mode("gone", DeliveryResult(410)),
    Mode("not-found", DeliveryResult(404), 300),
    Mode("broken", DeliveryResult(500), 20),
    Mode("overloaded", DeliveryResult(503), 9_000),
    Mode("silent", DeliveryResult(None, "timeout"), 10_000),
    Mode("closed", DeliveryResult(None, "connection-refused")),
    Mode("resets", DeliveryResult(None, "connection-reset"), 50),
    Mode("nameless", DeliveryResult(None, "dns"), 2_000),
    Mode("no-http", DeliveryResult(None, "protocol"), 5),
)


def mode(chance: Random) -> Mode:
    """Healthy as often as not."""
    return HEALTHY if chance.random() < 0.5 else chance.choice(FAULTS)
