"""Steps of a scenario, from mappings whose form is right."""

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
    ("item", "made"),
    [
        ({"ring": "a"}, Step(IMMEDIATELY, "ring", "a")),
        ({"answer": "b", "after": "2s"}, Step(fixed_duration(2_000), "answer", "b")),
        ({"machine": "a", "after": "1s..2s"}, Step(DurationRange(1_000, 2_000), "machine", "a")),
        ({"hangup": "a"}, Step(IMMEDIATELY, "hangup", "a", {"cause": "normal"})),
        ({"hangup": "a", "cause": "busy"}, Step(IMMEDIATELY, "hangup", "a", {"cause": "busy"})),
        ({"press": "1"}, Step(IMMEDIATELY, "digits", "a", {"digits": "1"})),
        ({"press": 1, "leg": "b"}, Step(IMMEDIATELY, "digits", "b", {"digits": "1"})),
        ({"say": "yes", "leg": "callee"}, Step(IMMEDIATELY, "speech", "callee", {"words": "yes"})),
        (
            {"wait": "control", "after": 1},
            Step(fixed_duration(1_000), "", condition=Condition("control")),
        ),
        ({"wait": {"poll": "2"}}, Step(IMMEDIATELY, "", condition=Condition("polled", times=2))),
        ({"wait": {"digits": "a"}}, Step(IMMEDIATELY, "", condition=Condition("digits", "a"))),
        ({"wait": {"speech": "b"}}, Step(IMMEDIATELY, "", condition=Condition("speech", "b"))),
    ],
)
def test_step(item: Mapping[str, Any], made: Step) -> None:
    assert list(build_steps(item, "f:1:2", {})) == [made._replace(location="f:1:2")]


ACTS = {
    "offer": VendorEvent(frozenset(), frozenset({"agent"}), dials="b"),
    "hold": VendorEvent(frozenset(), undo="resume"),
}


@pytest.mark.parametrize(
    ("item", "made"),
    [
        (
            {"after": "5s", "act": "offer", "agent": "ann", "then": "no-answer"},
            [
                Step(
                    fixed_duration(5_000),
                    "offer",
                    data={"agent": "ann"},
                    behavior=PRESETS["no-answer"]._replace(talk=None),
                ),
                Step(IMMEDIATELY, "", condition=Condition("settled", "b")),
            ],
        ),
        (
            {"act": "offer", "then": {"answer": "1s", "talk": "9s"}},
            [
                Step(
                    IMMEDIATELY,
                    "offer",
                    behavior=LegBehavior(ring=fixed_duration(1_000), talk=fixed_duration(9_000)),
                ),
                Step(IMMEDIATELY, "", condition=Condition("settled", "b")),
            ],
        ),
        (
            {"act": "hold", "for": "20s"},
            [Step(IMMEDIATELY, "hold"), Step(fixed_duration(20_000), "resume")],
        ),
        ({"act": "hold", "leg": "b"}, [Step(IMMEDIATELY, "hold", "b")]),
    ],
)
def test_acts(item: Mapping[str, Any], made: list[Step]) -> None:
    assert list(build_steps(item, "f:1:2", ACTS)) == [
        one._replace(location="f:1:2") for one in made
    ]
