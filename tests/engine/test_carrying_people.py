"""Who decides how a leg behaves: a strong story, its number, any other story, or its steps."""

import pytest

from mockserver.core.call import Call, Event, Leg, Order, dial
from mockserver.core.chance import choice
from mockserver.core.legs import ANSWERED, NOW, STAYS, WORDS, Behaviour, fixed
from mockserver.core.numberplan import planned
from mockserver.core.script import Once, Script, Step
from mockserver.core.selection import Activation
from mockserver.core.shapes import SHAPES, compile_legs
from mockserver.core.story import Match, Story
from mockserver.engine.carrying import join, place
from mockserver.engine.choosing import NOBODY, Choice
from mockserver.engine.simulation import step
from mockserver.engine.store import Store, World
from tests.conftest import START, click, play, telling
from tests.toy import ask, opened, shop

PLANNED = "918800020300"  # rings 3 s, busy
MACHINE, REJECTED = WORDS["machine"], WORDS["rejected"]
BUSY = Behaviour(fixed(3_000), "busy")
EVERYBODY = Match()


def called(shape: str = "b-after-a", b: str = PLANNED) -> Call:
    order = Order("c1", "v1", "mobtexting", "mobtexting-default", "c2c", shape, {}, START)
    legs = (Leg("a", "from", "1"), Leg("b", "to", b))
    sides = legs if shape == "b-after-a" else legs[:1]
    return Call(order, sides, START, events=(Event(START, "placed"),))


def placed(store: Store, choice: Choice = NOBODY, **changes: str) -> Store:
    place(store, called(**changes), START, choice)
    return store


def people(a: Behaviour | None, b: Behaviour | None, *steps: Step) -> object:
    return compile_legs(SHAPES["b-after-a"], {"a": a, "b": b}, steps)


def mine(rank: str) -> Story:
    match = EVERYBODY if rank in ("match", "bundled") else None
    return Story("mine", legs={"b": MACHINE}, match=match, bundled=rank == "bundled")


def ranked(world: World, rank: str) -> Store:
    """A call on which the story plays at this rank."""
    others = (Story("usual", legs={"a": ANSWERED}), mine(rank))
    store = telling(world, *(others[::-1] if rank == "default" else others))
    activated = Choice(activations=(Activation("a1", "mine", EVERYBODY, None),))
    choices = {"header": Choice(("mine",)), "activation": activated}
    return placed(store, choices.get(rank, NOBODY))


@pytest.mark.parametrize(
    ("rank", "b"),
    [
        ("header", MACHINE),
        ("activation", MACHINE),
        ("match", MACHINE),
        ("bundled", BUSY),
        ("default", BUSY),
    ],
)
def test_place_a_number_of_the_plan_yields_to_a_strong_story_only(
    world: World, rank: str, b: Behaviour
) -> None:
    store = ranked(world, rank)
    assert (store.stories["c1"].rank, store.scripts["c1"]) == (rank, people(ANSWERED, b))


def test_place_a_strong_story_leaves_other_legs_to_their_numbers(world: World) -> None:
    store = telling(world, Story("mine", legs={"a": MACHINE}))
    placed(store, Choice(("mine",)))
    assert store.scripts["c1"] == people(MACHINE, planned(PLANNED))


def test_place_without_the_number_plan(world: World) -> None:
    stories = world.stories._replace(number_plan=False)
    store = placed(Store(world._replace(stories=stories), START))
    assert store.scripts["c1"] == people(ANSWERED, WORDS["answered"])


HANGUP = Step(NOW, "hangup", "b", {"cause": "normal"})
RING_B = Step(NOW, "ring", "b")


@pytest.mark.parametrize(
    ("legs", "steps", "b", "expected"),
    [
        ({}, (HANGUP,), "2", (STAYS, STAYS)),
        ({}, (HANGUP,), PLANNED, (STAYS, BUSY)),
        ({"b": MACHINE}, (HANGUP,), "2", (STAYS, MACHINE)),
        ({"b": MACHINE}, (HANGUP,), PLANNED, (STAYS, BUSY)),
        ({}, (RING_B,), "2", (STAYS, None)),
        ({}, (RING_B,), PLANNED, (STAYS, None)),
        ({"b": MACHINE}, (RING_B,), PLANNED, (STAYS, MACHINE)),
    ],
)
def test_place_steps_leave_to_the_people_what_they_do_not_ring(
    world: World,
    legs: dict[str, Behaviour],
    steps: tuple[Step, ...],
    b: str,
    expected: tuple[Behaviour | None, Behaviour | None],
) -> None:
    store = placed(telling(world, Story("mine", legs=legs, steps=steps)), b=b)
    assert store.scripts["c1"] == people(*expected, *steps)


