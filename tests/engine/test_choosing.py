"""Which story answers, plays and carries; how long an activation lasts; whose turn it is."""

import pytest

from mockserver.core.call import Call, Leg, Order
from mockserver.core.legs import WORDS
from mockserver.core.selection import Activation, Chosen
from mockserver.core.story import Match, Seen, Story, Travel, Turn
from mockserver.engine.choosing import NOBODY, PLAIN, USUAL, Choice, choose, spend, turn
from mockserver.engine.store import Store, World
from tests.conftest import START, click, play, telling

SEEN = Seen("mobtexting", "c2c", "shop", "key", {"a": "1", "b": "2", "callee": "2"}, {})
OTHER = SEEN._replace(legs={"a": "9", "b": "8", "callee": "8"})
TO_TWO, EVERYBODY = Match({"callee": "2"}), Match()
REFUSED, DOWN, PASS = Turn("conflict"), Turn("service-unavailable"), Turn()
BUSY = Story("busy", legs={"callee": WORDS["busy"]})


def called(shape: str = "b-after-a") -> Call:
    order = Order("c1", "v1", "mobtexting", "shop", "c2c", shape, {"mid": "7"}, START)
    sides = (Leg("a", "from", "1"), Leg("b", "to", "2"))
    return Call(order, sides if shape == "b-after-a" else sides[:1], START)


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
    world: World,
    globs: dict[str, str],
    shape: str,
    suits: bool,  # noqa: FBT001 - what the table expects
) -> None:
    mine = Story("mine", match=Match(globs, {"mid": "7"}), legs={"a": WORDS["busy"]})
    store = telling(world, BUSY, mine)
    choose(store, called(shape), Choice((), "key"))
    expected = Chosen(mine, "match") if suits else Chosen(BUSY, "default")
    assert store.stories == {"c1": expected}


def test_choose_for_a_call_without_whom_the_client_wanted(world: World) -> None:
    mine = Story("mine", match=Match({"callee": ""}), legs={"a": WORDS["busy"]})
    store, call = telling(world, BUSY, mine), called()
    choose(store, call._replace(legs=call.legs[:1]), NOBODY)
    assert store.stories == {"c1": Chosen(mine, "match")}


def test_choose_phones_and_webhooks_apart(world: World) -> None:
    travels = Story("travels", match=EVERYBODY, webhooks={"any": Travel(2)})
    phones = Story("phones", match=EVERYBODY, play="busy")
    store = telling(world, BUSY, travels, phones)
    choose(store, called(), NOBODY)
    assert (store.stories["c1"], store.travels["c1"]) == (Chosen(phones, "match"), travels)


def test_choose_when_the_default_has_nothing_to_say(world: World) -> None:
    store = telling(world, Story("mute", answers=(PASS,)))
    choose(store, called(), NOBODY)
    assert (store.stories["c1"], store.travels) == (PLAIN, {})


def test_choose_needs_by_the_vendors_word(world: World) -> None:
    needy = Story("needy", match=EVERYBODY, needs={"leg": "to"}, play="busy")
    store = telling(world, BUSY, needy)
    chosen = []
    for shape in ("b-after-a", "one-leg"):
        choose(store, called(shape), NOBODY)
        chosen.append(store.stories["c1"].story.name)
    assert chosen == ["needy", "busy"]


def test_nobody_asks_for_anything() -> None:
    assert Choice((), "", ()) == NOBODY


def test_turn_counts_and_the_last_repeats(world: World) -> None:
    story = Story("mine", match=EVERYBODY, answers=(REFUSED, DOWN, PASS))
    store = telling(world, BUSY, story)
    turns = [turn(store, NOBODY, (SEEN,)) for _ in range(5)]
    assert turns == [(order, "mine") for order in (REFUSED, DOWN, PASS, PASS, PASS)]
    assert store.asked == {"mine": 5}


def test_turn_each_story_counts_for_itself(world: World) -> None:
    stories = [Story(name, answers=(REFUSED, DOWN)) for name in ("one", "two")]
    store = telling(world, BUSY, *stories)
    names = ("one", "two", "one", "two")
    turns = [turn(store, Choice((name,)), (SEEN,))[0] for name in names]
    assert turns == [REFUSED, REFUSED, DOWN, DOWN]


@pytest.mark.parametrize(
    ("sights", "answer"),
    [
        ((SEEN,), (REFUSED, "mine")),
        ((OTHER,), (USUAL, "")),
        ((OTHER, OTHER, SEEN), (REFUSED, "mine")),
        ((SEEN, SEEN), (REFUSED, "mine")),
        ((), (USUAL, "")),
    ],
)
def test_turn_of_a_batch_one_suiting_party_is_enough(
    world: World, sights: tuple[Seen, ...], answer: tuple[Turn, str]
) -> None:
    store = telling(world, BUSY, Story("mine", match=TO_TWO, answers=(REFUSED, DOWN)))
    assert turn(store, NOBODY, sights) == answer
    assert store.asked == ({"mine": 1} if answer[1] else {})


def test_turn_passes_over_stories_that_say_nothing_of_answers(world: World) -> None:
    story = Story("mine", match=EVERYBODY, answers=(REFUSED,))
    store = telling(world, BUSY, Story("mute", match=EVERYBODY, play="busy"), story)
    assert turn(store, Choice(("busy",)), (SEEN,)) == (REFUSED, "mine")


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
    world: World, match: Match, left: int | None, sights: tuple[Seen, ...], kept: list[int | None]
) -> None:
    store = telling(world, BUSY)
    store.activations.append(Activation("a1", "busy", match, left))
    spend(store, sights)
    assert [one.left for one in store.activations] == kept


@pytest.mark.parametrize("story", ["needy", "gone"])
def test_spend_nothing_on_a_request_that_the_story_cannot_play(world: World, story: str) -> None:
    store = telling(world, BUSY, Story("needy", needs={"leg": "manager"}))
    store.activations.append(Activation("a1", story, EVERYBODY, 1))
    spend(store, (SEEN,))
    assert [one.left for one in store.activations] == [1]


def test_activation_plays_for_so_many_requests_that_suit(store: Store) -> None:
    store.activations.append(Activation("a1", "callee-busy", Match({"callee": "*6000"}), 2))
    numbers = ("918867136000", "918867130000", "918867136000", "918867136000")
    made = [click(store, to=to).calls[0] for to in numbers]
    play(store)
    outcomes = [store.calls[name].outcome for name in made]
    assert outcomes == ["busy", "completed", "busy", "completed"]
    assert store.activations == []


def test_activation_counts_refused_requests_as_well(store: Store) -> None:
    store.activations.append(Activation("a1", "callee-busy", EVERYBODY, 1))
    assert click(store, bridge="x").fault == "bridge-malformed"
    assert store.activations == []


def test_activations_the_first_that_speaks_plays_and_every_one_is_spent(world: World) -> None:
    store = telling(world, Story("usual", legs={}), BUSY, BUSY._replace(name="other"))
    store.activations.append(Activation("a1", "busy", EVERYBODY, 2))
    store.activations.append(Activation("a2", "other", EVERYBODY, 1))
    click(store)
    assert store.stories["c1"] == Chosen(BUSY, "activation")
    assert [(one.id, one.left) for one in store.activations] == [("a1", 1)]
