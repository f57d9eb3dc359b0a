"""Problems of a leg's behavior after its answer, wherever the behavior stands."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.conversation_checks import conversation_problems
from mockserver.config.known_names import collect_known_names
from mockserver.config.problems import DocumentPath
from mockserver.config.semantic_checks import scenario_problems

BEHAVIOR = {"talk": "5s", "hangup": "5s"}
NO_EFFECT = (
    "'talk' has no effect: `hangup: 5s` counts from the answer and always comes first: "
    "leave one of them out"
)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"legs": {"a": "busy", "b": BEHAVIOR}}, ("legs", "b")),
        ({"steps": [{"act": "offer", "then": BEHAVIOR}]}, ("steps", 0, "then")),
        ({"steps": [{"act": "offer", "then": "answered"}], "legs": {"a": BEHAVIOR}}, ("legs", "a")),
    ],
)
def test_a_behavior_is_checked_wherever_it_stands(
    body: Mapping[str, Any], path: DocumentPath
) -> None:
    assert list(conversation_problems(body)) == [((*path, "talk"), NO_EFFECT)]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"attempts": ["x", {"a": BEHAVIOR}], "use": "x"}, ("attempts", 1, "a")),
        ({"numbers": [{"legs": {"a": BEHAVIOR}}, "x"]}, ("numbers", 0, "legs", "a")),
    ],
)
def test_a_behavior_inside_a_list_is_checked(body: Mapping[str, Any], path: DocumentPath) -> None:
    problems = scenario_problems(body, collect_known_names({}), ["x"])
    assert ((*path, "talk"), NO_EFFECT) in list(problems)
