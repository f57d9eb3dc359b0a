"""What of a scenario a call of the CCAI Platform has not reached, and what overtook it."""

from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS, LegAction, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.overtaken_words import overtaken_words
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_until
from tests.support.vendors.ccai import ALL_OFFLINE, patch_account, request

PRESS = LegAction(delay=fixed_duration(0), event_type="press", data={"digits": "1"})
SLOW = DEFAULT_BEHAVIOR.replace(ring=fixed_duration(20_000), actions=(PRESS,))
SHORT = DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(60_000))
IGNORES = Scenario(name="ignores", legs={"b": PRESETS["no-answer"]})
SLOWLY = Scenario(name="slowly", legs={"b": SLOW})


def start(configuration: Configuration, *scenarios: Scenario) -> SandboxState:
    named = {each.name: each for each in (Scenario(name="usual"), IGNORES, SLOWLY, *scenarios)}
    state = SandboxState(configuration._replace(scenarios=ScenarioSet(named, "usual")), START)
    request(state, "create-inbound", "mine")
    return state


def overtaken(state: SandboxState) -> list[tuple[int, str, str, str, str, int]]:
    words = overtaken_words(state, read.calls(state)["c1"])
    return [(*word[:-1], word.at - START) for word in words]


def test_agents_to_whom_a_call_was_not_offered_are_listed(configuration: Configuration) -> None:
    """The second agent answers after 20 s; the caller has hung up by then."""
    mine = Scenario(
        name="mine",
        legs={"a": SHORT.replace(hangup=fixed_duration(40_000))},
        numbers=("ignores", "slowly", "ignores", "ignores"),
    )
    state = start(configuration, mine)
    play_until_idle(state)
    reason, ended = "leg a hung up (normal)", "the call ended (no-answer) in attempt 1"
    assert overtaken(state) == [
        (1, "b", "slowly", "legs.b.answer", reason, 42_000),
        (1, "b", "slowly", "legs.b.press: 1", reason, 42_000),
        (1, "", "mine", "numbers.3", ended, 42_000),
        (1, "", "mine", "numbers.4", ended, 42_000),
    ]


def test_an_agent_whom_somebody_else_hangs_up_is_listed_while_the_call_goes_on(
    configuration: Configuration,
) -> None:
    state = start(configuration, Scenario(name="mine", legs={"a": SHORT, "b": SLOW}))
    run_until(state, START + 5_000)
    patch_account(state, ALL_OFFLINE, START + 5_000)
    hangup = Event(at=START + 5_000, type="hangup", leg="b", data={"cause": "rejected"})
    apply_event(state, "c1", hangup)
    assert read.calls(state)["c1"].phase == "begun"
    assert [word[1:5] for word in overtaken(state)][:1] == [
        ("b", "mine", "legs.b.answer", "leg b hung up (rejected)")
    ]
