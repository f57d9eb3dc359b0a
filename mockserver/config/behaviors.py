"""How a person behaves, from a word or a mapping whose form is right to its value."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.core.behavior import PRESETS, DurationRange, LegAction, LegBehavior, fixed_duration
from mockserver.core.time import parse_duration

RawBehavior = str | Mapping[str, Any]


def build_leg_behavior(raw: RawBehavior) -> LegBehavior:
    """A word, or {ring, answer, then, press, say, talk, hangup}."""
    if isinstance(raw, str):
        return PRESETS[raw]
    usual = PRESETS[raw.get("then", "answered")]
    ring = raw.get("ring", raw.get("answer"))
    pressed = _build_actions(raw.get("press"), "digits", "keys", "digits")
    said = _build_actions(raw.get("say"), "speech", "words", "words")
    return LegBehavior(
        ring=usual.ring if ring is None else parse_duration_range(ring),
        outcome=usual.outcome,
        actions=(*pressed, *said),
        talk=_parse_talk(raw["talk"]) if "talk" in raw else usual.talk,
        hangup=parse_duration_range(raw["hangup"]) if "hangup" in raw else None,
    )


def parse_duration_range(text: str | float) -> DurationRange:
    """`2s`, `1m30s`, or `2s..6s`; a plain number counts seconds."""
    low, _, high = _as_text(text).partition("..")
    return DurationRange(parse_milliseconds(low), parse_milliseconds(high or low))


def parse_milliseconds(text: str | float) -> int:
    """Of a text whose form is right.

    Raises:
        ValueError: it is no length of time.
    """
    found = parse_duration(_as_text(text))
    if found is None:
        raise ValueError(f"{text!r} is no length of time")
    return found


def _as_text(text: str | float) -> str:
    """A number may come as one in JSON, and a small one would print with an exponent."""
    return text if isinstance(text, str) else f"{text:f}"


def _parse_talk(text: str) -> DurationRange | None:
    """0 s: until the other side ends it, as in the number plan."""
    return parse_duration_range(text) if parse_duration_range(text) != fixed_duration(0) else None


def _build_actions(value: Any, event_type: str, key: str, data_key: str) -> Iterator[LegAction]:
    """`press: "1"` is a second after the answer; a list has times of its own."""
    items = value if isinstance(value, list) else [{key: value}] if value is not None else []
    for item in items:
        yield LegAction(
            parse_duration_range(item.get("after", "1s")),
            event_type,
            MappingProxyType({data_key: str(item[key])}),
        )
