"""Steps of a scenario, from mappings whose form is right."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.catalog.steps import steps
from mockserver.core.legs import NOW, WORDS, Behaviour, Span, fixed
from mockserver.core.provider import Act
from mockserver.core.script import Once, Step


@pytest.mark.parametrize(
    ("item", "made"),
    [
        ({"ring": "a"}, Step(NOW, "ring", "a")),
        ({"answer": "b", "after": "2s"}, Step(fixed(2_000), "answer", "b")),
        ({"machine": "a", "after": "1s..2s"}, Step(Span(1_000, 2_000), "machine", "a")),
        ({"hangup": "a"}, Step(NOW, "hangup", "a", {"cause": "normal"})),
        ({"hangup": "a", "cause": "busy"}, Step(NOW, "hangup", "a", {"cause": "busy"})),
        ({"press": "1"}, Step(NOW, "digits", "a", {"digits": "1"})),
        ({"press": 1, "leg": "b"}, Step(NOW, "digits", "b", {"digits": "1"})),
        ({"say": "yes", "leg": "callee"}, Step(NOW, "speech", "callee", {"words": "yes"})),
        ({"wait": "control", "after": 1}, Step(fixed(1_000), "", once=Once("control"))),
        ({"wait": {"poll": "2"}}, Step(NOW, "", once=Once("polled", times=2))),
        ({"wait": {"digits": "a"}}, Step(NOW, "", once=Once("digits", "a"))),
        ({"wait": {"speech": "b"}}, Step(NOW, "", once=Once("speech", "b"))),
    ],
)
def test_step(item: Mapping[str, Any], made: Step) -> None:
    assert list(steps(item, "f:1:2", {})) == [made._replace(place="f:1:2")]


ACTS = {
    "offer": Act(frozenset(), frozenset({"agent"}), dials="b"),
    "hold": Act(frozenset(), undo="resume"),
}


@pytest.mark.parametrize(
    ("item", "made"),
    [
        (
            {"after": "5s", "act": "offer", "agent": "ann", "then": "no-answer"},
            [
                Step(
                    fixed(5_000),
                    "offer",
                    data={"agent": "ann"},
                    then=WORDS["no-answer"]._replace(talk=None),
                ),
                Step(NOW, "", once=Once("settled", "b")),
            ],
        ),
        (
            {"act": "offer", "then": {"answer": "1s", "talk": "9s"}},
            [
                Step(NOW, "offer", then=Behaviour(ring=fixed(1_000), talk=fixed(9_000))),
                Step(NOW, "", once=Once("settled", "b")),
            ],
        ),
        ({"act": "hold", "for": "20s"}, [Step(NOW, "hold"), Step(fixed(20_000), "resume")]),
        ({"act": "hold", "leg": "b"}, [Step(NOW, "hold", "b")]),
    ],
)
def test_acts(item: Mapping[str, Any], made: list[Step]) -> None:
    assert list(steps(item, "f:1:2", ACTS)) == [one._replace(place="f:1:2") for one in made]