@pytest.mark.parametrize(
    ("shape", "word", "leg"),
    [
        ("b-after-a", "callee", "b"),
        ("b-after-a", "to", "b"),
        ("b-after-a", "from", "a"),
        ("b-after-a", "b", "b"),
        ("b-after-a", "manager", "manager"),
        ("one-leg", "callee", "a"),
        ("one-leg", "from", "a"),
        ("one-leg", "to", "to"),
    ],
)
def test_place_steps_name_legs_as_behaviours_do(
    world: World, shape: str, word: str, leg: str
) -> None:
    steps = (Step(NOW, "ring", word), Step(NOW, "", once=Once("digits", word)), Step(NOW, ""))
    store = placed(telling(world, Story("mine", steps=steps)), shape=shape)
    assert store.scripts["c1"][-1].steps == (
        Step(NOW, "ring", leg),
        Step(NOW, "", once=Once("digits", leg)),
        Step(NOW, ""),
    )


def test_place_again_asks_the_story_for_its_next_item(world: World) -> None:
    silent, busy = WORDS["no-answer"], WORDS["busy"]
    store = telling(
        world,
        Story("mine", legs={"a": MACHINE}, attempts=("silent", "busy")),
        Story("silent", legs={"b": silent}),
        Story("busy", legs={"b": busy}),
    )
    scripts: list[Script] = []
    click(store)
    while store.calls["c1"].phase != "ended":
        if not scripts or scripts[-1] != store.scripts["c1"]:
            scripts.append(store.scripts["c1"])
        step(store)
    assert scripts == [people(MACHINE, silent), people(MACHINE, busy)]


@pytest.mark.parametrize("seed", ["seed", "other"])
def test_place_draws_by_seed_and_call(world: World, seed: str) -> None:
    among = tuple(Story(name, legs={"b": WORDS[name]}) for name in ("busy", "rejected"))
    mine = Story("mine", choose=((1, "busy"), (1, "rejected")))
    store = telling(world._replace(seed=seed), mine, *among)
    drawn = [choice(("busy", "rejected"), (1, 1), seed, f"c{nth}", "mine") for nth in range(1, 9)]
    assert len(set(drawn)) == 2
    for nth, word in enumerate(drawn, 1):
        click(store)
        assert store.scripts[f"c{nth}"] == people(ANSWERED, WORDS[word])


BEGIN, GONE, OVER = Event(0, "begin"), Event(0, "hangup", "b"), Event(0, "attempt-ended")
DIALLED = dial(0, "b", "agent", "ann")


@pytest.mark.parametrize(
    ("target", "events", "word"),
    [
        (0, (BEGIN, DIALLED), "no-answer"),
        (0, (BEGIN, DIALLED, GONE, DIALLED), "busy"),
        (1, (BEGIN, DIALLED, GONE, DIALLED), "rejected"),
        (0, (BEGIN, DIALLED, GONE, OVER, BEGIN, DIALLED), "no-answer"),
    ],
)
def test_join_as_the_nth_of_its_attempt(target: int, events: tuple[Event, ...], word: str) -> None:
    names = ("no-answer", "busy", "rejected")
    items = tuple(Story(name, legs={"b": WORDS[name]}) for name in names)
    store = opened(shop({}), Story("turns", numbers=names), *items)
    ask(store)
    call, legs = store.calls["c1"], (Leg("a", "caller", "1"), Leg("b", "agent", "ann"))
    start = call._replace(phase="begun", legs=legs, target=target, events=events)
    store.scripts["c1"], store.calls["c1"] = (), start
    join(store, "c1", DIALLED)
    [track] = store.scripts["c1"]
    assert [step.data for step in track.steps] == [{"cause": word}]


def test_place_again_when_a_reload_has_taken_the_items_away(world: World) -> None:
    """What stood in the list is gone: everybody is as usual, and the call comes to its end."""
    silent = Story("silent", legs={"b": WORDS["no-answer"]})
    store = telling(world, Story("mine", attempts=("silent",)), silent)
    click(store)
    store.world = world
    play(store)
    call = store.calls["c1"]
    assert ([one.outcome for one in call.attempts], call.outcome) == (["no-answer"], "completed")
