"""Leg behavior: how a leg rings, answers and talks; presets, and the number plan."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.causes import CAUSES
from mockserver.core.seeded import fraction
from mockserver.core.time import SECOND, to_seconds


class DurationRange(NamedTuple):
    """A duration in ms, fixed or drawn from `low` to `high`, both included."""

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
    """An event on an answered leg, such as a pressed key.

    `delay` counts from the answer, or from the action before.
    """

    delay: DurationRange
    event_type: str
    data: Mapping[str, str]


class LegBehavior(NamedTuple):
    """How a leg behaves: it rings for `ring`, then does what `outcome` says.

    `outcome` is `answered`, `machine`, `person` (rings until the control API or a step answers)
    or a cause of hangup. `talk` counts from the moment at which no other leg is awaited; None
    means until the other side hangs up. `hangup` counts from the answer, whatever else happens.
    """

    ring: DurationRange = DEFAULT_RING
    outcome: str = "answered"
    actions: tuple[LegAction, ...] = ()
    talk: DurationRange | None = DEFAULT_TALK
    hangup: DurationRange | None = None

    def __hash__(self) -> int:
        """Hash the fields; of the actions only their number, as their data is not hashable."""
        return hash((self.ring, self.outcome, len(self.actions), self.talk, self.hangup))


DEFAULT_BEHAVIOR: Final = LegBehavior()
STAY_ON_LINE: Final = LegBehavior(talk=None)  # for legs that a scenario with steps does not mention
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
    """Return the behavior that a test number asks for; None for any other number.

    A test number ends in `000ORRTT`. It rings for `RR` seconds; then `O` decides: 0 no plan,
    1 answers and talks for `TT` seconds (00: until the other side hangs up), 2 busy, 3 no answer,
    4 rejected, 5 unreachable, 6 invalid number, 7 (with `TK` for `TT`) answers, presses key `K`
    after 5 s and hangs up `T` times 10 s after the answer (0: stays), 8 an answering machine,
    9 rings until the control API answers.
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
        hangup = None if plan[6] == "0" else fixed_duration(int(plan[6]) * HANGUP_UNIT)
        return LegBehavior(ring, actions=press, talk=None, hangup=hangup)
    if kind == "8":
        return LegBehavior(ring, "machine")
    return LegBehavior(ring, "person", talk=None) if kind == "9" else None


def describe_number(number: str) -> str:
    """Describe the behavior that a number asks for by the number plan."""
    behavior = number_plan_behavior(number)
    if behavior is None:
        return "no plan: it behaves as the scenario says"
    return describe_behavior(behavior)


def describe_behavior(behavior: LegBehavior) -> str:
    """Describe a behavior: `rings 2 s, answered, presses 1 after 5 s, hangs up 30 s after ...`."""
    parts = [
        f"rings {_format_range(behavior.ring)}",
        OUTCOME_WORDS.get(behavior.outcome, behavior.outcome),
    ]
    for action in behavior.actions:
        data = "/".join(action.data.values())
        delay = _format_range(action.delay)
        parts.append(f"{ACTION_WORDS[action.event_type]} {data} after {delay}")
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
