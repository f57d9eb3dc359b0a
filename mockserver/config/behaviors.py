"""Build leg behaviors and durations from YAML values that passed the schema checks."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from mockserver.core.behavior import (
    PRESETS,
    DurationRange,
    LegAction,
    LegBehavior,
    fixed_duration,
    skewed_duration,
)
from mockserver.core.time import parse_duration

RawBehavior = str | Mapping[str, Any]
UNTIL_HANGUP: Final = "until-hangup"
RawDuration = str | float | Mapping[str, Any]


def build_leg_behavior(raw: RawBehavior) -> LegBehavior:
    """Build from the name of a preset, or from {ring, answer, then, press, say, talk, hangup}.

    Keys that are not given come from the preset that `then` names, by default `answered`.
    """
    if isinstance(raw, str):
        return PRESETS[raw]
    preset = PRESETS[raw.get("then", "answered")]
    ring = raw.get("ring", raw.get("answer"))
    talk = parse_talk(raw["talk"]) if "talk" in raw else None
    key_presses = _build_actions(raw.get("press"), "press", "digits")
    utterances = _build_actions(raw.get("say"), "say", "words")
    return LegBehavior(
        ring=preset.ring if ring is None else parse_duration_range(ring),
        outcome=preset.outcome,
        actions=(*key_presses, *utterances),
        talk=talk,
        hangup=parse_duration_range(raw["hangup"]) if "hangup" in raw else None,
        stays="talk" in raw and talk is None,
    )


def parse_duration_range(raw: RawDuration) -> DurationRange:
    """Parse `2s`, `1m30s`, `2s..6s` or `{median: 3s, p95: 20s}`; a plain number is in seconds."""
    if isinstance(raw, Mapping):
        return skewed_duration(parse_milliseconds(raw["median"]), parse_milliseconds(raw["p95"]))
    low, _, high = _as_text(raw).partition("..")
    return DurationRange(parse_milliseconds(low), parse_milliseconds(high or low))


def parse_milliseconds(text: str | float) -> int:
    """Parse a duration, such as `2s`, to milliseconds; a plain number is in seconds.

    Raises:
        ValueError: `text` is not a duration.
    """
    milliseconds = parse_duration(_as_text(text))
    if milliseconds is None:
        raise ValueError(f"{text!r} is not a duration")
    return milliseconds


def _as_text(text: str | float) -> str:
    """Format a number from JSON without an exponent, which `str` uses for small ones."""
    return text if isinstance(text, str) else f"{text:f}"


def parse_talk(raw: RawDuration) -> DurationRange | None:
    """Parse a talk time; None for `until-hangup`, and for 0 s, as in the number plan."""
    duration = fixed_duration(0) if raw == UNTIL_HANGUP else parse_duration_range(raw)
    return duration if duration != fixed_duration(0) else None


def _build_actions(value: Any, event_type: str, key: str) -> Iterator[LegAction]:
    """Build the actions of `press` or `say`: one scalar, or a list of mappings with `key`.

    A scalar, and an item without `after`, follows after 1 s.
    """
    items = value if isinstance(value, list) else [{key: value}] if value is not None else []
    for item in items:
        yield LegAction(
            parse_duration_range(item.get("after", "1s")),
            event_type,
            MappingProxyType({key: str(item[key])}),
        )
