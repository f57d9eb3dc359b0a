"""Scenarios built from valid mappings: what each key becomes."""

from typing import Any

import pytest

from mockserver.config.problems import DocumentPath
from mockserver.config.scenarios import FileContext, build_scenarios
from mockserver.core.behavior import (
    IMMEDIATELY,
    PRESETS,
    DurationRange,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.http import Response
from mockserver.core.match_words import build_match_rule
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, MatchRule, Scenario
from mockserver.core.script import Condition, Step
from mockserver.core.webhook import SimulatedAttempt

BUSY = PRESETS["busy"]


def locate(path: DocumentPath) -> str:
    return f"f:{'.'.join(map(str, path))}"


def build(body: dict[str, Any], *, bundled: bool = False) -> list[Scenario]:
    return list(build_scenarios("x", body, locate, FileContext(bundled=bundled, vendor_events={})))


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ({"legs": {"a": "busy"}}, {"legs": {"a": BUSY}}),
        (
            {"legs": {"to": {"ring": "3s"}}},
            {"legs": {"to": LegBehavior(ring=fixed_duration(3_000))}},
        ),
        ({"needs": {"leg": "b"}}, {"needs": {"leg": "b"}}),
        ({"use": "y"}, {"use": "y"}),
        ({"attempts": ["y", "z"]}, {"attempts": ("y", "z")}),
        ({"numbers": ["y"]}, {"numbers": ("y",)}),
        (
            {"choose": [{"weight": "60", "use": "y"}, {"weight": 0.5, "use": "z"}]},
            {"choose": ((60.0, "y"), (0.5, "z"))},
        ),
        (
            {"steps": [{"ring": "a"}, {"wait": "control", "after": "2s"}]},
            {
                "steps": (
                    Step(delay=IMMEDIATELY, event_type="ring", leg="a", location="f:steps.0"),
                    Step(
                        delay=fixed_duration(2_000),
                        event_type="",
                        condition=Condition(type="control"),
                        location="f:steps.1",
                    ),
                )
            },
        ),
        ({"refuse": "server-error"}, {"responses": (ApiBehavior(fault="server-error"),)}),
        (
            {"responses": [{"refuse": "conflict", "after": "3s"}, {"break": "empty"}, "pass"]},
            {
                "responses": (
                    ApiBehavior(fault="conflict", delay=3_000),
                    ApiBehavior(disconnect="empty"),
                    ApiBehavior(),
                )
            },
        ),
        ({"description": "One line."}, {"description": "One line."}),
        (
            {"responses": {"cycle": ["pass", {"refuse": "conflict"}]}},
            {"responses": (ApiBehavior(), ApiBehavior(fault="conflict")), "cycles": True},
        ),
        (
            {"responses": [{"dribble": "1500ms"}, {"refuse": "conflict", "dribble": 2}]},
            {
                "responses": (
                    ApiBehavior(dribble=1_500),
                    ApiBehavior(fault="conflict", dribble=2_000),
                )
            },
        ),
        (
            {"responses": [{"status": 502, "after": "1s", "dribble": "2s"}]},
            {
                "responses": (
                    ApiBehavior(answer=Response(status=502, body=b""), delay=1_000, dribble=2_000),
                )
            },
        ),
    ],
)
def test_each_key_of_a_scenario_is_read(body: dict[str, Any], values: dict[str, Any]) -> None:
    assert build(body) == [Scenario(name="x", location="f:", **values)]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"duplicate": "2"}, DeliveryBehavior(duplicate=2)),
        ({"duplicate": 1}, DeliveryBehavior()),
        ({"duplicate": {"times": "3"}}, DeliveryBehavior(duplicate=3)),
        (
            {"duplicate": {"times": 2, "spacing": "1m..90s"}},
            DeliveryBehavior(duplicate=2, spacing=DurationRange(low=60_000, high=90_000)),
        ),
        ({"drop": "0"}, DeliveryBehavior()),
        ({"drop": "all"}, DeliveryBehavior(drop=None)),
        ({"drop": 1}, DeliveryBehavior(drop=1)),
        (
            {"reorder": "true", "before_reply": True},
            DeliveryBehavior(reorder=True, before_reply=True),
        ),
        ({"reorder": "false", "before_reply": False}, DeliveryBehavior()),
        ({"reorder": "calls"}, DeliveryBehavior(reorder_calls=True)),
        (
            {"attempts": ["timeout", "500", 404, {"status": "503", "after": "3s..4s"}]},
            DeliveryBehavior(
                attempts=(
                    SimulatedAttempt(error="timeout", duration=fixed_duration(10_000)),
                    SimulatedAttempt(status=500),
                    SimulatedAttempt(status=404),
                    SimulatedAttempt(status=503, duration=DurationRange(low=3_000, high=4_000)),
                )
            ),
        ),
        (
            {"attempts": ["reset", "deliver", {"status": 201}]},
            DeliveryBehavior(
                attempts=(SimulatedAttempt(error="reset"), None, SimulatedAttempt(status=201))
            ),
        ),
        ({"after": "1s..2s"}, DeliveryBehavior(delay=DurationRange(low=1_000, high=2_000))),
        ({"corrupt": "truncate"}, DeliveryBehavior(corrupt="truncate")),
    ],
)
def test_the_delivery_behavior_of_a_scenario_is_read(
    document: dict[str, Any], expected: DeliveryBehavior
) -> None:
    assert build({"webhooks": {"any": document}}) == [
        Scenario(name="x", location="f:", webhooks={"any": expected})
    ]


