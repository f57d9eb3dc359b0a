"""What a provider says about each of its status words: one row of its table of statuses."""

from typing import NamedTuple


class StatusRow(NamedTuple):
    """A status, the statuses that it follows, its cause, and the timestamp that it sets."""

    status: str
    predecessors: str
    trigger: str
    timestamp: str = ""
