"""Which story answers, plays and carries; how long an activation lasts; whose turn it is."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Call, Leg
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.selection import Activation, SelectedScenario
from mockserver.engine.exchange import DEFAULT_API_BEHAVIOR, NO_SELECTION, RequestSelection
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import (
    DEFAULT_SCENARIO,
    consume_activations,
    select_api_behavior,
    select_for_call,
)
from tests.support import read
from tests.support.builders import build_call, build_call_spec
from tests.support.simulation import START, click_to_call, play_until_idle, state_with_scenarios

SEEN = MatchContext(
    provider="mobtexting",
    operation="c2c",
    account="shop",
    credential="key",
    numbers={"a": "1", "b": "2", "callee": "2"},
    parameters={},
)
OTHER = SEEN._replace(numbers={"a": "9", "b": "8", "callee": "8"})
TO_TWO, EVERYBODY = MatchRule(globs={"callee": "2"}), MatchRule()
REFUSED, DOWN, PASS = (
    ApiBehavior(fault="conflict"),
    ApiBehavior(fault="service-unavailable"),
    ApiBehavior(),
)
BUSY = Scenario(name="busy", legs={"callee": PRESETS["busy"]})


def called(shape: str = "b-after-a") -> Call:
    order = build_call_spec(account="shop", flow=shape, parameters={"mid": "7"}, created_at=START)
    sides = (Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2"))
    return build_call(
        spec=order, legs=sides if shape == "b-after-a" else sides[:1], starts_at=START
    )


@pytest.mark.parametrize(
    ("globs", "shape", "suits"),
    [
        ({"provider": "mobtexting", "operation": "c2c", "account": "shop"}, "b-after-a", True),
        ({"credential": "key"}, "b-after-a", True),
        ({"credential": "other"}, "b-after-a", False),
        ({"a": "1", "b": "2", "callee": "2"}, "b-after-a", True),
        ({"callee": "1"}, "one-leg", True),
        ({"b": "2"}, "one-leg", False),
        ({"b": ""}, "branch", True),
        ({"b": "?*"}, "branch", False),
    ],
)
def test_choose_by_the_call(
    configuration: Configuration,
    globs: dict[str, str],
    shape: str,
    suits: bool,  # noqa: FBT001 - what the table expects
) -> None:
    mine = Scenario(
        name="mine", match=MatchRule(globs=globs, fields={"mid": "7"}), legs={"a": PRESETS["busy"]}
    )
    state = state_with_scenarios(configuration, BUSY, mine)
    select_for_call(state, called(shape), RequestSelection(scenario_names=(), credential="key"))
    expected = (
        SelectedScenario(scenario=mine, rank="match")
        if suits
        else SelectedScenario(scenario=BUSY, rank="default")
    )
    assert read.leg_scenarios(state) == {"c1": expected}


def test_choose_for_a_call_without_whom_the_client_wanted(configuration: Configuration) -> None:
    mine = Scenario(name="mine", match=MatchRule(globs={"callee": ""}), legs={"a": PRESETS["busy"]})
    state, call = state_with_scenarios(configuration, BUSY, mine), called()
    select_for_call(state, call._replace(legs=call.legs[:1]), NO_SELECTION)
    assert read.leg_scenarios(state) == {"c1": SelectedScenario(scenario=mine, rank="match")}


def test_choose_phones_and_webhooks_apart(configuration: Configuration) -> None:
    travels = Scenario(
        name="travels", match=EVERYBODY, webhooks={"any": DeliveryBehavior(duplicate=2)}
    )
    phones = Scenario(name="phones", match=EVERYBODY, play="busy")
    state = state_with_scenarios(configuration, BUSY, travels, phones)
    select_for_call(state, called(), NO_SELECTION)
    assert (read.leg_scenarios(state)["c1"], read.webhook_scenarios(state)["c1"]) == (
        SelectedScenario(scenario=phones, rank="match"),
        travels,
    )


def test_choose_when_the_default_has_nothing_to_say(configuration: Configuration) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mute", responses=(PASS,)))
    select_for_call(state, called(), NO_SELECTION)
    assert (read.leg_scenarios(state)["c1"], read.webhook_scenarios(state)) == (
        DEFAULT_SCENARIO,
        {},
    )


def test_choose_needs_by_the_vendors_word(configuration: Configuration) -> None:
    needy = Scenario(name="needy", match=EVERYBODY, needs={"leg": "to"}, play="busy")
    state = state_with_scenarios(configuration, BUSY, needy)
    chosen = []
    for shape in ("b-after-a", "one-leg"):
        select_for_call(state, called(shape), NO_SELECTION)
        chosen.append(read.leg_scenarios(state)["c1"].scenario.name)
    assert chosen == ["needy", "busy"]


def test_nobody_asks_for_anything() -> None:
    assert RequestSelection(scenario_names=(), credential="", activations=()) == NO_SELECTION


def test_turn_counts_and_the_last_repeats(configuration: Configuration) -> None:
    story = Scenario(name="mine", match=EVERYBODY, responses=(REFUSED, DOWN, PASS))
    state = state_with_scenarios(configuration, BUSY, story)
    turns = [select_api_behavior(state, NO_SELECTION, (SEEN,)) for _ in range(5)]
    assert turns == [(order, "mine") for order in (REFUSED, DOWN, PASS, PASS, PASS)]
    assert read.response_positions(state) == {"mine": 5}


def test_turn_each_story_counts_for_itself(configuration: Configuration) -> None:
    stories = [Scenario(name=name, responses=(REFUSED, DOWN)) for name in ("one", "two")]
    state = state_with_scenarios(configuration, BUSY, *stories)
    names = ("one", "two", "one", "two")
    turns = [
        select_api_behavior(state, RequestSelection(scenario_names=(name,)), (SEEN,))[0]
        for name in names
    ]
    assert turns == [REFUSED, REFUSED, DOWN, DOWN]


@pytest.mark.parametrize(
    ("sights", "answer"),
    [
        ((SEEN,), (REFUSED, "mine")),
        ((OTHER,), (DEFAULT_API_BEHAVIOR, "")),
        ((OTHER, OTHER, SEEN), (REFUSED, "mine")),
        ((SEEN, SEEN), (REFUSED, "mine")),
        ((), (DEFAULT_API_BEHAVIOR, "")),
    ],
)
def test_turn_of_a_batch_one_suiting_party_is_enough(
    configuration: Configuration, sights: tuple[MatchContext, ...], answer: tuple[ApiBehavior, str]
) -> None:
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="mine", match=TO_TWO, responses=(REFUSED, DOWN))
    )
    assert select_api_behavior(state, NO_SELECTION, sights) == answer
    assert read.response_positions(state) == ({"mine": 1} if answer[1] else {})


def test_turn_passes_over_stories_that_say_nothing_of_answers(configuration: Configuration) -> None:
    story = Scenario(name="mine", match=EVERYBODY, responses=(REFUSED,))
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="mute", match=EVERYBODY, play="busy"), story
    )
    assert select_api_behavior(state, RequestSelection(scenario_names=("busy",)), (SEEN,)) == (
        REFUSED,
        "mine",
    )


@pytest.mark.parametrize(
    ("match", "left", "sights", "kept"),
    [
        (EVERYBODY, 1, (SEEN,), []),
        (EVERYBODY, 2, (SEEN,), [1]),
        (EVERYBODY, 2, (SEEN, OTHER, SEEN), [1]),
        (TO_TWO, 1, (OTHER,), [1]),
        (TO_TWO, 1, (OTHER, SEEN), []),
        (EVERYBODY, None, (SEEN,), [None]),
    ],
)
def test_spend_one_request_of_those_that_suit(
    configuration: Configuration,
    match: MatchRule,
    left: int | None,
    sights: tuple[MatchContext, ...],
    kept: list[int | None],
) -> None:
    state = state_with_scenarios(configuration, BUSY)
    read.activations(state).append(
        Activation(id="a1", scenario_name="busy", match=match, remaining=left)
    )
    consume_activations(state, sights)
    assert [one.remaining for one in read.activations(state)] == kept


@pytest.mark.parametrize("story", ["needy", "gone"])
def test_spend_nothing_on_a_request_that_the_story_cannot_play(
    configuration: Configuration, story: str
) -> None:
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="needy", needs={"leg": "manager"})
    )
    read.activations(state).append(
        Activation(id="a1", scenario_name=story, match=EVERYBODY, remaining=1)
    )
    consume_activations(state, (SEEN,))
    assert [one.remaining for one in read.activations(state)] == [1]


def test_activation_plays_for_so_many_requests_that_suit(state: SandboxState) -> None:
    read.activations(state).append(
        Activation(
            id="a1",
            scenario_name="callee-busy",
            match=MatchRule(globs={"callee": "*6000"}),
            remaining=2,
        )
    )
    numbers = ("918867136000", "918867130000", "918867136000", "918867136000")
    made = [click_to_call(state, to=to).call_ids[0] for to in numbers]
    play_until_idle(state)
    outcomes = [read.calls(state)[name].outcome for name in made]
    assert outcomes == ["busy", "completed", "busy", "completed"]
    assert read.activations(state) == []


def test_activation_counts_refused_requests_as_well(state: SandboxState) -> None:
    read.activations(state).append(
        Activation(id="a1", scenario_name="callee-busy", match=EVERYBODY, remaining=1)
    )
    assert click_to_call(state, bridge="x").fault == "bridge-malformed"
    assert read.activations(state) == []


def test_activations_the_first_that_speaks_plays_and_every_one_is_spent(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="usual", legs={}), BUSY, BUSY._replace(name="other")
    )
    read.activations(state).append(
        Activation(id="a1", scenario_name="busy", match=EVERYBODY, remaining=2)
    )
    read.activations(state).append(
        Activation(id="a2", scenario_name="other", match=EVERYBODY, remaining=1)
    )
    click_to_call(state)
    assert read.leg_scenarios(state)["c1"] == SelectedScenario(scenario=BUSY, rank="activation")
    assert [(one.id, one.remaining) for one in read.activations(state)] == [("a1", 1)]
