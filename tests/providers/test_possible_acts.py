"""The acts that are said to be possible for a call are exactly those that it accepts."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.possible_acts import LEG_EVENTS, PossibleAct, possible_acts
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import compute_transitions
from tests.support import read
from tests.support.builders import build_wait_step
from tests.support.leg_operations import LEG_OPERATIONS, place
from tests.support.simulation import START, patch_account, run_until
from tests.support.vendors import ccai

KEYS_AND_WORDS = {"digits": "1", "words": "yes"}
SECONDS = (0, 1, 3, 8, 20, 60, 600)
FREE_TEXTS: Mapping[str, str] = {
    "digits": "1", "words": "yes", "caller": "79991234567", "amount": "0.05", "menu": "1",
}  # fmt: skip
OFFLINE = {"agents": {"allen@somedomain.com": {"state": "offline"}}}
NEEDS_CONTEXT = ("branch", "unmatched", "connect", "join", "expire", "lapse")
"""Acts with arguments of which only the mock server itself knows the values."""


def moments(
    configuration: Configuration, key: str, scenario: str
) -> Iterator[tuple[SandboxState, Call, int]]:
    """Yield the state, the call and the time at each of `SECONDS`."""
    state = SandboxState(configuration, START)
    place(state, key, scenario)
    for second in SECONDS:
        run_until(state, START + 1_000 * second)
        yield state, read.calls(state)["c1"], START + 1_000 * second


def is_accepted(state: SandboxState, event: Event) -> bool:
    try:
        compute_transitions(state, "c1", event)
    except IllegalTransition:
        return False
    return True


def examples(act: PossibleAct) -> Iterator[dict[str, str]]:
    """Yield the arguments of an act: each choice, else a text for each argument that takes any."""
    for name, values in act.choices.items():
        yield from ({name: value} for value in values)
    free = {name: FREE_TEXTS.get(name, "1") for name in act.arguments if name not in act.choices}
    if free or not act.choices:
        yield free


@pytest.mark.parametrize("scenario", ["waits-for-a-person", "presses-one", "callee-busy"])
@pytest.mark.parametrize("key", LEG_OPERATIONS)
def test_a_leg_can_do_exactly_what_the_lifecycle_accepts(
    configuration: Configuration, key: str, scenario: str
) -> None:
    for state, call, now in moments(configuration, key, scenario):
        can = {(act.event, act.leg) for act in possible_acts(state, call, now) if act.leg}
        accepted = {
            (name, leg.name)
            for leg in call.legs
            for name in LEG_EVENTS
            if is_accepted(state, Event(at=now, type=name, leg=leg.name, data=KEYS_AND_WORDS))
        }
        assert can == accepted


@pytest.mark.parametrize("scenario", ["waits-for-a-person", "presses-one"])
@pytest.mark.parametrize("key", LEG_OPERATIONS)
def test_each_act_is_accepted_with_each_of_its_choices(
    configuration: Configuration, key: str, scenario: str
) -> None:
    for state, call, now in moments(configuration, key, scenario):
        for act in possible_acts(state, call, now):
            if act.event not in NEEDS_CONTEXT:
                for data in examples(act):
                    assert is_accepted(
                        state, Event(at=now, type=act.event, leg=act.leg, data=data)
                    ), (act, data)


@pytest.mark.parametrize("key", LEG_OPERATIONS)
def test_an_act_of_the_vendor_that_is_left_out_is_refused(
    configuration: Configuration, key: str
) -> None:
    vendor_events = configuration.providers[LEG_OPERATIONS[key].provider].provider.vendor_events
    for state, call, now in moments(configuration, key, "waits-for-a-person"):
        can = {act.event for act in possible_acts(state, call, now)}
        for name in vendor_events.keys() - can:
            assert not is_accepted(state, Event(at=now, type=name)), name


def test_a_transfer_can_go_to_those_who_can_take_it(configuration: Configuration) -> None:
    """One agent has this call, another one is offline."""
    state = SandboxState(configuration, START)
    patch_account(state, ccai.ACCOUNT_KEY, OFFLINE, START)
    place(state, "ccai-inbound", "ccai-stays")
    run_until(state, START + 20_000)
    acts = {act.event: act for act in possible_acts(state, read.calls(state)["c1"], START + 20_000)}
    assert (acts["transfer"].arguments, dict(acts["transfer"].choices)) == (
        ("agent", "menu"),
        {"agent": ("agent@somedomain.com",), "menu": ("9", "10", "11", "12", "50")},
    )
    assert "offer" not in acts


def test_a_call_that_waits_for_control_can_go_on(configuration: Configuration) -> None:
    steps = (build_wait_step("control"),)
    paused = Scenario(name="paused", legs={"a": PRESETS["answered"]}, steps=steps)
    scenarios = ScenarioSet({"paused": paused}, "paused", number_plan=False)
    with_paused = configuration._replace(scenarios=scenarios)
    can_go_on = [
        (
            PossibleAct(event="continue") in possible_acts(state, call, now),
            "control" in {wait.reason for wait in read.progress(state)["c1"].wait_reasons},
        )
        for state, call, now in moments(with_paused, "click-to-call", "paused")
    ]
    assert {*can_go_on} == {(True, True)}


def test_a_call_that_has_not_begun_or_has_ended_has_no_acts_of_legs(
    configuration: Configuration,
) -> None:
    for state, call, now in moments(configuration, "click-to-call", "callee-busy"):
        acts: Any = possible_acts(state, call, now)
        assert bool(acts) == (call.phase in ACTIVE_PHASES)
