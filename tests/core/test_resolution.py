"""A scenario is read from outside to inside: its own words, its list's item, what it uses."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.behavior import IMMEDIATELY, PRESETS
from mockserver.core.resolution import (
    NO_DRAW,
    WHOLE_BATCH,
    Draw,
    ResolvedScenario,
    resolve,
)
from mockserver.core.scenario import DEFAULT_DELIVERY, ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.script import Condition, Step
from mockserver.core.selection import ScenarioSet

LEGS_BY_NAME = {"callee": "b", "a": "a", "b": "b", "from": "a", "to": "b"}
DOWN = Scenario(name="down", responses=(ApiBehavior(fault="server-error"),))
TWICE, LOST, LATE = (
    DeliveryBehavior(duplicate=2),
    DeliveryBehavior(drop=None),
    DeliveryBehavior(reorder=True),
)


def legs(**presets: str) -> dict[str, Any]:
    return {"legs": {leg: PRESETS[preset] for leg, preset in presets.items()}}


def step(event_type: str, leg: str = "a", condition: Condition | None = None) -> Step:
    return Step(delay=IMMEDIATELY, event_type=event_type, leg=leg, condition=condition)


def resolve_first(
    *scenarios: Scenario, indexes: tuple[int, int] = (0, 0), draw: Draw = NO_DRAW
) -> ResolvedScenario:
    """Resolve the first of the scenarios, which are all that there are."""
    known = ScenarioSet({scenario.name: scenario for scenario in scenarios}, scenarios[0].name)
    return resolve(known, scenarios[0], "seed", draw, indexes)


def part_names(*scenarios: Scenario, **arguments: Any) -> list[str]:
    return [part.name for part in resolve_first(*scenarios, **arguments).parts]


# --- order ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indexes", "item"),
    [((0, 0), "no-answer"), ((1, 0), "busy"), ((2, 0), "busy"), ((9, 7), "busy"),
     ((0, 7), "no-answer")],
)  # fmt: skip
def test_attempts_are_items_by_the_redial_index(indexes: tuple[int, int], item: str) -> None:
    scenario = Scenario(name="mine", attempts=("no-answer", "busy"))
    assert part_names(scenario, indexes=indexes) == ["mine", item]


@pytest.mark.parametrize(
    ("indexes", "item"),
    [((0, 0), "no-answer"), ((0, 1), "busy"), ((0, 2), "busy"), ((5, 0), "no-answer")],
)
def test_numbers_are_items_by_the_number_index(indexes: tuple[int, int], item: str) -> None:
    scenario = Scenario(name="mine", numbers=("no-answer", "busy"))
    assert part_names(scenario, indexes=indexes) == ["mine", item]


def test_a_bare_word_is_a_scenario_of_that_name_before_it_is_a_behavior() -> None:
    mine = Scenario(name="mine", attempts=("busy",))
    assert resolve_first(mine).parts[1] == Scenario(name="busy", legs={"callee": PRESETS["busy"]})
    busy = Scenario(name="busy", legs={"a": PRESETS["rejected"]})
    assert resolve_first(mine, busy).parts == (mine, busy)


def test_the_item_of_a_list_comes_before_what_is_used_and_each_is_read_by_the_same_rule() -> None:
    scenarios = (
        Scenario(name="mine", attempts=("item",), use="used"),
        Scenario(name="item", numbers=("inner",), use="beside"),
        Scenario(name="inner"),
        Scenario(name="beside"),
        Scenario(name="used", use="last"),
        Scenario(name="last"),
    )
    assert part_names(*scenarios) == ["mine", "item", "inner", "beside", "used", "last"]


@pytest.mark.parametrize("key", ["attempts", "numbers", "choose"])
def test_a_list_replaces_those_of_all_that_the_scenario_uses(key: str) -> None:
    items: Any = ((1, "busy"),) if key == "choose" else ("busy",)
    mine = Scenario(name="mine", use="used", **{key: items})
    used = Scenario(name="used", attempts=("no-answer",), use="last")
    last = Scenario(name="last", choose=((1, "rejected"),))
    assert part_names(mine, used, last) == ["mine", "busy", "used", "last"]


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(name="mine"),
        Scenario(name="mine", use="gone"),
        Scenario(name="mine", attempts=("?",)),
        Scenario(name="mine", choose=((1, "?"),)),
    ],
)
def test_a_name_that_is_gone_leads_nowhere(scenario: Scenario) -> None:
    assert resolve_first(scenario) == ResolvedScenario(parts=(scenario,))


# --- what is written outside wins ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("outer", "presets"),
    [
        ({}, (None, "busy")),
        ({"a": "machine"}, ("machine", "busy")),
        ({"from": "machine", "callee": "rejected"}, ("machine", "rejected")),
        ({"b": "rejected"}, (None, "rejected")),
        ({"to": "rejected"}, (None, "rejected")),
    ],
)
def test_the_outer_description_of_a_leg_wins_under_any_of_its_names(
    outer: dict[str, str], presets: tuple[str | None, str | None]
) -> None:
    resolved = resolve_first(
        Scenario(name="mine", use="used", **legs(**outer)),
        Scenario(name="used", **legs(callee="busy")),
    )
    behaviors = tuple(resolved.leg_behavior(leg, LEGS_BY_NAME) for leg in ("a", "b"))
    assert behaviors == tuple(None if preset is None else PRESETS[preset] for preset in presets)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ({}, {"report": TWICE}, TWICE),
        ({"any": LOST}, {"report": TWICE}, LOST),
        ({"cdr": LOST}, {"report": TWICE}, TWICE),
        ({"any": LOST, "report": LATE}, {"report": TWICE}, LATE),
        ({"cdr": LOST}, {}, DEFAULT_DELIVERY),
    ],
)
def test_the_outer_word_on_a_kind_of_webhook_wins_and_any_is_one(
    outer: Mapping[str, DeliveryBehavior],
    inner: Mapping[str, DeliveryBehavior],
    expected: DeliveryBehavior,
) -> None:
    resolved = resolve_first(
        Scenario(name="mine", webhooks=outer, use="used"), Scenario(name="used", webhooks=inner)
    )
    assert resolved.delivery_behavior("report") == expected


@pytest.mark.parametrize(("own", "author"), [((), "down"), ((ApiBehavior(),), "mine")])
def test_the_outer_responses_win(own: tuple[ApiBehavior, ...], author: str) -> None:
    resolved = resolve_first(Scenario(name="mine", responses=own, use="down"), DOWN)
    assert resolved.api_author
    assert resolved.api_author.name == author


def test_a_scenario_that_leads_to_no_responses_has_no_api_author() -> None:
    assert resolve_first(Scenario(name="mine", attempts=("busy",))).api_author is None


def test_the_outer_steps_win() -> None:
    resolved = resolve_first(
        Scenario(name="mine", use="outer"),
        Scenario(name="outer", steps=(step("ring"),), use="inner"),
        Scenario(name="inner", steps=(step("answer"),)),
    )
    assert resolved.steps == (step("ring"),)


@pytest.mark.parametrize(
    ("moving", "preset"),
    [
        (step("hangup", "to"), None),
        (step("offer", "", Condition(type="settled", leg="b")), None),
        (step("press", "b"), "busy"),
        (step("hangup", "a"), "busy"),
        (step("", "", Condition(type="rang", leg="b")), "busy"),
    ],
)
def test_a_leg_that_steps_move_is_not_described_inside_them(
    moving: Step, preset: str | None
) -> None:
    resolved = resolve_first(
        Scenario(name="mine", steps=(moving,), use="used"),
        Scenario(name="used", steps=(step("hangup", "b"),), use="last"),
        Scenario(name="last", **legs(callee="busy")),
    )
    assert resolved.leg_behavior("b", LEGS_BY_NAME) == (preset and PRESETS[preset])


@pytest.mark.parametrize(("leg", "preset"), [("b", "rejected"), ("a", "busy")])
def test_a_leg_that_steps_move_is_not_described_outside_of_them(leg: str, preset: str) -> None:
    """The scenario that has the steps may say how the leg behaves between them."""
    resolved = resolve_first(
        Scenario(name="mine", **legs(a="busy", callee="busy"), use="moving"),
        Scenario(name="moving", steps=(step("hangup", "to"),), **legs(b="rejected", a="no-answer")),
    )
    assert resolved.leg_behavior(leg, LEGS_BY_NAME) == PRESETS[preset]


# --- draws ---------------------------------------------------------------------------------------

RUSH = Scenario(name="mine", choose=((60, "answered"), (20, "busy"), (20, "rejected")))


def drawn(scenario: Scenario, *others: Scenario, draw: Draw, **arguments: Any) -> str:
    return part_names(scenario, *others, draw=draw, **arguments)[1]


def test_choose_draws_by_request_and_item_and_redials_keep_the_draw() -> None:
    draws = [Draw(request=number, item=item) for number in range(6) for item in range(2)]
    names = [drawn(RUSH, draw=draw) for draw in draws]
    assert names == [drawn(RUSH, draw=draw, indexes=(2, 1)) for draw in draws]
    assert "".join(name[0] for name in names) == "baabaaaababa"


def test_choose_draws_differ_between_scenarios() -> None:
    weighted = ((1.0, "answered"), (1.0, "busy"))
    names = [
        drawn(Scenario(name=f"s{number}", choose=weighted), draw=NO_DRAW) for number in range(32)
    ]
    assert set(names) == {"answered", "busy"}


@pytest.mark.parametrize("draw", [Draw(request=1), Draw(request=1, item=WHOLE_BATCH)])
def test_the_draw_for_a_request_is_among_all_items(draw: Draw) -> None:
    scenario = Scenario(name="mine", choose=((1, "down"), (0, "busy")))
    assert drawn(scenario, DOWN, draw=draw) == "down"


@pytest.mark.parametrize(
    ("weights", "names"),
    [((5, 1, 1), {"busy", "answered"}), ((1, 0, 1), {"answered"}), ((1, 0, 0), {"down"})],
)
def test_a_call_of_a_batch_draws_among_the_items_that_do_not_speak_of_the_api(
    weights: tuple[float, float, float], names: set[str]
) -> None:
    items = tuple(zip(weights, ("down", "busy", "answered"), strict=True))
    scenario = Scenario(name="mine", choose=items)
    found = {
        drawn(scenario, DOWN, draw=Draw(request=1, item=index, in_batch=True))
        for index in range(40)
    }
    assert found == names
