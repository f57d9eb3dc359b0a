"""Twelve ways in which a receiver takes a webhook, and how long each takes."""

from random import Random
from typing import NamedTuple

from mockserver.core.webhook import Answer


class Mode(NamedTuple):
    """`takes` in virtual ms."""

    name: str
    answer: Answer
    takes: int = 0


HEALTHY = Mode("healthy", Answer(200))
FAULTS = (
    Mode("slow", Answer(200), 4_000),
    Mode("accepted", Answer(202)),
    Mode("redirects", Answer(302), 10),
    Mode("gone", Answer(410)),
    Mode("not-found", Answer(404), 300),
    Mode("broken", Answer(500), 20),
    Mode("overloaded", Answer(503), 9_000),
    Mode("silent", Answer(None, "timeout"), 10_000),
    Mode("closed", Answer(None, "connection-refused")),
    Mode("resets", Answer(None, "connection-reset"), 50),
    Mode("nameless", Answer(None, "dns"), 2_000),
    Mode("no-http", Answer(None, "protocol"), 5),
)


def mode(chance: Random) -> Mode:
    """Healthy as often as not."""
    return HEALTHY if chance.random() < 0.5 else chance.choice(FAULTS)