def test_scenarios_within_lists_get_names_of_their_own() -> None:
    body = {"attempts": [{"a": "busy"}, "y"], "numbers": ["z", {"b": "busy"}]}
    assert build(body, bundled=True) == [
        Scenario(name="x/attempts/1", location="f:attempts.0", bundled=True, legs={"a": BUSY}),
        Scenario(name="x/numbers/2", location="f:numbers.1", bundled=True, legs={"b": BUSY}),
        Scenario(
            name="x",
            location="f:",
            bundled=True,
            attempts=("x/attempts/1", "y"),
            numbers=("z", "x/numbers/2"),
        ),
    ]


def test_the_items_of_a_list_may_have_all_words_of_a_scenario() -> None:
    body = {
        "choose": [
            {"weight": 2, "use": "y"},
            {"weight": 1, "use": "y", "attempts": [{"refuse": "f"}, {"legs": {"a": "busy"}}]},
        ]
    }
    inner = "x/choose/2"
    assert build(body) == [
        Scenario(
            name=f"{inner}/attempts/1",
            location="f:choose.1.attempts.0",
            responses=(ApiBehavior(fault="f"),),
        ),
        Scenario(name=f"{inner}/attempts/2", location="f:choose.1.attempts.1", legs={"a": BUSY}),
        Scenario(
            name=inner,
            location="f:choose.1",
            use="y",
            attempts=(f"{inner}/attempts/1", f"{inner}/attempts/2"),
        ),
        Scenario(name="x", location="f:", choose=((2.0, "y"), (1.0, inner))),
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"callee": "*0402"}, MatchRule(globs={"callee": "*0402"})),
        (
            {"a": 918867135000, "fields": {"record": 1}},
            MatchRule(globs={"a": "918867135000"}, fields={"record": "1"}),
        ),
        (
            {"provider": "mob*", "operation": "c2c"},
            MatchRule(globs={"provider": "mob*", "operation": "c2c"}),
        ),
    ],
)
def test_a_match_rule_is_read(document: dict[str, Any], expected: MatchRule) -> None:
    assert build_match_rule(document) == expected
    assert build({"match": document, "use": "y"}) == [
        Scenario(name="x", location="f:", match=expected, use="y")
    ]
