"""Outer words hide inner ones on one operation: what is hidden there, and what is reached."""

import pytest

from mockserver.config.registry import load_providers
from mockserver.core.behavior import PRESETS, fixed_duration
from mockserver.core.hidden_words import hidden_words, may_hide, reached_parts
from mockserver.core.playability import PlaySite, find_site
from mockserver.core.resolution import resolve
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.script import Step
from mockserver.core.selection import ScenarioSet

PROVIDERS = {name: bound.provider for name, bound in load_providers().items()}
PHONON = find_site(PROVIDERS["phonon"], "create", "one-leg")
C2C = find_site(PROVIDERS["mobtexting"], "c2c", "b-after-a")
BRIDGE = find_site(PROVIDERS["innocalls"], "bridge", "b-after-a")
DISPATCH = find_site(PROVIDERS["innocalls"], "dispatch", "one-leg")

A = {"a": PRESETS["answered"]}
CALLEE = {"callee": PRESETS["busy"]}
TWICE = DeliveryBehavior(duplicate=2)
ANY, REPORT = {"any": TWICE}, {"report": TWICE}
HANGUP = Step(delay=fixed_duration(9_000), event_type="hangup", leg="a")
DOWN = (ApiBehavior(fault="server-error"),)
WINS = "outer words always win against it on {}"
IS_A = "on create, it is the leg a, which is described too"
MOVED = "the steps of s decide this leg"
ALL = ("api", "legs", "webhooks")

Found = tuple[str, str, str]
BESIDE = (Scenario(name="x", legs=A, attempts=("no-answer", "busy")),)
BESIDE_WEBHOOKS = (
    Scenario(name="x", legs=A, attempts=("busy", "x/attempts/2")),
    Scenario(name="x/attempts/2", legs=CALLEE, webhooks=ANY),
)
INSIDE = (
    Scenario(name="x", attempts=("y",)),
    Scenario(name="y", use="z"),
    Scenario(name="z", legs=A, choose=((1, "rejected"), (0, "busy"))),
)
USED = (Scenario(name="x", legs=A, use="y"), Scenario(name="y", legs=CALLEE))
BY_ITEMS = (
    Scenario(name="x", attempts=("busy", "y"), use="z"),
    Scenario(name="y", legs=A),
    Scenario(name="z", legs=CALLEE),
)
BY_STEPS = (
    Scenario(name="x", attempts=("busy", "y"), use="s"),
    Scenario(name="y", webhooks=ANY),
    Scenario(name="s", steps=(HANGUP,)),
)
FURTHER_IN = (
    Scenario(name="x", attempts=("x/attempts/1",)),
    Scenario(name="x/attempts/1", legs=A, numbers=("busy", "x/attempts/1/numbers/2")),
    Scenario(name="x/attempts/1/numbers/2", legs=CALLEE, webhooks=REPORT),
)
OTHER_LIST = (
    Scenario(name="x", numbers=("busy",), use="y"),
    Scenario(name="y", legs=A, webhooks=ANY, attempts=("busy", "gone")),
)
DRAWN = (
    Scenario(name="x", webhooks=ANY, choose=((0, "busy"), (1, "y"))),
    Scenario(name="y", responses=DOWN, webhooks=REPORT),
)


def hidden(
    scenarios: tuple[Scenario, ...], site: PlaySite, aspects: tuple[str, ...] = ALL
) -> list[Found]:
    by_name = ScenarioSet({each.name: each for each in scenarios}, "x")

    def draw(scenario: Scenario) -> str:
        return next(name for weight, name in scenario.choose if weight)

    words = by_name.words_at(site)
    assert words is by_name.words_at(site)
    return [(*each,) for each in hidden_words(words, scenarios[0], aspects, draw)]


