"""A scenario, compiled: what it says about the phones, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.core.call import Leg
from mockserver.core.legs import Behaviour
from mockserver.core.shapes import SHAPES


@dataclass(frozen=True, slots=True)
class Story:
    """`legs` by `a`, `b`, `callee` or a vendor's role; `place` is where the file says so."""

    name: str
    legs: Mapping[str, Behaviour] = field(default_factory=dict)
    place: str = ""

    def behaviour(self, leg: Leg, shape: str) -> Behaviour | None:
        """What this story says about a leg; None if it does not speak of it."""
        names = [leg.name, leg.role]
        if leg.name == SHAPES[shape].callee:
            names.append("callee")
        return next((self.legs[name] for name in names if name in self.legs), None)


@dataclass(frozen=True, slots=True)
class Stories:
    """All stories of a sandbox, and which is played when nothing else suits."""

    named: Mapping[str, Story]
    default: str
