"""Selection: the order of candidates, and the scenario of each aspect."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.script import Step
from mockserver.core.selection import (
    EXPLICIT_RANKS,
    Activation,
    ScenarioSet,
    SelectedScenario,
    candidates,
    select,
)

CONTEXT = MatchContext(
    provider="mobtexting",
    operation="c2c",
    account="shop",
    credential="key",
    numbers={"a": "1", "b": "2", "callee": "2"},
    parameters={"to": "2"},
)
MATCHING, MISMATCHING = (
    MatchRule(globs={"provider": "mobtexting"}),
    MatchRule(globs={"provider": "phonon"}),
)
BUSY = {"callee": PRESETS["busy"]}
KNOWN = {
    "mute": Scenario(name="mute"),
    "down": Scenario(name="down", responses=(ApiBehavior(),)),
    "lost": Scenario(name="lost", webhooks={"any": DeliveryBehavior()}),
    "usual": Scenario(name="usual", bundled=True, legs=BUSY),
}


def scenario_set(**bodies: Mapping[str, Any]) -> ScenarioSet:
    named = {name: Scenario(name=name, **body) for name, body in bodies.items()}
    return ScenarioSet({**named, **KNOWN}, "usual")


def build_activation(scenario_name: str, match: MatchRule = MATCHING) -> Activation:
    return Activation(id="a1", scenario_name=scenario_name, match=match, remaining=None)


def rank_candidates(
    scenarios: ScenarioSet, header: tuple[str, ...] = (), active: tuple[Activation, ...] = ()
) -> list[tuple[str, str]]:
    return [
        (candidate.rank, candidate.scenario.name)
        for candidate in candidates(scenarios, header, active, CONTEXT)
    ]


def test_candidates_are_ordered_by_rank() -> None:
    scenarios = scenario_set(
        bundled={"bundled": True, "match": MATCHING},
        late={"match": MATCHING},
        early={"match": MATCHING},
        asked={},
        activated={},
        unasked={},
    )
    active = (build_activation("activated"), build_activation("late"))
    assert rank_candidates(scenarios, ("asked", "early"), active) == [
        ("header", "asked"),
        ("header", "early"),
        ("activation", "activated"),
        ("activation", "late"),
        ("match", "late"),
        ("match", "early"),
        ("bundled", "bundled"),
        ("default", "usual"),
    ]


@pytest.mark.parametrize(
    ("body", "matches"),
    [
        ({"match": MATCHING}, True),
        ({"match": MatchRule()}, True),
        ({"match": MISMATCHING}, False),
        ({}, False),
        ({"match": MATCHING, "needs": {"leg": "b"}}, True),
        ({"match": MATCHING, "needs": {"leg": "c"}}, False),
        ({"match": MATCHING, "needs": {"provider": "phonon"}}, False),
    ],
)
@pytest.mark.parametrize("bundled", [False, True])
def test_a_scenario_is_a_candidate_only_if_its_match_and_needs_fit(
    body: Mapping[str, Any],
    matches: bool,  # noqa: FBT001 - what the table expects
    bundled: bool,  # noqa: FBT001 - user scenario or bundled one
) -> None:
    scenarios = scenario_set(mine={**body, "bundled": bundled})
    rank = "bundled" if bundled else "match"
    assert rank_candidates(scenarios) == [(rank, "mine")] * matches + [("default", "usual")]


@pytest.mark.parametrize(
    ("active", "matches"),
    [
        (build_activation("mine"), True),
        (build_activation("mine", MatchRule()), True),
        (build_activation("mine", MISMATCHING), False),
        (build_activation("needy"), False),
        (build_activation("gone"), False),
    ],
)
def test_an_activation_applies_if_match_and_needs_fit_and_its_scenario_exists(
    active: Activation,
    matches: bool,  # noqa: FBT001 - what the table expects
) -> None:
    scenarios = scenario_set(mine={}, needy={"needs": {"leg": "c"}})
    assert rank_candidates(scenarios, (), (active,)) == [("activation", "mine")] * matches + [
        ("default", "usual")
    ]


ASPECT_KEYS: dict[str, tuple[dict[str, Any], ...]] = {
    "api": (
        {"responses": (ApiBehavior(),)},
        {"use": "down"},
        {"choose": ((1, "down"), (1, "mute"))},
    ),
    "legs": (
        {"legs": BUSY},
        {"steps": (Step(delay=PRESETS["busy"].ring, event_type="ring", leg="a"),)},
        {"attempts": ("usual",)},
        {"attempts": ("busy",)},
        {"numbers": ("usual",)},
        {"choose": ((1, "usual"),)},
        {"choose": ((1, "usual"), (0, "down"))},
        {"use": "usual"},
    ),
    "webhooks": (
        {"webhooks": {"any": DeliveryBehavior()}},
        {"use": "lost"},
        {"attempts": ("lost",)},
        {"choose": ((1, "lost"),)},
    ),
}
ASPECT_BODIES = [(aspect, body) for aspect, bodies in ASPECT_KEYS.items() for body in bodies]


@pytest.mark.parametrize(("aspect", "body"), ASPECT_BODIES)
def test_each_key_of_a_scenario_belongs_to_one_aspect(aspect: str, body: dict[str, Any]) -> None:
    scenario = Scenario(name="mine", **body)
    assert scenario_set().reach(scenario).aspects == (aspect,)


@pytest.mark.parametrize(
    ("body", "aspects"),
    [
        ({"choose": ((1, "usual"), (1, "down"), (1, "lost"))}, ("api", "legs", "webhooks")),
        ({"attempts": ("usual",), "use": "third"}, ("legs",)),
        ({"attempts": ("lost",), "use": "fourth"}, ("api", "webhooks")),
        ({"use": "fourth"}, ("api", "legs")),
        ({"use": "gone", "numbers": ("gone",)}, ()),
    ],
)
def test_a_scenario_speaks_to_all_aspects_to_which_anything_does_that_it_can_lead_to(
    body: dict[str, Any], aspects: tuple[str, ...]
) -> None:
    """A list of its own replaces that of what it uses."""
    scenarios = scenario_set(
        third={"choose": ((1, "down"),)}, fourth={"use": "down", "numbers": ("usual",)}
    )
    assert scenarios.reach(Scenario(name="mine", **body)).aspects == aspects


def test_aspects_are_those_of_the_scenario_itself_whatever_else_has_its_name() -> None:
    scenarios = scenario_set(mine={"use": "down"})
    own, earlier = scenarios.by_name["mine"], Scenario(name="mine", use="lost")
    reaches = [scenarios.reach(each).aspects for each in (own, earlier, own)]
    assert reaches == [("api",), ("webhooks",), ("api",)]


@pytest.mark.parametrize(
    ("body", "draws"),
    [
        ({"use": "rush", "legs": BUSY}, True),
        ({"choose": ((1, "usual"),)}, True),
        ({"attempts": ("usual",)}, False),
        ({"use": "usual"}, False),
    ],
)
def test_a_selection_draws_if_one_of_its_scenarios_can_lead_to_a_choice(
    body: dict[str, Any],
    draws: bool,  # noqa: FBT001 - what the table expects
) -> None:
    scenarios = scenario_set(mine=body, rush={"choose": ((1, "usual"),)})
    options = tuple(candidates(scenarios, ("mine",), (), CONTEXT))
    assert select(scenarios, options).draws is draws


def test_match_and_needs_belong_to_no_aspect() -> None:
    scenario = Scenario(name="mine", match=MATCHING, needs={"leg": "b"})
    assert scenario_set().reach(scenario).aspects == ()


@pytest.mark.parametrize(("aspect", "body"), ASPECT_BODIES)
def test_selection_skips_matching_scenarios_without_the_aspect(
    aspect: str, body: dict[str, Any]
) -> None:
    other_aspects = {name: bodies[0] for name, bodies in ASPECT_KEYS.items() if name != aspect}
    scenarios = scenario_set(
        **{name: {**other, "match": MATCHING} for name, other in other_aspects.items()},
        mine={**body, "match": MATCHING},
    )
    candidate_list = tuple(candidates(scenarios, tuple(other_aspects), (), CONTEXT))
    selected = getattr(select(scenarios, candidate_list), aspect)
    assert selected is not None
    assert (selected.scenario.name, selected.rank) == ("mine", "match")


@pytest.mark.parametrize("aspect", ["api", "webhooks"])
def test_selection_is_none_if_no_candidate_has_the_aspect(aspect: str) -> None:
    scenarios = scenario_set(mine={"match": MATCHING})
    options = tuple(candidates(scenarios, ("mine",), (), CONTEXT))
    assert getattr(select(scenarios, options), aspect) is None


def test_a_scenario_inside_a_list_has_no_public_name() -> None:
    scenarios = scenario_set(**{"mine": {}, "mine/attempts/1": {}})
    assert scenarios.public_names == ("mine", *KNOWN)


def test_the_explicit_ranks_are_header_activation_and_match() -> None:
    assert sorted(EXPLICIT_RANKS) == ["activation", "header", "match"]


def test_the_default_selection_is_that_of_a_request_without_names_and_activations() -> None:
    usual = Scenario(name="usual", legs={"a": PRESETS["busy"]})
    scenarios = ScenarioSet(by_name={"usual": usual}, default="usual")
    default = scenarios.default_selection
    assert default == select(scenarios, candidates(scenarios, (), (), CONTEXT))
    assert default
    assert default.legs == SelectedScenario(scenario=usual, rank="default")


def test_there_is_no_default_selection_beside_a_match_rule() -> None:
    usual, mine = Scenario(name="usual"), Scenario(name="mine", match=MatchRule())
    scenarios = ScenarioSet(by_name={"usual": usual, "mine": mine}, default="usual")
    assert scenarios.default_selection is None
