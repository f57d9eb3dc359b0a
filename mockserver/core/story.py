"""A scenario, compiled: what it says to the three questions, and whom it suits."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from operator import attrgetter
from typing import Final, NamedTuple

from mockserver.core.call import Leg
from mockserver.core.chance import choice
from mockserver.core.empty import EMPTY
from mockserver.core.legs import Behaviour, Span
from mockserver.core.script import Step
from mockserver.core.shapes import SHAPES

LEGS: Final = ("a", "b", "callee")


class Seen(NamedTuple):
    """What a story may be matched with: a request, and one of the calls that it would place.

    `legs` maps a, b, callee and the vendor's words to numbers; `fields` are the request's
    parameters.
    """

    provider: str
    operation: str
    account: str
    credential: str
    legs: Mapping[str, str]
    fields: Mapping[str, object]


class Match(NamedTuple):
    """Globs, and every one of them has to fit; `fields` go over the request's parameters."""

    globs: Mapping[str, str] = EMPTY
    fields: Mapping[str, str] = EMPTY

    def misfit(self, seen: Seen) -> str:
        """The first thing that does not fit, in words; empty if everything does."""
        for name, glob in self.globs.items():
            value = seen.legs.get(name, "") if name in LEGS else getattr(seen, name)
            if not fnmatchcase(value, glob):
                return f"{name} is {value or 'not there'}, not {glob}"
        for name, glob in self.fields.items():
            value = str(seen.fields.get(name, ""))
            if not fnmatchcase(value, glob):
                return f"field {name} is {value or 'not sent'}, not {glob}"
        return ""


class Turn(NamedTuple):
    """How the API answers a suiting request: `refuse` names a fault, `broken` is reset or empty.

    `after` is in real ms. All of them empty: as usual.
    """

    refuse: str = ""
    after: int = 0
    broken: str = ""


class Travel(NamedTuple):
    """How a call's webhooks of one kind travel; `drop` loses the first ones, None all of them."""

    duplicate: int = 1
    drop: int | None = 0
    reorder: bool = False
    after: Span | None = None
    before_reply: bool = False
    corrupt: str = ""


PLAINLY: Final = Travel()


class Story(NamedTuple):
    """`legs` by `a`, `b`, `callee` or a vendor's word; `place` is where the file says so.

    `play`, `choose`, `attempts` and `numbers` lead to stories by name; what stands inside such a
    list is a story too, under a name for which nobody can ask.
    """

    name: str
    place: str = ""
    bundled: bool = False
    match: Match | None = None
    needs: Mapping[str, str] = EMPTY
    legs: Mapping[str, Behaviour] = EMPTY
    steps: tuple[Step, ...] = ()
    attempts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    choose: tuple[tuple[float, str], ...] = ()
    play: str = ""
    answers: tuple[Turn, ...] = ()
    webhooks: Mapping[str, Travel] = EMPTY
    behind: tuple[Mapping[str, Behaviour], ...] = ()
    """The legs of the stories that led to this one, the nearest first."""

    def behaviour(self, leg: Leg, shape: str) -> Behaviour | None:
        """What this story says about a leg; None if it does not speak of it."""
        names = [leg.name, leg.role]
        if leg.name == SHAPES[shape].callee:
            names.append("callee")
        for legs in (self.legs, *self.behind):
            for name in names:
                if name in legs:
                    return legs[name]
        return None

    def unmet(self, seen: Seen) -> str:
        """What the story needs and does not find here, in words; empty if nothing."""
        for name, wanted in self.needs.items():
            if name == "leg":
                if wanted not in seen.legs:
                    return f"it needs a leg {wanted}"
            elif getattr(seen, name) != wanted:
                return f"it needs the {name} {wanted}"
        return ""


class _Told(NamedTuple):
    named: Mapping[str, Story]
    default: str
    number_plan: bool = True


class Stories(_Told):
    """All stories of a sandbox, in the order of their files, and the one for everything else."""

    @cached_property
    def matching(self) -> tuple[Story, ...]:
        """Those that say whom they suit, the users' before the bundled; asked at each request."""
        matching = [story for story in self.named.values() if story.match is not None]
        return tuple(sorted(matching, key=attrgetter("bundled")))


def resolved(stories: Stories, story: Story, draw: tuple[str, str], turn: tuple[int, int]) -> Story:
    """Down to legs or steps: each list gives its item for this redial and this number.

    `draw` is (seed, call id), `turn` is (redial, target), both from 0; the last item repeats. A
    story keeps what it says of legs of which the item is silent. Whoever compiles stories sees
    to it that they do not lead in a circle; one that a reload has taken away leads nowhere.
    """
    while (name := _next(story, draw, turn)) in stories.named:
        story = stories.named[name]._replace(behind=(story.legs, *story.behind))
    return story


def _next(story: Story, draw: tuple[str, str], turn: tuple[int, int]) -> str:
    redial, target = turn
    if story.choose:
        weights = [weight for weight, _ in story.choose]
        return choice([name for _, name in story.choose], weights, *draw, story.name)
    if story.attempts:
        return story.attempts[min(redial, len(story.attempts) - 1)]
    if story.numbers:
        return story.numbers[min(target, len(story.numbers) - 1)]
    return story.play
