"""Three questions, one order: header, activations, the user's matches, bundled ones, default."""

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
    ScenarioSet,
)
from mockserver.core.script import Step
from mockserver.core.selection import (
    ASPECTS,
    EXPLICIT_RANKS,
    Activation,
    candidates,
    is_applicable,
    select,
)

SEEN = MatchContext(
    provider="mobtexting",
    operation="c2c",
    account="shop",
    credential="key",
    numbers={"a": "1", "b": "2", "callee": "2"},
    parameters={"to": "2"},
)
FITS, MISFITS = MatchRule(globs={"provider": "mobtexting"}), MatchRule(globs={"provider": "phonon"})
BUSY = {"callee": PRESETS["busy"]}


def stories(**bodies: Mapping[str, Any]) -> ScenarioSet:
    named = {name: Scenario(name=name, **body) for name, body in bodies.items()}
    return ScenarioSet({**named, "usual": Scenario(name="usual", bundled=True, legs=BUSY)}, "usual")


def activation(story: str, match: MatchRule = FITS) -> Activation:
    return Activation(id="a1", scenario_name=story, match=match, remaining=None)


def ranked(
    told: ScenarioSet, header: tuple[str, ...] = (), active: tuple[Activation, ...] = ()
) -> list[tuple[str, str]]:
    return [(one.rank, one.scenario.name) for one in candidates(told, header, active, SEEN)]


def test_candidates_in_their_order() -> None:
    told = stories(
        bundled={"bundled": True, "match": FITS},
        late={"match": FITS},
        early={"match": FITS},
        asked={},
        activated={},
        unasked={},
    )
    active = (activation("activated"), activation("late"))
    assert ranked(told, ("asked", "early"), active) == [
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
    ("body", "suits"),
    [
        ({"match": FITS}, True),
        ({"match": MatchRule()}, True),
        ({"match": MISFITS}, False),
        ({}, False),
        ({"match": FITS, "needs": {"leg": "b"}}, True),
        ({"match": FITS, "needs": {"leg": "c"}}, False),
        ({"match": FITS, "needs": {"provider": "phonon"}}, False),
    ],
)
@pytest.mark.parametrize("bundled", [False, True])
def test_candidates_by_match_and_needs(
    body: Mapping[str, Any],
    suits: bool,  # noqa: FBT001 - what the table expects
    bundled: bool,  # noqa: FBT001 - one of the table's two halves
) -> None:
    told = stories(mine={**body, "bundled": bundled})
    rank = "bundled" if bundled else "match"
    assert ranked(told) == [(rank, "mine")] * suits + [("default", "usual")]


@pytest.mark.parametrize(
    ("active", "suits"),
    [
        (activation("mine"), True),
        (activation("mine", MatchRule()), True),
        (activation("mine", MISFITS), False),
        (activation("needy"), False),
        (activation("gone"), False),
    ],
)
def test_activated_by_match_needs_and_whether_its_story_is_still_there(
    active: Activation,
    suits: bool,  # noqa: FBT001 - what the table expects
) -> None:
    told = stories(mine={}, needy={"needs": {"leg": "c"}})
    assert is_applicable(told, active, SEEN) is suits
    assert ranked(told, (), (active,)) == [("activation", "mine")] * suits + [("default", "usual")]


SPEAKS: dict[str, tuple[dict[str, Any], ...]] = {
    "api": ({"responses": (ApiBehavior(),)},),
    "phones": (
        {"legs": BUSY},
        {"steps": (Step(delay=PRESETS["busy"].ring, event_type="ring", leg="a"),)},
        {"attempts": ("usual",)},
        {"numbers": ("usual",)},
        {"choose": ((1, "usual"),)},
        {"play": "usual"},
    ),
    "webhooks": ({"webhooks": {"any": DeliveryBehavior()}},),
}
BODIES = [(question, body) for question, bodies in SPEAKS.items() for body in bodies]


@pytest.mark.parametrize(("question", "body"), BODIES)
def test_questions_each_answered_by_its_own_keys(question: str, body: dict[str, Any]) -> None:
    story = Scenario(name="mine", **body)
    assert [asked for asked, speaks in ASPECTS.items() if speaks(story)] == [question]


def test_questions_to_which_a_mere_condition_does_not_speak() -> None:
    story = Scenario(name="mine", match=FITS, needs={"leg": "b"})
    assert [asked for asked, speaks in ASPECTS.items() if speaks(story)] == []


@pytest.mark.parametrize(("question", "body"), BODIES)
def test_select_passes_over_who_suits_but_does_not_speak(
    question: str, body: dict[str, Any]
) -> None:
    mute = {name: bodies[0] for name, bodies in SPEAKS.items() if name != question}
    told = stories(
        **{name: {**other, "match": FITS} for name, other in mute.items()},
        mine={**body, "match": FITS},
    )
    among = tuple(candidates(told, tuple(mute), (), SEEN))
    chosen = select(question, among)
    assert chosen is not None
    assert (chosen.scenario.name, chosen.rank) == ("mine", "match")


@pytest.mark.parametrize("question", ["api", "webhooks"])
def test_select_nobody_speaks(question: str) -> None:
    among = tuple(candidates(stories(mine={"match": FITS}), ("mine",), (), SEEN))
    assert select(question, among) is None


def test_strong_ranks_are_those_that_somebody_asked_for() -> None:
    assert sorted(EXPLICIT_RANKS) == ["activation", "header", "match"]
