"""Hypothesis rule machines for each provider and for the clock find no violation."""

import asyncio
from collections import Counter
from itertools import pairwise
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mockserver.core.configuration import Configuration
from mockserver.core.lifecycle import CALL_TRANSITIONS, LEG_TRANSITIONS
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from tests.simulation.machine import machine
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.schedulers import serialized_journal
from tests.support.simulation import START, click_to_call, only_providers

EXAMPLES, STEPS = 200, 50
PROVIDERS = ("ccai", "effebot", "innocalls", "mobtexting", "phonon")
ALWAYS_OCCURRING = {
    *(("idle", "ring"), ("ringing", "answer"), ("ringing", "hangup"), ("answered", "hangup")),
    *(("placed", "begin"), ("begun", "attempt-ended"), ("over", "ended")),
    *("accepted", "refused", "leg event", "account", "reset with calls alive"),
}
"""What has to occur with each provider; the simulated seeds have to meet the rest."""


@pytest.mark.parametrize("name", PROVIDERS)
def test_random_actions_leave_the_history_of_a_provider_valid(
    configuration: Configuration, name: str
) -> None:
    occurred: Counter[object] = Counter()
    machine_settings = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None)
    run_state_machine_as_test(
        machine(only_providers(configuration, name), occurred), settings=machine_settings
    )
    assert {occurrence for occurrence in ALWAYS_OCCURRING if not occurred[occurrence]} == set()
    assert {
        occurrence for occurrence in occurred if isinstance(occurrence, tuple) and occurrence[0]
    } <= {
        *LEG_TRANSITIONS,
        *CALL_TRANSITIONS,
    } | {("", "placed")}


class ClockMachine(RuleBasedStateMachine):
    """Two sandboxes with the same calls: one clock moves in small steps, one only when it must."""

    configuration: ClassVar[Configuration]

    def __init__(self) -> None:
        super().__init__()
        self.steps, self.jumps = (
            Scheduler(
                SandboxState(self.configuration, START),
                Clock("manual", START),
                RecordingDispatcher(),
            )
            for _ in "ab"
        )
        self.now = START

    @rule(by=st.one_of(st.integers(0, 5), st.integers(0, 60_000), st.just(2 * 86_400_000)))
    def advance(self, by: int) -> None:
        self.now += by
        asyncio.run(self.steps.advance(self.now))

    @rule(scenario=st.sampled_from(["answered", "callee-busy", "no-answer", "doubled-report"]))
    def call(self, scenario: str) -> None:
        for scheduler in (self.steps, self.jumps):
            asyncio.run(scheduler.advance(self.now))
            click_to_call(scheduler.state, scenario, now=scheduler.clock.now())

    @invariant()
    def clock_is_where_it_was_advanced_to(self) -> None:
        assert self.steps.clock.now() == self.now
        assert all(
            item.at >= self.now
            for item in read.pending_items(self.steps.state)
            if item.at != self.now
        )

    @invariant()
    def journal_entries_are_in_order(self) -> None:
        times = [entry.at for entry in read.journal(self.steps.state)]
        assert all(earlier <= later for earlier, later in pairwise(times))

    def teardown(self) -> None:
        for scheduler in (self.steps, self.jumps):
            asyncio.run(scheduler.advance(self.now))
        assert serialized_journal(self.jumps.state) == serialized_journal(self.steps.state)
        assert sorted(read.pending_items(self.jumps.state)) == sorted(
            read.pending_items(self.steps.state)
        )


def test_small_steps_and_jumps_of_the_clock_give_the_same_journal(
    configuration: Configuration,
) -> None:
    ClockMachine.configuration = only_providers(configuration, "mobtexting")
    machine_settings = settings(
        max_examples=EXAMPLES // 5, stateful_step_count=STEPS, deadline=None
    )
    run_state_machine_as_test(ClockMachine, settings=machine_settings)
