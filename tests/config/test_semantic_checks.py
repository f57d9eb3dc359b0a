"""Problems of a scenario that is valid by its schema: keys without effect or in conflict."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.known_names import collect_known_names
from mockserver.config.problems import DocumentPath
from mockserver.config.semantic_checks import scenario_problems
from tests.support.config_files import PROVIDERS

NAMES = collect_known_names(PROVIDERS)
ONE_OF = "a scenario has only one of steps, attempts, numbers, choose; this one already has"
STEP_KEYS = "ring, answer, machine, hangup, press, say, wait, act"


def problems(body: Mapping[str, Any]) -> list[tuple[DocumentPath, str]]:
    return list(scenario_problems(body, NAMES, ("x", "y")))


@pytest.mark.parametrize(
    "body",
    [
        {"legs": {"a": {"ring": "2s..6s", "then": "answered", "press": "1"}, "b": "busy"}},
        {"legs": {"a": {"then": "machine", "say": "yes"}, "b": {"then": "busy", "ring": "2s"}}},
        {"legs": {"a": {"then": "person", "press": "1"}}, "use": "x"},
        {"match": {"fields": {"after": "9..1", "ring": "6s..2s"}}, "refuse": "server-error"},
        {"choose": [{"weight": "0", "use": "x"}, {"weight": "1", "use": "y"}]},
        {"choose": [{"weight": "0", "use": "x"}, None]},
        {"responses": ["pass"], "webhooks": {"any": {"after": "0s..0s"}}},
        {"steps": [{"hangup": "a", "cause": "busy", "after": "1s"}, {"press": "1", "leg": "b"}]},
        {"steps": [None], "legs": {"a": "busy"}},
        {"attempts": ["x", {"a": "busy"}, None], "use": "y"},
        {"legs": {"a": {"talk": "until-hangup"}, "b": {"talk": "0s"}}},
        {"legs": {"a": {"talk": "until-hangup", "press": [{"after": "9s", "digits": "1"}]}}},
        {"legs": {"a": {"press": [{"after": "9s", "digits": "1"}], "hangup": "9s"}}},
        {"legs": {"a": {"press": [{"after": "1s..9s", "digits": "1"}], "hangup": "1s"}}},
        {"legs": {"a": {"press": [{"digits": "1"}, None], "say": "yes", "hangup": "2s"}}},
        {"legs": {"a": {"talk": "9s", "hangup": "9.001s"}}},
        {"legs": {"a": {"talk": "1s..9s", "hangup": "2s"}}},
    ],
)
def test_a_consistent_scenario_has_no_problems(body: Mapping[str, Any]) -> None:
    assert problems(body) == []


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        (
            {"legs": {"a": {"ring": "6s..2s"}}},
            ("legs", "a", "ring"),
            "the span '6s..2s' ends before it begins: did you mean '2s..6s'?",
        ),
        (
            {"webhooks": {"any": {"after": "2..1"}}},
            ("webhooks", "any", "after"),
            "the span '2..1' ends before it begins: did you mean '1..2'?",
        ),
        (
            {"attempts": [{"a": {"press": [{"after": "1m..1s", "digits": "1"}]}}]},
            ("attempts", 0, "a", "press", 0, "after"),
            "the span '1m..1s' ends before it begins: did you mean '1s..1m'?",
        ),
        (
            {"legs": {"a": {"then": "busy", "press": "1"}}},
            ("legs", "a", "press"),
            "'press' has no effect: `then: busy` never answers",
        ),
        (
            {"numbers": [{"b": {"then": "no-answer", "hangup": "1s"}}]},
            ("numbers", 0, "b", "hangup"),
            "'hangup' has no effect: `then: no-answer` never answers",
        ),
        (
            {"attempts": [{"calle": 1}]},
            ("attempts", 0, "calle"),
            "no leg is named 'calle': did you mean 'callee'?",
        ),
        (
            {"attempts": ["x", {"choose": [{"weight": 1, "legs": {"calle": "busy"}}]}]},
            ("attempts", 1, "choose", 0, "legs", "calle"),
            "no leg is named 'calle': did you mean 'callee'?",
        ),
        ({"numbers": ["x"], "steps": [{"ring": "a"}]}, ("steps",), f"{ONE_OF} numbers"),
        (
            {"responses": ["pass"], "refuse": "server-error"},
            ("refuse",),
            "a scenario has either refuse or responses: make refuse one of the responses",
        ),
        (
            {"choose": [{"weight": "0.0", "use": "x"}]},
            ("choose",),
            "every weight is 0: nothing can be chosen",
        ),
        (
            {"steps": [{"after": "1s", "cause": "busy"}]},
            ("steps", 0),
            f"this step does nothing: give it one of {STEP_KEYS}",
        ),
        (
            {"steps": [{"answer": "a", "ring": "a"}]},
            ("steps", 0, "ring"),
            "a step does one thing, and this one has answer: make ring a step of its own",
        ),
        (
            {"steps": [{"ring": "a", "cause": "busy"}]},
            ("steps", 0, "cause"),
            "'cause' belongs to hangup or act, not to ring",
        ),
        (
            {"steps": [{"wait": "control", "leg": "b"}]},
            ("steps", 0, "leg"),
            "'leg' belongs to press or say or act, not to wait",
        ),
        ({"use": "z"}, ("use",), "no scenario is named 'z': known: x, y"),
    ],
)
def test_an_inconsistency_of_a_scenario_is_reported_at_its_path(
    body: Mapping[str, Any], path: DocumentPath, message: str
) -> None:
    assert problems(body) == [(path, message)]
