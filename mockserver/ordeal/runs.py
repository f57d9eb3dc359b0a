"""What is seen of a receiver while a case is played."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

Counts = Mapping[str, float]
"""Name -> how often something has happened, as a probe counts it."""

ONLY_COUNT: Final = "count"
"""The name of the count of a probe that says one number."""


class Attempt(NamedTuple):
    """An attempt that the receiver got: its status, or the class of an error."""

    status: int | None
    error: str | None
    duration_ms: int


class SentWebhook(NamedTuple):
    """A webhook with its real attempts; `is_received` if the latest got a status that counts."""

    id: str
    kind: str
    url: str
    copy_of: str
    is_received: bool
    attempts: tuple[Attempt, ...]


class Readings(NamedTuple):
    """What a probe counts: before the calls, right after the last response, and in the end."""

    before: Counts
    at_once: Counts
    later: Counts

    @property
    def are_late(self) -> bool:
        return change(self.at_once, self.later) != {}


class Run(NamedTuple):
    """One case as it was played.

    - `calls`: how many calls there are in the end, those that the receiver has placed included;
    - `requests`: operation -> how many requests the vendor got;
    - `ignored`: what of the case could not be played, in sentences;
    - `differing_copies`: as the report of the sandbox has them;
    - `inputs`: the log of inputs, which `mockserver replay` plays.
    """

    webhooks: tuple[SentWebhook, ...]
    calls: int
    requests: Mapping[str, int]
    readings: Readings | None = None
    ignored: tuple[str, ...] = ()
    inputs: str = ""
    differing_copies: tuple[Mapping[str, Any], ...] = ()


def change(before: Counts, after: Counts) -> dict[str, float]:
    """Return by how much each count has changed, without those that have not."""
    names = sorted({*before, *after})
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: value for name, value in changes.items() if value}
