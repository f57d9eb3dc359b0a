"""A scenario takes a leg by each of its names, on every operation that places a call."""

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

import pytest

from mockserver.config.known_names import collect_known_names
from mockserver.config.scenarios import FileContext, build_scenarios
from mockserver.config.semantic_checks import scenario_problems
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import Ignored, RejectedEvent
from mockserver.core.scenario import Scenario
from mockserver.engine.pipeline import match_request
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.leg_operations import (
    LEG_NAMES,
    LEG_OPERATIONS,
    LegName,
    build_incoming,
    place,
    usual_legs,
)
from tests.support.simulation import START, play_until_idle, state_with_scenarios

REJECTED = {"ring": "3s", "then": "rejected"}


def played_events(configuration: Configuration, key: str, body: Mapping[str, Any]) -> list[Event]:
    """Play a scenario and return the events of the call's first attempt."""
    state = state_with_scenario(configuration, body)
    place(state, key, "mine")
    play_until_idle(state)
    assert ignored_names(state) == []
    events = read.calls(state)["c1"].events
    return list(takewhile(lambda event: event.type != "attempt-ended", events))


def state_with_scenario(configuration: Configuration, body: Mapping[str, Any]) -> SandboxState:
    """Return a state with the scenario `mine`, built as if from a file."""
    names = collect_known_names(configuration.providers)
    assert list(scenario_problems(body, names, ())) == []
    usual = configuration.scenarios.by_name["answered"]
    context = FileContext(bundled=False, vendor_events={})
    built = build_scenarios("mine", body, lambda _: "mine.yaml:1:1", context)
    return state_with_scenarios(configuration, usual, *built)


def ignored_names(state: SandboxState) -> list[str]:
    """Return the legs that a scenario names without effect, in its legs and in its steps."""
    payloads = [entry.payload for entry in read.journal(state)]
    in_steps = [item.leg for item in payloads if isinstance(item, RejectedEvent) and item.location]
    return [item.what for item in payloads if isinstance(item, Ignored)] + in_steps


@pytest.mark.parametrize("container", ["legs", "attempts", "numbers"])
@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_a_behavior_is_that_of_the_leg_by_any_of_its_names(
    configuration: Configuration, named: LegName, container: str
) -> None:
    others = {leg: usual for leg, usual in usual_legs(named.operation).items() if leg != named.leg}
    legs = {**others, named.name: REJECTED}
    body = {container: legs if container == "legs" else [legs]}
    events = played_events(configuration, named.operation, body)
    rejected = {event.leg for event in events if event.data.get("cause") == "rejected"}
    assert rejected == {named.leg}


STEPS: Mapping[str, Mapping[str, str]] = {
    "answer": {"answer": "{name}"},
    "machine": {"machine": "{name}"},
    "hangup": {"hangup": "{name}", "cause": "network-failure"},
    "press": {"press": "7", "leg": "{name}"},
    "say": {"say": "yes", "leg": "{name}"},
    "ring": {"ring": "{name}"},
}
"""Event -> the step that causes it."""


@pytest.mark.parametrize(
    ("named", "event_type"),
    [
        (named, event_type)
        for named in LEG_NAMES
        for event_type in STEPS
        if event_type != "ring" or named.leg in LEG_OPERATIONS[named.operation].dialed
    ],
    ids=str,
)
def test_a_step_moves_the_leg_by_any_of_its_names(
    configuration: Configuration, named: LegName, event_type: str
) -> None:
    legs = {**usual_legs(named.operation)} | (
        {named.leg: "person"} if event_type == "answer" else {}
    )
    step = {word: value.format(name=named.name) for word, value in STEPS[event_type].items()}
    body = {"legs": legs, "steps": [{"after": "12s", **step}]}
    events = played_events(configuration, named.operation, body)
    at = next(event.at for event in events if event.type == "begin") + 12_000
    assert [event.leg for event in events if (event.type, event.at) == (event_type, at)][:1] == [
        named.leg
    ]


ANSWERS: Mapping[str, Mapping[str, object]] = {
    "press": {"press": [{"after": "9s", "digits": "7"}]},
    "say": {"say": [{"after": "9s", "words": "yes"}]},
}
"""Event that a step waits for -> the behavior of the leg that brings it."""


@pytest.mark.parametrize("event_type", ANSWERS)
@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_a_step_waits_for_the_leg_by_any_of_its_names(
    configuration: Configuration, named: LegName, event_type: str
) -> None:
    """In the wait for leg a, an Effebot call is not forwarded: leg a presses another key."""
    others = {} if named.leg == "a" else usual_legs(named.operation)
    legs = {**others, named.leg: {**ANSWERS[event_type], "talk": "60s"}}
    steps = [{"wait": {event_type: named.name}}, {"after": "1s", "hangup": "a"}]
    events = played_events(configuration, named.operation, {"legs": legs, "steps": steps})
    heard = [event.at for event in events if (event.type, event.leg) == (event_type, named.leg)]
    hung_up = [event.at for event in events if event.type == "hangup"]
    assert hung_up[0] == heard[0] + 1_000


def selected_scenario(configuration: Configuration, key: str, body: Mapping[str, Any]) -> str:
    """Place a call and return the scenario that its legs play: `mine` or `answered`."""
    state = state_with_scenario(configuration, {"legs": {"a": "busy"}, **body})
    place(state, key)
    return read.leg_scenarios(state)["c1"].scenario.name


@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_a_scenario_that_needs_a_leg_plays_by_any_of_its_names(
    configuration: Configuration, named: LegName
) -> None:
    body = {"needs": {"leg": named.name}, "match": {"provider": "*"}}
    assert selected_scenario(configuration, named.operation, body) == "mine"


@pytest.mark.parametrize("key", LEG_OPERATIONS)
def test_a_scenario_that_needs_a_leg_plays_on_no_call_without_that_leg(
    configuration: Configuration, key: str
) -> None:
    own = {name for names in LEG_OPERATIONS[key].names.values() for name in names}
    known = collect_known_names(configuration.providers).legs
    bodies = [
        {"needs": {"leg": name}, "match": {"provider": "*"}} for name in known if name not in own
    ]
    assert {selected_scenario(configuration, key, body) for body in bodies} == {"answered"}


@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_a_match_compares_the_number_of_the_leg_by_any_of_its_names(
    configuration: Configuration, named: LegName
) -> None:
    """A leg that is dialed in the course of the call has no number yet."""
    state = SandboxState(configuration, START)
    place(state, named.operation)
    numbers = {leg.name: leg.number for leg in read.calls(state)["c1"].legs}
    globs = (numbers.get(named.leg, "*"), f"{numbers.get(named.leg, '9')}9")
    bodies = [{"match": {named.name: glob}} for glob in globs]
    selected = [selected_scenario(configuration, named.operation, body) for body in bodies]
    assert selected == ["mine", "answered"]


@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_the_header_takes_a_scenario_that_needs_a_leg_by_any_of_its_names(
    configuration: Configuration, named: LegName
) -> None:
    """The header is checked before the call is placed, by what the request would place."""
    operation = LEG_OPERATIONS[named.operation]
    state = SandboxState(configuration, START)
    matched = match_request(state, build_incoming(state, operation), START)
    scenario = Scenario(name="mine", needs={"leg": named.name})
    assert [scenario.missing_requirement(match.context) for match in matched.matches] == [""]
