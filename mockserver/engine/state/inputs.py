"""The owner of the log of inputs: what came into a sandbox, in order, to be played again.

Between two inputs the engine only runs due items, one after the other. So the inputs, with how many
items ran before each, give the same state and the same journal again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mockserver.core.configuration import Configuration
from mockserver.core.value import Value, pack, unpack

MAX_BYTES: Final = 64_000_000
"""The size of a log. A larger one is given up: its beginning is needed to play any of it."""

FIXED_SIZE: Final = 100
"""What an input takes beside its data, in bytes."""


class Input(Value):
    """One input at `now`, in ms; `steps` due items have run since the input before it.

    `packed` is its data. `check` is (status of the response or 0, entries of the journal after it);
    a replay compares it. A request has both from its response on.
    """

    kind: str
    now: int
    steps: int
    packed: bytes
    check: tuple[int, int] = (0, 0)

    @property
    def data(self) -> Any:
        return unpack(self.packed)


class Inputs:
    """The inputs since the start or the last reset, from `base`, the configuration of then.

    `steps` counts the due items that have run since the last input. The first `sealed` inputs do
    not change any more. `is_complete` is False once the log was given up for its size; `count` goes
    on. `configurations` has those that an input brought, by its number from 1, so that a fork need
    not compile its texts.
    """

    def __init__(self, base: Configuration, max_bytes: int = MAX_BYTES) -> None:
        self.base = base
        self._max_bytes = max_bytes
        self._entries: list[Input] = []
        self._configurations: dict[int, Configuration] = {}
        self.entries: Sequence[Input] = self._entries
        self.configurations: Mapping[int, Configuration] = self._configurations
        self.steps = 0
        self.count = 0
        self.size = 0
        self.sealed = 0
        self.is_complete = True

    def count_step(self) -> None:
        """Count a due item that runs."""
        self.steps += 1

    def seal(self) -> None:
        """Change the inputs so far no more: the response to the last one becomes an input."""
        self.sealed = self.count

    def record(
        self, kind: str, now: int, data: object, configuration: Configuration | None = None
    ) -> int:
        """Append an input and return its number, from 1."""
        self.count += 1
        if self.is_complete:
            packed = pack(data)
            self.size += len(packed) + FIXED_SIZE
            self._entries.append(Input(kind, now, self.steps, packed))
            if configuration:
                self._configurations[self.count] = configuration
            if self.size > self._max_bytes:
                self._give_up()
        self.steps = 0
        return self.count

    def record_response(self, number: int, now: int, check: tuple[int, int]) -> None:
        """Record the response to a request: in its input, if that may change and is the last."""
        if not (number and self.is_complete):
            return
        last = self._entries[-1]
        if number == self.count > self.sealed and not self.steps and last.now == now:
            self._entries[-1] = last.replace(kind="request", check=check)
            return
        self.record("response", now, number)
        if self.is_complete:
            self._entries[-1] = self._entries[-1].replace(check=check)

    def _give_up(self) -> None:
        self.is_complete = False
        self._entries.clear()
        self._configurations.clear()
