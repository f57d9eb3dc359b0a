"""What the scenarios of a call say of each attempt, and which of them it has reached."""

from mockserver.core.behavior import PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, Scenario
from mockserver.engine.call_scenarios import reached_names, resolve_for_attempt
from mockserver.engine.scenario_selection import spent_activations
from tests.support import read
from tests.support.matches import activate, admit_click_to_call
from tests.support.simulation import click_to_call, play_until_idle, state_with_scenarios

REDIALED = Scenario(name="redialed", attempts=("no-answer", "busy"), use="lost")
LOST = Scenario(name="lost", webhooks={"any": DeliveryBehavior(drop=None)})
BUSY = {"callee": PRESETS["busy"]}


def test_a_call_has_reached_what_its_scenarios_led_to_in_all_its_attempts(
    configuration: Configuration,
) -> None:
    outer = Scenario(name="outer", webhooks={"report": DeliveryBehavior(drop=1)}, use="lost")
    people = Scenario(name="people", attempts=("no-answer", "busy"))
    state = state_with_scenarios(configuration, people, outer, LOST)
    click_to_call(state, "outer")
    names = [reached_names(state, read.calls(state)["c1"])]
    play_until_idle(state)
    names.append(reached_names(state, read.calls(state)["c1"]))
    assert names == [
        ("people", "no-answer", "outer", "lost"),
        ("people", "no-answer", "busy", "outer", "lost"),
    ]


def test_a_call_has_not_reached_what_outer_words_hide_from_it(configuration: Configuration) -> None:
    mine = Scenario(name="mine", legs={"b": PRESETS["answered"]}, use="inner")
    state = state_with_scenarios(configuration, mine, Scenario(name="inner", legs=BUSY))
    click_to_call(state)
    assert reached_names(state, read.calls(state)["c1"]) == ("mine",)


def test_a_call_without_a_scenario_for_its_webhooks_has_reached_those_of_its_legs(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs=BUSY))
    click_to_call(state)
    assert reached_names(state, read.calls(state)["c1"]) == ("mine",)


def test_each_attempt_of_a_call_is_resolved_by_itself(configuration: Configuration) -> None:
    state = state_with_scenarios(configuration, REDIALED, LOST)
    click_to_call(state)
    call = read.calls(state)["c1"]
    items = [
        resolve_for_attempt(state, call, REDIALED, (index, 0)).parts[1].name for index in range(3)
    ]
    assert items == ["no-answer", "busy", "busy"]


def test_a_scenario_that_draws_silence_about_the_api_leaves_it_as_usual(
    configuration: Configuration,
) -> None:
    """No later candidate is asked, and the activation is spent by a call alone."""
    down = Scenario(name="down", responses=(ApiBehavior(fault="server-error"),))
    mine = Scenario(name="mine", choose=((1, "down"), (1, "lost")))
    state = state_with_scenarios(
        configuration, Scenario(name="usual", use="down"), down, mine, LOST
    )
    activate(state, "mine")
    admitted = [admit_click_to_call(state) for _ in range(8)]
    assert {matched.api.fault for matched in admitted} == {"server-error", ""}
    assert [bool(spent_activations(matched, ())) for matched in admitted] == [
        bool(matched.api.fault) for matched in admitted
    ]
