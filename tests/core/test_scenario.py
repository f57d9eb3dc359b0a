"""What a story says of legs, whom it suits, what it needs, and where it leads."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Leg
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
    ScenarioSet,
)
from mockserver.core.selection import resolve

A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")
SEEN = MatchContext(
    provider="mobtexting",
    operation="c2c",
    account="shop",
    credential="key-1",
    numbers={"a": "911", "b": "922", "callee": "922", "from": "911", "to": "922"},
    parameters={"to": "922", "record": 1, "mid": "order-7"},
)


@pytest.mark.parametrize(
    ("legs", "leg", "shape", "word"),
    [
        ({"callee": "busy"}, B, "b-after-a", "busy"),
        ({"callee": "busy"}, A, "b-after-a", None),
        ({"callee": "busy"}, A, "one-leg", "busy"),
        ({"a": "busy"}, A, "b-after-a", "busy"),
        ({"from": "busy"}, A, "b-after-a", "busy"),
        ({"to": "busy"}, A, "b-after-a", None),
        ({"callee": "rejected", "to": "machine", "b": "busy"}, B, "b-after-a", "busy"),
        ({"callee": "rejected", "to": "machine"}, B, "b-after-a", "machine"),
        ({}, A, "one-leg", None),
    ],
)
def test_story_behaviour_of_a_leg(
    legs: dict[str, str], leg: Leg, shape: str, word: str | None
) -> None:
    story = Scenario(name="story", legs={name: PRESETS[how] for name, how in legs.items()})
    assert story.leg_behavior(leg, shape) == (None if word is None else PRESETS[word])


@pytest.mark.parametrize(
    ("globs", "fields", "misfit"),
    [
        ({}, {}, ""),
        ({"provider": "mob*"}, {}, ""),
        ({"provider": "phonon"}, {}, "provider is mobtexting, not phonon"),
        ({"operation": "c2[a-c]", "account": "sh?p", "credential": "key-*"}, {}, ""),
        ({"operation": "create"}, {}, "operation is c2c, not create"),
        ({"account": "Shop"}, {}, "account is shop, not Shop"),
        ({"credential": "other"}, {}, "credential is key-1, not other"),
        ({"a": "9*", "b": "*22", "callee": "922"}, {}, ""),
        ({"a": "922"}, {}, "a is 911, not 922"),
        ({"provider": "mobtexting", "b": "911"}, {"to": "x"}, "b is 922, not 911"),
        ({}, {"record": "1", "mid": "order-*"}, ""),
        ({}, {"to": "9*", "mid": "x-*"}, "field mid is order-7, not x-*"),
        ({}, {"webhook_id": "w1"}, "field webhook_id is not sent, not w1"),
        ({}, {"webhook_id": "*"}, ""),
    ],
)
def test_match_names_the_first_misfit(
    globs: dict[str, str], fields: dict[str, str], misfit: str
) -> None:
    assert MatchRule(globs=globs, fields=fields).mismatch(SEEN) == misfit


def test_match_of_a_leg_that_is_not_there() -> None:
    short = SEEN._replace(numbers={"a": "911", "callee": "911"}, account="")
    misfits = [
        MatchRule(globs={name: "9*"}).mismatch(short) for name in ("a", "b", "callee", "account")
    ]
    assert misfits == ["", "b is not there, not 9*", "", "account is not there, not 9*"]


@pytest.mark.parametrize(
    ("needs", "unmet"),
    [
        ({}, ""),
        ({"leg": "b"}, ""),
        ({"leg": "callee"}, ""),
        ({"leg": "to"}, ""),
        ({"leg": "manager"}, "it needs a leg manager"),
        ({"provider": "mobtexting", "operation": "c2c"}, ""),
        ({"provider": "mob*"}, "it needs the provider mob*"),
        ({"provider": "phonon", "leg": "c"}, "it needs the provider phonon"),
        ({"provider": "mobtexting", "operation": "create"}, "it needs the operation create"),
    ],
)
def test_story_unmet_need_in_words(needs: dict[str, str], unmet: str) -> None:
    assert Scenario(name="story", needs=needs).missing_requirement(SEEN) == unmet


PLAIN = ("answered", "busy", "rejected", "machine")
TOLD = {name: Scenario(name=name, legs={"callee": PRESETS[name]}) for name in PLAIN}


def led(story: Scenario, turn: tuple[int, int] = (0, 0), call: str = "c1") -> Scenario:
    named = {**TOLD, story.name: story}
    return resolve(ScenarioSet(named, "answered"), story, ("seed", call), turn)


@pytest.mark.parametrize(
    ("turn", "name"),
    [((0, 0), "answered"), ((1, 0), "busy"), ((2, 0), "busy"), ((9, 7), "busy"), ((0, 7), None)],
)
def test_resolved_attempts_by_the_redial(turn: tuple[int, int], name: str | None) -> None:
    story = Scenario(name="mine", attempts=("answered", "busy"))
    assert led(story, turn).name == (name or "answered")


@pytest.mark.parametrize(
    ("turn", "name"),
    [((0, 0), "answered"), ((0, 1), "busy"), ((0, 2), "busy"), ((5, 0), "answered")],
)
def test_resolved_numbers_by_the_target(turn: tuple[int, int], name: str) -> None:
    assert led(Scenario(name="mine", numbers=("answered", "busy")), turn).name == name


def test_resolved_choice_known_draws() -> None:
    """By seed and call alone: each redial of a call meets the same fate."""
    story = Scenario(name="mine", choose=((60, "answered"), (20, "busy"), (20, "rejected")))
    drawn = [led(story, call=f"c{number}").name for number in range(12)]
    again = [led(story, (2, 1), f"c{number}").name for number in range(12)]
    assert drawn == again
    assert "".join(name[0] for name in drawn) == "babbaaarbaab"


def test_resolved_choice_differs_between_stories() -> None:
    chances = ((1, "answered"), (1, "busy"))
    names = [led(Scenario(name=f"s{number}", choose=chances)).name for number in range(32)]
    assert set(names) == {"answered", "busy"}


def test_stories_say_nothing_unless_told() -> None:
    assert Scenario(name="mine") == (
        "mine",
        "",
        False,
        None,
        {},
        {},
        (),
        (),
        (),
        (),
        "",
        (),
        {},
        (),
    )
    assert (MatchRule(), ApiBehavior()) == (({}, {}), ("", 0, ""))
    assert DeliveryBehavior() == (1, 0, False, None, False, "")
    assert ScenarioSet({}, "mine").number_plan is True


def test_stories_matching_are_those_that_say_whom_they_suit_the_users_first() -> None:
    match = MatchRule()
    told = {
        "bundled": Scenario(name="bundled", match=match, bundled=True),
        "mute": Scenario(name="mute"),
        "one": Scenario(name="one", match=match),
        "two": Scenario(name="two", match=match),
    }
    assert [one.name for one in ScenarioSet(told, "mute").matchable] == ["one", "two", "bundled"]


def test_resolved_through_several_stories() -> None:
    inner = Scenario(name="inner", attempts=("rejected", "machine"))
    middle = Scenario(name="middle", choose=((1, "inner"),))
    story = Scenario(name="mine", play="middle")
    stories = ScenarioSet({**TOLD, "inner": inner, "middle": middle, "mine": story}, "mine")
    assert [resolve(stories, story, ("s", "c1"), (turn, 0)).name for turn in (0, 1)] == [
        "rejected",
        "machine",
    ]


@pytest.mark.parametrize(
    "story",
    [
        Scenario(name="mine"),
        TOLD["busy"],
        Scenario(name="mine", play="gone"),
        Scenario(name="m", attempts=("?",)),
    ],
)
def test_resolved_story_that_leads_nowhere_is_itself(story: Scenario) -> None:
    assert led(story) == story


@pytest.mark.parametrize(
    ("outer", "words"),
    [
        ({}, (None, "busy")),
        ({"a": "machine"}, ("machine", "busy")),
        ({"from": "machine", "callee": "rejected"}, ("machine", "busy")),
        ({"b": "rejected"}, (None, "busy")),
        ({"to": "rejected"}, (None, "busy")),
    ],
)
def test_resolved_keeps_what_it_says_of_legs_of_which_the_item_is_silent(
    outer: dict[str, str], words: tuple[str | None, str | None]
) -> None:
    legs = {leg: PRESETS[word] for leg, word in outer.items()}
    story = led(Scenario(name="mine", legs=legs, play="busy"))
    how = tuple(story.leg_behavior(leg, "b-after-a") for leg in (A, B))
    assert how == tuple(None if word is None else PRESETS[word] for word in words)


def test_resolved_the_nearest_of_two_outer_stories_counts() -> None:
    inner = Scenario(name="inner", legs={"a": PRESETS["machine"]}, play="silent")
    story = Scenario(
        name="mine", legs={"a": PRESETS["busy"], "b": PRESETS["rejected"]}, play="inner"
    )
    stories = ScenarioSet({"silent": Scenario(name="silent"), "inner": inner}, "inner")
    found = resolve(stories, story, ("s", "c1"), (0, 0))
    assert found == Scenario(name="silent")._replace(inherited_legs=(inner.legs, story.legs))
    assert [found.leg_behavior(leg, "b-after-a") for leg in (A, B)] == [
        PRESETS["machine"],
        PRESETS["rejected"],
    ]
