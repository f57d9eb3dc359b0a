"""A scenario, compiled: what it says to the three questions, and whom it suits."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from operator import attrgetter
from typing import Final, NamedTuple

from mockserver.core.behavior import DurationRange, LegBehavior
from mockserver.core.call import Leg
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.script import Step

LEG_NAMES: Final = ("a", "b", "callee")


class MatchContext(NamedTuple):
    """What a story may be matched with: a request, and one of the calls that it would place.

    `legs` maps a, b, callee and the vendor's words to numbers; `fields` are the request's
    parameters.
    """

    provider: str
    operation: str
    account: str
    credential: str
    numbers: Mapping[str, str]
    parameters: Mapping[str, object]


class MatchRule(NamedTuple):
    """Globs, and every one of them has to fit; `fields` go over the request's parameters."""

    globs: Mapping[str, str] = EMPTY_MAPPING
    fields: Mapping[str, str] = EMPTY_MAPPING

    def mismatch(self, context: MatchContext) -> str:
        """The first thing that does not fit, in words; empty if everything does."""
        for name, glob in self.globs.items():
            value = context.numbers.get(name, "") if name in LEG_NAMES else getattr(context, name)
            if not fnmatchcase(value, glob):
                return f"{name} is {value or 'not there'}, not {glob}"
        for name, glob in self.fields.items():
            value = str(context.parameters.get(name, ""))
            if not fnmatchcase(value, glob):
                return f"field {name} is {value or 'not sent'}, not {glob}"
        return ""


class ApiBehavior(NamedTuple):
    """How the API answers a suiting request: `refuse` names a fault, `broken` is reset or empty.

    `after` is in real ms. All of them empty: as usual.
    """

    fault: str = ""
    delay: int = 0
    disconnect: str = ""


class DeliveryBehavior(NamedTuple):
    """How a call's webhooks of one kind travel; `drop` loses the first ones, None all of them."""

    duplicate: int = 1
    drop: int | None = 0
    reorder: bool = False
    delay: DurationRange | None = None
    before_reply: bool = False
    corrupt: str = ""


DEFAULT_DELIVERY: Final = DeliveryBehavior()


class Scenario(NamedTuple):
    """`legs` by `a`, `b`, `callee` or a vendor's word; `place` is where the file says so.

    `play`, `choose`, `attempts` and `numbers` lead to stories by name; what stands inside such a
    list is a story too, under a name for which nobody can ask.
    """

    name: str
    location: str = ""
    bundled: bool = False
    match: MatchRule | None = None
    needs: Mapping[str, str] = EMPTY_MAPPING
    legs: Mapping[str, LegBehavior] = EMPTY_MAPPING
    steps: tuple[Step, ...] = ()
    attempts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    choose: tuple[tuple[float, str], ...] = ()
    play: str = ""
    responses: tuple[ApiBehavior, ...] = ()
    webhooks: Mapping[str, DeliveryBehavior] = EMPTY_MAPPING
    inherited_legs: tuple[Mapping[str, LegBehavior], ...] = ()
    """The legs of the stories that led to this one, the nearest first."""

    def leg_behavior(self, leg: Leg, flow: str) -> LegBehavior | None:
        """What this story says about a leg; None if it does not speak of it."""
        names = [leg.name, leg.role]
        if leg.name == CALL_FLOWS[flow].callee:
            names.append("callee")
        for legs in (self.legs, *self.inherited_legs):
            for name in names:
                if name in legs:
                    return legs[name]
        return None

    def missing_requirement(self, context: MatchContext) -> str:
        """What the story needs and does not find here, in words; empty if nothing."""
        for name, wanted in self.needs.items():
            if name == "leg":
                if wanted not in context.numbers:
                    return f"it needs a leg {wanted}"
            elif getattr(context, name) != wanted:
                return f"it needs the {name} {wanted}"
        return ""


class _ScenarioSetFields(NamedTuple):
    by_name: Mapping[str, Scenario]
    default: str
    number_plan: bool = True


class ScenarioSet(_ScenarioSetFields):
    """All stories of a sandbox, in the order of their files, and the one for everything else."""

    @cached_property
    def matchable(self) -> tuple[Scenario, ...]:
        """Those that say whom they suit, the users' before the bundled; asked at each request."""
        matching = [story for story in self.by_name.values() if story.match is not None]
        return tuple(sorted(matching, key=attrgetter("bundled")))
