"""The number plan: the leg behavior that the last eight digits of a number choose."""

import re
from typing import Final

from mockserver.core.behavior import DurationRange, LegAction, LegBehavior, fixed_duration
from mockserver.core.time import SECOND, to_seconds

CAUSE_BY_DIGIT = {
    "2": "busy",
    "3": "no-answer",
    "4": "rejected",
    "5": "unreachable",
    "6": "invalid-number",
}
HANGUP_UNIT = 10 * SECOND
KEY_PRESS_DELAY = fixed_duration(5 * SECOND)


TEST_NUMBER: Final = re.compile(r"000([1-9])([0-9]{2})([0-9])([0-9])\Z")
"""The end of a number that has a plan: a search for it tells others without a function call."""


def number_plan_behavior(number: str) -> LegBehavior | None:
    """Return the behavior that a test number asks for; None for any other number.

    A test number ends in `000ORRTT`. It rings for `RR` seconds; then `O` decides: 0 no plan,
    1 answers and talks for `TT` seconds (00: until the other side hangs up), 2 busy, 3 no answer,
    4 rejected, 5 unreachable, 6 invalid number, 7 (with `TK` for `TT`) answers, presses key `K`
    after 5 s and hangs up `T` times 10 s after the answer (0: stays), 8 an answering machine,
    9 rings until the control API answers.
    """
    plan = TEST_NUMBER.search(number)
    if plan is None:
        return None
    kind, ring, tens, units = plan[1], _parse_seconds(plan[2]), plan[3], plan[4]
    if kind in CAUSE_BY_DIGIT:
        return LegBehavior(ring, CAUSE_BY_DIGIT[kind])
    if kind == "1":
        talk = tens + units
        return LegBehavior(ring, talk=_parse_seconds(talk) if talk != "00" else None)
    if kind == "7":
        press = (LegAction(KEY_PRESS_DELAY, "press", {"digits": units}),)
        hangup = None if tens == "0" else fixed_duration(int(tens) * HANGUP_UNIT)
        return LegBehavior(ring, actions=press, talk=None, hangup=hangup)
    return LegBehavior(ring, "machine") if kind == "8" else LegBehavior(ring, "person", talk=None)


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


ACTION_WORDS = {"press": "presses", "say": "says"}
OUTCOME_WORDS = {"machine": "an answering machine takes it", "person": "waits for a person"}
UNTIL_HANGUP_TEXT = "stays until the other side ends it"


def _format_range(duration: DurationRange) -> str:
    low, high = to_seconds(duration.low), to_seconds(duration.high)
    return f"{low} s" if low == high else f"{low} to {high} s"


def _parse_seconds(digits: str) -> DurationRange:
    return fixed_duration(int(digits) * SECOND)
