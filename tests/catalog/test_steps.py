"""Steps of a scenario, from mappings whose form is right."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.catalog.steps import steps
from mockserver.core.legs import NOW, Span, fixed
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
