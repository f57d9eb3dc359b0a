"""Leg behaviors and durations, built from valid words and mappings of a file."""

from typing import Any

import pytest

from mockserver.config.behaviors import build_leg_behavior, parse_duration_range, parse_milliseconds
from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    PRESETS,
    DurationRange,
    LegAction,
    LegBehavior,
    fixed_duration,
)


@pytest.mark.parametrize("word", PRESETS)
def test_a_word_names_a_preset_behavior(word: str) -> None:
    assert build_leg_behavior(word) is PRESETS[word]


def press(delay: int, digits: str) -> LegAction:
    return LegAction(delay=fixed_duration(delay), event_type="press", data={"digits": digits})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"then": "busy"}, PRESETS["busy"]),
        ({"ring": "3s", "then": "busy"}, LegBehavior(ring=fixed_duration(3_000), outcome="busy")),
        ({"answer": "2s..4s"}, LegBehavior(ring=DurationRange(low=2_000, high=4_000))),
        ({"ring": 0}, LegBehavior(ring=fixed_duration(0))),
        ({"then": "person"}, PRESETS["person"]),
        ({"then": "no-answer"}, PRESETS["no-answer"]),
        ({"talk": "1m30s"}, DEFAULT_BEHAVIOR.replace(talk=fixed_duration(90_000))),
        ({"talk": "until-hangup"}, LegBehavior(stays=True)),
        ({"talk": "0s"}, LegBehavior(stays=True)),
        ({"talk": "0s..1s"}, DEFAULT_BEHAVIOR.replace(talk=DurationRange(low=0, high=1_000))),
        ({"then": "person", "talk": "5s"}, PRESETS["person"].replace(talk=fixed_duration(5_000))),
        ({"hangup": "10s"}, DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(10_000))),
        ({"press": "1"}, DEFAULT_BEHAVIOR.replace(actions=(press(1_000, "1"),))),
        ({"press": 12}, DEFAULT_BEHAVIOR.replace(actions=(press(1_000, "12"),))),
        (
            {
                "press": [
                    {"after": "3s", "digits": "1"},
                    {"after": "2s", "digits": 2},
                    {"digits": "3"},
                ]
            },
            DEFAULT_BEHAVIOR.replace(
                actions=(press(3_000, "1"), press(2_000, "2"), press(1_000, "3"))
            ),
        ),
        (
            {"say": "yes", "press": "1"},
            DEFAULT_BEHAVIOR.replace(
                actions=(
                    press(1_000, "1"),
                    LegAction(delay=fixed_duration(1_000), event_type="say", data={"words": "yes"}),
                ),
            ),
        ),
        (
            {"say": [{"after": "0s..1s", "words": "yes"}]},
            DEFAULT_BEHAVIOR.replace(
                actions=(
                    LegAction(
                        delay=DurationRange(low=0, high=1_000),
                        event_type="say",
                        data={"words": "yes"},
                    ),
                )
            ),
        ),
    ],
)
def test_a_leg_behavior_is_built_from_a_mapping(value: Any, expected: LegBehavior) -> None:
    assert build_leg_behavior(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2s", fixed_duration(2_000)),
        ("1m30s", fixed_duration(90_000)),
        ("2s..6s", DurationRange(low=2_000, high=6_000)),
        ("0..0", DurationRange(low=0, high=0)),
        ("0s..1", DurationRange(low=0, high=1_000)),
        (5, fixed_duration(5_000)),
        (0.5, fixed_duration(500)),
        (1e-7, fixed_duration(0)),
        ("1500ms", fixed_duration(1_500)),
        ("250ms..1s", DurationRange(low=250, high=1_000)),
        (
            {"median": "3s", "p95": 20},
            DurationRange(low=0, high=2_000_000, median=3_000, p95=20_000),
        ),
    ],
)
def test_a_duration_or_a_range_of_durations_is_parsed(text: Any, expected: DurationRange) -> None:
    assert parse_duration_range(text) == expected


@pytest.mark.parametrize("text", ["soon", "", "2x", "-1"])
def test_a_text_that_is_no_duration_is_rejected(text: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - compared whole below
        parse_milliseconds(text)
    assert str(error.value) == f"{text!r} is not a duration"
