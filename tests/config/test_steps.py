"""Steps of a scenario, built from valid mappings."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.steps import build_steps
from mockserver.core.behavior import (
    IMMEDIATELY,
    PRESETS,
    DurationRange,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.provider import VendorEvent
from mockserver.core.script import Condition, Step


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"ring": "a"}, Step(delay=IMMEDIATELY, event_type="ring", leg="a")),
        (
            {"answer": "b", "after": "2s"},
            Step(delay=fixed_duration(2_000), event_type="answer", leg="b"),
        ),
        (
            {"machine": "a", "after": "1s..2s"},
            Step(delay=DurationRange(low=1_000, high=2_000), event_type="machine", leg="a"),
        ),
        (
            {"hangup": "a"},
            Step(delay=IMMEDIATELY, event_type="hangup", leg="a", data={"cause": "normal"}),
        ),
        (
            {"hangup": "a", "cause": "busy"},
            Step(delay=IMMEDIATELY, event_type="hangup", leg="a", data={"cause": "busy"}),
        ),
        (
            {"press": "1"},
            Step(delay=IMMEDIATELY, event_type="press", leg="a", data={"digits": "1"}),
        ),
        (
            {"press": 1, "leg": "b"},
            Step(delay=IMMEDIATELY, event_type="press", leg="b", data={"digits": "1"}),
        ),
        (
            {"say": "yes", "leg": "callee"},
            Step(delay=IMMEDIATELY, event_type="say", leg="callee", data={"words": "yes"}),
        ),
        (
            {"wait": "control", "after": 1},
            Step(delay=fixed_duration(1_000), event_type="", condition=Condition(type="control")),
        ),
        (
            {"wait": {"poll": "2"}},
            Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="poll", times=2)),
        ),
        (
            {"wait": {"press": "a"}},
            Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="press", leg="a")),
        ),
        (
            {"wait": {"say": "b"}},
            Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="say", leg="b")),
        ),
    ],
)
def test_a_step_is_built_from_its_mapping(item: Mapping[str, Any], expected: Step) -> None:
    assert list(build_steps(item, "f:1:2", {})) == [expected.replace(location="f:1:2")]


VENDOR_EVENTS = {
    "offer": VendorEvent(allowed_in=frozenset(), arguments=frozenset({"agent"}), dials="b"),
    "hold": VendorEvent(allowed_in=frozenset(), undo="resume"),
}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {"after": "5s", "act": "offer", "agent": "ann", "then": "no-answer"},
            [
                Step(
                    delay=fixed_duration(5_000),
                    event_type="offer",
                    data={"agent": "ann"},
                    behavior=PRESETS["no-answer"],
                ),
                Step(
                    delay=IMMEDIATELY, event_type="", condition=Condition(type="settled", leg="b")
                ),
            ],
        ),
        (
            {"act": "offer", "then": {"answer": "1s", "talk": "9s"}},
            [
                Step(
                    delay=IMMEDIATELY,
                    event_type="offer",
                    behavior=LegBehavior(ring=fixed_duration(1_000), talk=fixed_duration(9_000)),
                ),
                Step(
                    delay=IMMEDIATELY, event_type="", condition=Condition(type="settled", leg="b")
                ),
            ],
        ),
        (
            {"act": "hold", "for": "20s"},
            [
                Step(delay=IMMEDIATELY, event_type="hold"),
                Step(delay=fixed_duration(20_000), event_type="resume"),
            ],
        ),
        ({"act": "hold", "leg": "b"}, [Step(delay=IMMEDIATELY, event_type="hold", leg="b")]),
    ],
)
def test_a_vendor_event_is_built_into_its_steps(
    item: Mapping[str, Any], expected: list[Step]
) -> None:
    assert list(build_steps(item, "f:1:2", VENDOR_EVENTS)) == [
        step.replace(location="f:1:2") for step in expected
    ]
