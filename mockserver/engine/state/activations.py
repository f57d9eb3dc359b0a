"""The owner of the activations, and of the position in each scenario's list of responses."""

from collections import Counter, deque
from collections.abc import Collection, Iterable
from typing import Final

from mockserver.core.selection import Activation

PositionKey = tuple[str, str]
"""(id of the activation that put the scenario in force, else empty; the scenario of the list)."""

MAX_SPENT: Final = 20
"""How many spent activations are known, for `explain`."""


class Activations:
    """The activations of a sandbox, oldest first; `in_force` has those that apply now.

    `known` also has those without a use left: reserved by another request, or spent lately.
    `unplayed` has those that have changed no request yet.

    A request reserves an activation when it arrives, and spends it or gives it back when its
    response is known. An activation whose last use is reserved is not in force meanwhile.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Activation] = {}
        self._count = 0
        self._positions: dict[PositionKey, int] = {}
        self._open: Counter[str] = Counter()  # reservations that are not settled yet
        self._spent: deque[Activation] = deque(maxlen=MAX_SPENT)
        self._unplayed: dict[str, Activation] = {}
        self.unplayed: Collection[Activation] = self._unplayed.values()
        self.in_force: tuple[Activation, ...] = ()
        self.known: tuple[Activation, ...] = ()
        self._last_number = 0

    @property
    def next_id(self) -> str:
        """The id of the next activation that is added."""
        return f"a{self._count + 1}"

    def add(self, activation: Activation) -> None:
        self._count += 1
        self._unplayed[activation.id] = activation
        self._store(activation)

    def clear(self) -> None:
        self._spent.clear()
        self._unplayed.clear()
        for activation_id in tuple(self._by_id):
            self._remove(activation_id)
        self._update_in_force()

    def remove(self, activation_id: str) -> None:
        """Remove one; a request that has reserved a use of it still has that."""
        self._remove(activation_id)
        self._update_in_force()

    def reserve(self, ids: Iterable[str]) -> None:
        """Take one use of each of these activations, which are in force."""
        for activation_id in ids:
            self._open[activation_id] += 1
            self._add_uses(activation_id, -1)

    def settle(self, reserved: Iterable[str], spent: Collection[str]) -> tuple[Activation, ...]:
        """Give back what was reserved but not spent; remove and return what is used up.

        An activation that was cleared meanwhile stays cleared. One that has no use left is kept
        while another request may still give a use back.
        """
        used_up = list[Activation]()
        for activation_id in reserved:
            self._open[activation_id] -= 1
            if activation_id in spent:
                self._unplayed.pop(activation_id, None)
            else:
                self._add_uses(activation_id, 1)
            if not self._open[activation_id]:
                del self._open[activation_id]
                used_up += self._remove_if_used_up(activation_id)
        return tuple(used_up)

    def position(self, key: PositionKey) -> int:
        """The position in a list of responses, from 0."""
        return self._positions.get(key, 0)

    def take_position(self, key: PositionKey) -> None:
        """Go on to the next position in a list of responses."""
        self._positions[key] = self.position(key) + 1

    def restart_responses(self, scenario_name: str) -> None:
        """Let a scenario's lists of responses begin anew, whatever has put it in force.

        They are its own, and those of the scenarios that are written inside it.
        """
        own = [key for key in self._positions if key[1].partition("/")[0] == scenario_name]
        for key in own:
            del self._positions[key]

    def take_number(self, next_number: int) -> int:
        """Return the number of a request that draws: `next_number`, or a later one if it is taken.

        It is taken while another request, whose response is delayed, has it.
        """
        self._last_number = max(self._last_number + 1, next_number)
        return self._last_number

    def _remove_if_used_up(self, activation_id: str) -> tuple[Activation, ...]:
        activation = self._by_id.get(activation_id)
        if activation is None or activation.remaining != 0:
            return ()
        self._spent.append(activation)
        self._remove(activation_id)
        return (activation,)

    def _remove(self, activation_id: str) -> None:
        """Remove an activation, and its positions in lists of responses."""
        del self._by_id[activation_id]
        self._update_in_force()
        for key in [key for key in self._positions if key[0] == activation_id]:
            del self._positions[key]

    def _add_uses(self, activation_id: str, uses: int) -> None:
        activation = self._by_id.get(activation_id)
        if activation is not None and activation.remaining is not None:
            self._store(activation.replace(remaining=activation.remaining + uses))

    def _store(self, activation: Activation) -> None:
        self._by_id[activation.id] = activation
        self._update_in_force()

    def _update_in_force(self) -> None:
        self.in_force = tuple([each for each in self._by_id.values() if each.remaining != 0])
        self.known = (*self._spent, *self._by_id.values())
