"""Compiled scenarios: match rules, and the behavior of the API, of legs and of webhooks."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from fnmatch import fnmatchcase
from typing import Final

from mockserver.core.behavior import IMMEDIATELY, DurationRange, LegBehavior
from mockserver.core.http import Response
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.script import Step
from mockserver.core.secret_names import is_secret_header, is_secret_name
from mockserver.core.time_window import TimeWindow
from mockserver.core.value import Value
from mockserver.core.webhook import PlannedAttempts

CONTEXT_NAMES: Final = ("provider", "operation", "account", "credential")
"""The attributes of a match context for which a match rule can have a glob."""


def readable_name(name: str) -> str:
    """Return a name as readers find it in a file: `x/attempts/2` is `item 2 of attempts in x`."""
    outer, *places = name.split("/")
    if not places:
        return name
    pairs = zip(places[::2], places[1::2], strict=True)
    items = [f"item {position} of {key}" for key, position in pairs]
    return " in ".join((*items[::-1], outer))


class MatchContext(Value):
    """What a scenario is matched with: a request and one of the calls that it would place.

    `numbers` maps `a`, `b`, `callee` and the vendor's words for legs to numbers; `parameters` and
    `headers` are those of the request, with names of headers in lower case. `now` is the time of
    the request in ms, `zone` that of the account.
    """

    provider: str
    operation: str
    account: str
    credential: str
    numbers: Mapping[str, str]
    parameters: Mapping[str, object]
    headers: Mapping[str, str] = EMPTY_MAPPING
    now: int = 0
    zone: tzinfo = UTC


class MatchRule(Value):
    """Case-sensitive globs, all of which have to match, and the window in which they do.

    `globs` are for the attributes and legs of a match context, `fields` for its parameters,
    `headers` for its headers, by their names in lower case.
    """

    globs: Mapping[str, str] = EMPTY_MAPPING
    fields: Mapping[str, str] = EMPTY_MAPPING
    headers: Mapping[str, str] = EMPTY_MAPPING
    window: TimeWindow | None = None

    def mismatch(self, context: MatchContext) -> str:
        """Return the first mismatch in words; empty if everything matches."""
        for name, glob in self.globs.items():
            is_leg = name not in CONTEXT_NAMES
            value = context.numbers.get(name, "") if is_leg else getattr(context, name)
            if not fnmatchcase(value, glob):
                return _describe_mismatch(
                    name, value, "not there", "" if is_secret_name(name) else glob
                )
        for name, glob in self.fields.items():
            parameter = context.parameters.get(name)
            value = "" if parameter is None else str(parameter)
            if not fnmatchcase(value, glob):
                shown_glob = "" if is_secret_name(name) else glob
                return _describe_mismatch(f"field {name}", value, "not sent", shown_glob)
        for name, glob in self.headers.items():
            value = context.headers.get(name, "")
            if not fnmatchcase(value, glob):
                shown_glob = "" if is_secret_header(name) else glob
                return _describe_mismatch(f"header {name}", value, "not sent", shown_glob)
        return self.window.mismatch(context.now, context.zone) if self.window else ""


def _describe_mismatch(subject: str, value: str, absent: str, glob: str) -> str:
    """Say that a value does not match a glob; an empty `glob` stands for that of a secret."""
    if not glob:
        return f"{subject} is {'another value' if value else absent}"
    return f"{subject} is {value or absent}, not {glob}"


class ApiBehavior(Value):
    """How the API responds to a matching request; as usual if everything is empty.

    `fault` names a fault of the provider. `delay` is in real ms. `disconnect` is `reset` or
    `empty`: the connection breaks without a response. `answer` is a raw answer, given in place of
    the vendor's. `dribble` is the real time in ms that the response takes to be sent.
    """

    fault: str = ""
    delay: int = 0
    disconnect: str = ""
    answer: Response | None = None
    dribble: int = 0


class DeliveryBehavior(Value):
    """How the webhooks of one kind are delivered.

    `duplicate` is how often each is sent, each time `spacing` after the time before. `drop` is how
    many are lost, from the first on (None: all). With `reorder`, a webhook is held back until the
    next one of its call has been scheduled, or the call ends; with `reorder_calls`, until that of
    another call has gone. `before_reply` delivers what is due before the response to the request
    that placed the call. `corrupt` is that of `Webhook`, `attempts` is `Delivery.planned`.
    """

    duplicate: int = 1
    drop: int | None = 0
    spacing: DurationRange = IMMEDIATELY
    reorder: bool = False
    reorder_calls: bool = False
    delay: DurationRange | None = None
    before_reply: bool = False
    corrupt: str = ""
    attempts: PlannedAttempts = ()


DEFAULT_DELIVERY: Final = DeliveryBehavior()


class Scenario(Value):
    """A compiled scenario.

    - `location` is its place in a file; `bundled` is True for the files of this package.
    - `needs`: attribute of the match context, or `leg`, -> the value without which it is skipped.
    - `legs`: `a`, `b`, `callee` or the vendor's word for a leg -> its behavior.
    - `use`, `choose` (pairs of a weight and a name), `attempts` and `numbers` lead to other
      scenarios by name. A scenario written inside such a list has a name with a `/`, which
      cannot be asked for. An item may also be a behavior word.
    - `responses` are for successive requests; after the last one, it repeats, or the list starts
      over if it `cycles`. `webhooks` are by the kind of webhook.
    - `description` says in one line what the scenario is for.
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
    use: str = ""
    responses: tuple[ApiBehavior, ...] = ()
    cycles: bool = False
    webhooks: Mapping[str, DeliveryBehavior] = EMPTY_MAPPING
    description: str = ""

    @property
    def has_list(self) -> bool:
        """Whether it has `attempts`, `numbers` or `choose`; it has at most one of them."""
        return bool(self.attempts or self.numbers or self.choose)

    def response_at(self, position: int) -> ApiBehavior:
        """Return the item for the request at this position, from 0, in the list of responses."""
        return self.responses[self.response_index(position)]

    def response_index(self, position: int) -> int:
        """Return the index of that item; after the last one it repeats, or the list starts over."""
        count = len(self.responses)
        return position % count if self.cycles else min(position, count - 1)

    def leg_behavior(self, leg: str, legs_by_name: Mapping[str, str]) -> LegBehavior | None:
        """Return the behavior of a leg; None if the scenario's own words do not mention it.

        `legs_by_name` is that of `core.leg_names`: its last name that the scenario mentions counts.
        """
        legs = self.legs
        mentioned = [
            legs[name] for name, other in legs_by_name.items() if other == leg and name in legs
        ]
        return mentioned[-1] if mentioned else None

    def missing_requirement(self, context: MatchContext) -> str:
        """Return in words what the scenario needs but the context lacks; empty if nothing."""
        for name, value in self.needs.items():
            if name == "leg":
                if value not in context.numbers:
                    return f"it needs a leg {value}"
            elif getattr(context, name) != value:
                return f"it needs the {name} {value}"
        return ""