@pytest.mark.parametrize(
    ("scenarios", "site", "expected"),
    [
        (BESIDE, PHONON, [("x", "attempts", WINS.format("create"))]),
        (
            (Scenario(name="x", legs=A, attempts=("busy", "gone"), use="gone"),),
            PHONON,
            [("x", "attempts", WINS.format("create"))],
        ),
        (BESIDE, DISPATCH, [("x", "attempts", WINS.format("dispatch"))]),
        (BESIDE, C2C, []),
        (
            BESIDE_WEBHOOKS,
            PHONON,
            [
                ("x", "attempts.1", WINS.format("create")),
                ("x/attempts/2", "legs.callee", WINS.format("create")),
            ],
        ),
        (BESIDE_WEBHOOKS, C2C, []),
        (INSIDE, PHONON, [("z", "choose", WINS.format("create"))]),
        (INSIDE, BRIDGE, []),
        (USED, PHONON, [("x", "use: y", WINS.format("create"))]),
        (USED, C2C, []),
        (BY_ITEMS, PHONON, [("x", "use: z", WINS.format("create"))]),
        (BY_ITEMS, C2C, []),
        (BY_STEPS, PHONON, [("busy", "legs.callee", MOVED)]),
        (BY_STEPS, C2C, []),
        (
            FURTHER_IN,
            PHONON,
            [
                ("x/attempts/1", "numbers.1", WINS.format("create")),
                ("x/attempts/1/numbers/2", "legs.callee", WINS.format("create")),
            ],
        ),
        (FURTHER_IN, C2C, []),
        (OTHER_LIST, PHONON, []),
        (DRAWN, PHONON, []),
        ((Scenario(name="x", legs={**A, **CALLEE}),), PHONON, [("x", "legs.callee", IS_A)]),
        ((Scenario(name="x", legs={**A, **CALLEE}),), C2C, []),
        ((Scenario(name="x", legs={**A, "agent": PRESETS["busy"]}),), C2C, []),
    ],
)
def test_what_outer_words_hide_on_an_operation_is_found_with_its_place(
    scenarios: tuple[Scenario, ...], site: PlaySite, expected: list[Found]
) -> None:
    assert hidden(scenarios, site) == expected


@pytest.mark.parametrize(
    ("scenarios", "aspects", "places"),
    [
        (BESIDE_WEBHOOKS, ("legs",), ["attempts"]),
        (BESIDE_WEBHOOKS, ("webhooks",), []),
        (DRAWN, ("webhooks",), ["choose"]),
        (BY_STEPS, ("webhooks",), []),
        ((Scenario(name="x", legs={**A, **CALLEE}),), ("webhooks",), []),
    ],
)
def test_only_words_about_the_aspects_of_the_scenario_count(
    scenarios: tuple[Scenario, ...], aspects: tuple[str, ...], places: list[str]
) -> None:
    assert [place for _, place, _ in hidden(scenarios, PHONON, aspects)] == places


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (Scenario(name="x", legs=A), False),
        (Scenario(name="x", legs=CALLEE, webhooks=ANY), False),
        (Scenario(name="x", attempts=("busy", "answered")), False),
        (Scenario(name="x", use="y"), False),
        (Scenario(name="x", use="y", attempts=("busy",)), True),
        (Scenario(name="x", use="y", webhooks=ANY), True),
        (Scenario(name="x", use="y", responses=DOWN), True),
        (Scenario(name="x", use="y", steps=(HANGUP,)), True),
        (Scenario(name="x", legs=A, choose=((1, "busy"),)), True),
        (Scenario(name="x", legs={**A, **CALLEE}), True),
    ],
)
def test_only_words_beside_or_outside_of_others_can_hide_any(
    scenario: Scenario, *, expected: bool
) -> None:
    assert may_hide(scenario) is expected


@pytest.mark.parametrize(
    ("scenarios", "site", "names"),
    [
        (BESIDE, PHONON, ["x"]),
        (BESIDE, C2C, ["x", "no-answer"]),
        (INSIDE, PHONON, ["x", "y", "z"]),
        (INSIDE, C2C, ["x", "y", "z", "rejected"]),
        ((Scenario(name="x", legs=A, use="y"), *INSIDE[1:]), PHONON, ["x"]),
        (BY_STEPS, PHONON, ["x", "s"]),
        (BY_STEPS, C2C, ["x", "busy", "s"]),
        ((Scenario(name="x", use="y"), Scenario(name="y")), C2C, ["x", "y"]),
        ((Scenario(name="x", attempts=("y",), use="y"), USED[1]), C2C, ["x", "y"]),
        ((Scenario(name="x", legs=CALLEE, use="s"), BY_STEPS[2]), PHONON, ["x", "s"]),
    ],
)
def test_a_part_that_is_hidden_whole_is_not_reached(
    scenarios: tuple[Scenario, ...], site: PlaySite, names: list[str]
) -> None:
    scenario_set = ScenarioSet({each.name: each for each in scenarios}, "x")
    parts = resolve(scenario_set, scenarios[0], "seed").parts
    reached = reached_parts(scenario_set.words_at(site), parts)
    assert [part.name for part in reached] == names
