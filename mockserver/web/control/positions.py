"""Where a client stands in what has happened in a sandbox: how many journal entries it knows."""

import re
from typing import Final, NamedTuple

from mockserver.runtime.sandbox import Sandbox

POSITION_HEADER: Final = "x-mock-position"
TEXT: Final = re.compile(r"(?:([0-9a-f]{8})\.([0-9]{1,15})-)?([0-9]+)", re.ASCII)
MAX_DIGITS: Final = 15


class Position(NamedTuple):
    """All entries up to number `sequence` of an epoch of a sandbox; a reset begins a new epoch.

    `instance` tells a sandbox from an earlier one of its name, before a restart of the server, too.
    """

    instance: str
    epoch: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.instance}.{self.epoch}-{self.sequence}"

    def is_in_life_of(self, sandbox: Sandbox) -> bool:
        """Whether the sandbox has not been reset, nor made anew, since then."""
        is_same = (self.instance, self.epoch) == (sandbox.instance, _epoch_of(sandbox))
        return is_same and self.sequence <= sandbox.state.journal.entry_count


def position_of(sandbox: Sandbox) -> Position:
    """Return the position behind the newest entry."""
    return Position(sandbox.instance, _epoch_of(sandbox), sandbox.state.journal.entry_count)


def _epoch_of(sandbox: Sandbox) -> int:
    return sandbox.earlier_epochs + sandbox.state.epoch


def parse_position(text: str, sandbox: Sandbox) -> Position | None:
    """Parse the text of a position, or the number of an entry before any reset; None if neither."""
    match = TEXT.fullmatch(text)
    if match is None:
        return None
    instance, epoch, sequence = match.groups()
    return Position(instance or sandbox.instance, int(epoch or 0), int(sequence[:MAX_DIGITS]))
