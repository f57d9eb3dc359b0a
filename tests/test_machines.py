"""A rule machine for each provider, and one for the clock; and that they went everywhere."""

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
EVERYWHERE = {
    *(("idle", "ring"), ("ringing", "answer"), ("ringing", "hangup"), ("answered", "hangup")),
    *(("placed", "begin"), ("begun", "attempt-ended"), ("over", "ended")),
    *("accepted", "refused", "person", "account", "reset with calls alive"),
}
"""What has to happen on each of them; the seeds have to meet all the rest."""


@pytest.mark.parametrize("name", PROVIDERS)
def test_machine_of(configuration: Configuration, name: str) -> None:
    happened: Counter[object] = Counter()
    how = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None)
    run_state_machine_as_test(machine(only_providers(configuration, name), happened), settings=how)
    assert {one for one in EVERYWHERE if not happened[one]} == set()
    assert {one for one in happened if isinstance(one, tuple) and one[0]} <= {
        *LEG_TRANSITIONS,
        *CALL_TRANSITIONS,
    } | {("", "placed")}


class Times(RuleBasedStateMachine):
    """Two worlds in which the same happens: one moves in small steps, one only when it must."""

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

    @rule(story=st.sampled_from(["answered", "callee-busy", "no-answer", "doubled-report"]))
    def call(self, story: str) -> None:
        for driver in (self.steps, self.jumps):
            asyncio.run(driver.advance(self.now))
            click_to_call(driver.state, story, now=driver.clock.now())

    @invariant()
    def time_is_where_it_was_put(self) -> None:
        assert self.steps.clock.now() == self.now
        assert all(
            due.at >= self.now for due in read.pending_items(self.steps.state) if due.at != self.now
        )

    @invariant()
    def facts_are_in_order(self) -> None:
        times = [fact.at for fact in read.journal(self.steps.state)]
        assert all(one <= other for one, other in pairwise(times))

    def teardown(self) -> None:
        for driver in (self.steps, self.jumps):
            asyncio.run(driver.advance(self.now))
        assert serialized_journal(self.jumps.state) == serialized_journal(self.steps.state)
        assert sorted(read.pending_items(self.jumps.state)) == sorted(
            read.pending_items(self.steps.state)
        )


def test_machine_of_the_clock(configuration: Configuration) -> None:
    Times.configuration = only_providers(configuration, "mobtexting")
    how = settings(max_examples=EXAMPLES // 5, stateful_step_count=STEPS, deadline=None)
    run_state_machine_as_test(Times, settings=how)
