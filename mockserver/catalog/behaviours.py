"""How a person behaves, from a word or a mapping whose form is right to its value."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.core.behavior import PRESETS, DurationRange, LegAction, LegBehavior, fixed_duration
from mockserver.core.time import parse_duration

Wish = str | Mapping[str, Any]


def behaviour(how: Wish) -> LegBehavior:
    """A word, or {ring, answer, then, press, say, talk, hangup}."""
    if isinstance(how, str):
        return PRESETS[how]
    usual = PRESETS[how.get("then", "answered")]
    ring = how.get("ring", how.get("answer"))
    pressed = _deeds(how.get("press"), "digits", "keys", "digits")
    said = _deeds(how.get("say"), "speech", "words", "words")
    return LegBehavior(
        ring=usual.ring if ring is None else span(ring),
        outcome=usual.outcome,
        actions=(*pressed, *said),
        talk=_talk(how["talk"]) if "talk" in how else usual.talk,
        hangup=span(how["hangup"]) if "hangup" in how else None,
    )


def span(text: str | float) -> DurationRange:
    """`2s`, `1m30s`, or `2s..6s`; a plain number counts seconds."""
    low, _, high = _written(text).partition("..")
    return DurationRange(millis(low), millis(high or low))


def millis(text: str | float) -> int:
    """Of a text whose form is right.

    Raises:
        ValueError: it is no length of time.
    """
    found = parse_duration(_written(text))
    if found is None:
        raise ValueError(f"{text!r} is no length of time")
    return found


def _written(text: str | float) -> str:
    """A number may come as one in JSON, and a small one would print with an exponent."""
    return text if isinstance(text, str) else f"{text:f}"


def _talk(text: str) -> DurationRange | None:
    """0 s: until the other side ends it, as in the number plan."""
    return span(text) if span(text) != fixed_duration(0) else None


def _deeds(value: Any, verb: str, key: str, told: str) -> Iterator[LegAction]:
    """`press: "1"` is a second after the answer; a list has times of its own."""
    items = value if isinstance(value, list) else [{key: value}] if value is not None else []
    for item in items:
        yield LegAction(
            span(item.get("after", "1s")), verb, MappingProxyType({told: str(item[key])})
        )
