"""How the person on a leg behaves."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.causes import CAUSES
from mockserver.core.seeded import fraction
from mockserver.core.time import SECOND, to_seconds


class DurationRange(NamedTuple):
    """A length of time in ms, fixed or anything from `low` to `high`."""

    low: int
    high: int

    def draw(self, seed: str, *purpose: object) -> int:
        if self.low == self.high:
            return self.low
        return self.low + int(fraction(seed, *purpose) * (self.high - self.low + 1))


def fixed_duration(milliseconds: int) -> DurationRange:
    return DurationRange(milliseconds, milliseconds)


IMMEDIATELY: Final = fixed_duration(0)
DEFAULT_RING: Final = fixed_duration(2 * SECOND)
NO_ANSWER_RING: Final = fixed_duration(25 * SECOND)  # how long an unanswered leg rings
DEFAULT_TALK: Final = fixed_duration(6 * SECOND)


class LegAction(NamedTuple):
    """Something a person does `after` answering, or after the deed before."""

    delay: DurationRange
    event_type: str
    data: Mapping[str, str]


class LegBehavior(NamedTuple):
    """Rings so long, then does what `then` says.

    `then` is `answered`, `machine`, `person` (waits for a human at the control API) or a cause.
    `talk` counts from when there is nobody left to wait for; None means until the other side ends
    it. `hangup` counts from the answer, whatever else happens.
    """

    ring: DurationRange = DEFAULT_RING
    outcome: str = "answered"
    actions: tuple[LegAction, ...] = ()
    talk: DurationRange | None = DEFAULT_TALK
    hangup: DurationRange | None = None

    def __hash__(self) -> int:
        """Of what can be hashed; what deeds say cannot."""
        return hash((self.ring, self.outcome, len(self.actions), self.talk, self.hangup))


DEFAULT_BEHAVIOR: Final = LegBehavior()
STAY_ON_LINE: Final = LegBehavior(talk=None)  # whom a story with steps does not speak of
PRESETS: Final = MappingProxyType(
    {
        "answered": DEFAULT_BEHAVIOR,
        "machine": LegBehavior(outcome="machine"),
        "person": LegBehavior(outcome="person", talk=None),
        **{cause: LegBehavior(outcome=cause) for cause in CAUSES if cause != "normal"},
        "no-answer": LegBehavior(ring=NO_ANSWER_RING, outcome="no-answer"),
    }
)


CAUSE_BY_DIGIT = {
    "2": "busy",
    "3": "no-answer",
    "4": "rejected",
    "5": "unreachable",
    "6": "invalid-number",
}


HANGUP_UNIT = 10 * SECOND


KEY_PRESS_DELAY = fixed_duration(5 * SECOND)


def number_plan_behavior(number: str) -> LegBehavior | None:
    """How the leg with this number behaves; None if the plan does not speak of it.

    It rings `RR` seconds; then `O`: 0 no plan, 1 answered and talks `TT` seconds (0: until the
    other side ends it), 2 busy, 3 no answer, 4 rejected, 5 unreachable, 6 invalid number,
    7 answered, presses key `K` after 5 s and hangs up `T` times 10 s after answering (`TT` is
    `T K`; `T` 0: stays), 8 an answering machine, 9 a person who is waited for.
    """
    plan = number[-8:]
    if len(plan) != 8 or not plan.isdecimal() or not plan.isascii() or plan[:3] != "000":  # noqa: PLR2004 - the plan's digits
        return None
    kind, ring = plan[3], _parse_seconds(plan[4:6])
    if kind in CAUSE_BY_DIGIT:
        return LegBehavior(ring, CAUSE_BY_DIGIT[kind])
    if kind == "1":
        return LegBehavior(ring, talk=_parse_seconds(plan[6:]) if plan[6:] != "00" else None)
    if kind == "7":
        press = (LegAction(KEY_PRESS_DELAY, "digits", {"digits": plan[7]}),)
        stays = None if plan[6] == "0" else fixed_duration(int(plan[6]) * HANGUP_UNIT)
        return LegBehavior(ring, actions=press, talk=None, hangup=stays)
    if kind == "8":
        return LegBehavior(ring, "machine")
    return LegBehavior(ring, "person", talk=None) if kind == "9" else None


def describe_number(number: str) -> str:
    """What the plan says of a number, in words."""
    how = number_plan_behavior(number)
    return "no plan: it behaves as the scenario says" if how is None else describe_behavior(how)


def describe_behavior(behavior: LegBehavior) -> str:
    """`rings 2 s, answered, presses 1 after 5 s, hangs up 30 s after answering`."""
    parts = [
        f"rings {_format_range(behavior.ring)}",
        OUTCOME_WORDS.get(behavior.outcome, behavior.outcome),
    ]
    for deed in behavior.actions:
        told = "/".join(deed.data.values())
        parts.append(f"{ACTION_WORDS[deed.event_type]} {told} after {_format_range(deed.delay)}")
    if behavior.hangup:
        parts.append(f"hangs up {_format_range(behavior.hangup)} after answering")
    elif behavior.outcome in ("answered", *OUTCOME_WORDS):
        parts.append(
            f"talks {_format_range(behavior.talk)}" if behavior.talk else UNTIL_HANGUP_TEXT
        )
    return ", ".join(parts)


ACTION_WORDS = {"digits": "presses", "speech": "says"}


OUTCOME_WORDS = {"machine": "an answering machine takes it", "person": "waits for a person"}


UNTIL_HANGUP_TEXT = "stays until the other side ends it"


def _format_range(duration: DurationRange) -> str:
    low, high = to_seconds(duration.low), to_seconds(duration.high)
    return f"{low} s" if low == high else f"{low} to {high} s"


def _parse_seconds(digits: str) -> DurationRange:
    return fixed_duration(int(digits) * SECOND)
