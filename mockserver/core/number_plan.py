"""The number plan: the leg behavior that the last eight digits of a number choose."""

import re
from typing import Final

from mockserver.core.behavior import DurationRange, LegAction, LegBehavior, fixed_duration
from mockserver.core.conversation import DEFAULT_TALK
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
SEPARATORS: Final = r"[\s()\[\]\-\u2010\u2011]*"  # blanks, brackets, hyphens
TEST_NUMBER: Final = re.compile(
    SEPARATORS.join(("0", "0", "0", "([1-9])", *("([0-9])",) * 4, r"\Z"))
)
"""The end of a number that has a plan: a search for it tells others without a function call."""
ACTION_WORDS = {"press": "presses", "say": "says"}
OUTCOME_WORDS = {"machine": "an answering machine takes it", "person": "waits for a person"}
UNTIL_HANGUP_TEXT = "stays until the other side ends it"
END_TEXTS: Final = {
    "unanswered": {
        "a": "the call ends, and b is not dialed",
        "b": "a has answered by then, and the call ends",
    },
    "talk": {
        "a": "hangs up {delay} after both have answered, unless b does earlier; without a b after "
        "its own answer",
        "b": "hangs up {delay} after both have answered, unless a does earlier",
    },
    "hangup": {
        "a": "hangs up {delay} after its own answer, even while b rings, unless b does earlier",
        "b": "hangs up {delay} after its own answer, unless a does earlier",
    },
    "stays": {
        "a": "b hangs up, by default {delay} after {since}; without a b nobody does",
        "b": "a hangs up, by default {delay} after {since}",
    },
    "default": {
        "a": "hangs up {delay} after {since}, unless b has a time of its own",
        "b": "a hangs up {delay} after {since}, unless a has another time of its own",
    },
    "person": {
        "a": "nobody hangs up by default",
        "b": "nobody hangs up by default",
    },
}
"""How a leg ends -> leg -> how the call ends."""


def number_plan_behavior(number: str) -> LegBehavior | None:
    """Return the behavior that a test number asks for; None for any other number.

    The digits of a test number end in `000ORRTT`; blanks, hyphens and brackets do not count. It
    rings for `RR` seconds; then `O` decides: 0 no plan, 1 answers and talks for `TT` seconds (00:
    stays), 2 busy, 3 no answer, 4 rejected, 5 unreachable, 6 invalid number, 7 (with `TK` for
    `TT`) answers, presses key `K` after 5 s and hangs up `T` times 10 s after the answer
    (0: stays), 8 an answering machine, 9 rings until the control API answers.
    """
    match = TEST_NUMBER.search(number)
    if match is None:
        return None
    kind, ring_tens, ring_ones, tens, ones = match.groups()
    ring = _parse_seconds(ring_tens + ring_ones)
    if kind in CAUSE_BY_DIGIT:
        return LegBehavior(ring, CAUSE_BY_DIGIT[kind])
    if kind == "1":
        talk = _parse_seconds(tens + ones)
        return LegBehavior(ring, talk=talk) if talk.low else LegBehavior(ring, stays=True)
    if kind == "7":
        press = (LegAction(KEY_PRESS_DELAY, "press", {"digits": ones}),)
        hangup = fixed_duration(int(tens) * HANGUP_UNIT) if tens != "0" else None
        return LegBehavior(ring, actions=press, hangup=hangup, stays=hangup is None)
    if kind == "8":
        return LegBehavior(ring, "machine")
    return LegBehavior(ring, "person")


def describe_number(number: str) -> str:
    """Describe the behavior that a number asks for by the number plan."""
    behavior = number_plan_behavior(number)
    if behavior is None:
        return "no plan: it behaves as the scenario says"
    return describe_behavior(behavior)


def describe_behavior(behavior: LegBehavior) -> str:
    """Describe a behavior: `rings 2 s, answered, presses 1 after 5 s, hangs up 30 s after ...`."""
    parts = [
        f"rings {format_range(behavior.ring)}",
        OUTCOME_WORDS.get(behavior.outcome, behavior.outcome),
    ]
    for action in behavior.actions:
        data = "/".join(action.data.values())
        delay = format_range(action.delay)
        parts.append(f"{ACTION_WORDS[action.event_type]} {data} after {delay}")
    if behavior.talk:
        parts.append(f"talks {format_range(behavior.talk)}")
    if behavior.hangup:
        parts.append(f"hangs up {format_range(behavior.hangup)} after answering")
    if behavior.stays:
        parts.append(UNTIL_HANGUP_TEXT)
    return ", ".join(parts)


def describe_ends(number: str) -> tuple[tuple[str, str], ...]:
    """Return (leg, how the call ends if the leg has this number) for `a` and for `b`.

    It is empty for a number without a plan.
    """
    behavior = number_plan_behavior(number)
    if behavior is None:
        return ()
    delay = format_range(behavior.talk or behavior.hangup or DEFAULT_TALK)
    since = "the key" if behavior.actions else "the conversation begins"
    texts = END_TEXTS[_end_kind(behavior)]
    return tuple((leg, text.format(delay=delay, since=since)) for leg, text in texts.items())


def _end_kind(behavior: LegBehavior) -> str:
    """Return the key of `END_TEXTS`."""
    if behavior.outcome not in ("answered", "machine"):
        return "person" if behavior.outcome == "person" else "unanswered"
    if behavior.stays:
        return "stays"
    return "talk" if behavior.talk else "hangup" if behavior.hangup else "default"


def format_range(duration: DurationRange) -> str:
    if duration.median:
        median, p95 = to_seconds(duration.median), to_seconds(duration.p95)
        return f"{median} s by median and {p95} s by p95"
    low, high = to_seconds(duration.low), to_seconds(duration.high)
    return f"{low} s" if low == high else f"{low} to {high} s"


def _parse_seconds(digits: str) -> DurationRange:
    return fixed_duration(int(digits) * SECOND)
