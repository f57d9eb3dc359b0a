"""Whatever legs do, a call ends or waits, times ascend, and runs repeat."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import DurationRange, LegAction, LegBehavior
from mockserver.core.call import Event
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from tests.support import read
from tests.support.schedulers import serialized_journal
from tests.support.simulation import START, all_attempts, click_to_call, play_until_idle

MINUTE = 60_000

durations = st.tuples(st.integers(0, MINUTE), st.sampled_from((0, 0, 1, 4_000))).map(
    lambda ends: DurationRange(low=ends[0], high=ends[0] + ends[1])
)
actions = st.builds(
    LegAction,
    durations,
    st.sampled_from(("press", "say")),
    st.just({"digits": "1"}),
)
behaviors = st.builds(
    LegBehavior,
    durations,
    st.sampled_from(("answered", "answered", "machine", "person", *CAUSES)),
    st.lists(actions, max_size=3).map(tuple),
    st.none() | durations,
    st.none() | durations,
)
behavior_pairs = st.fixed_dictionaries({"a": behaviors, "b": behaviors})
request_fields = st.fixed_dictionaries(
    {},
    optional={
        "to": st.just("flow:220"),
        "duration": st.sampled_from((1, "2")),
        "attempts": st.sampled_from((0, 1, "2")),
    },
)
relaxed = settings(max_examples=150, deadline=None)


def run_call(
    configuration: Configuration,
    leg_behaviors: Mapping[str, LegBehavior],
    fields: Mapping[str, Any],
) -> SandboxState:
    scenario = Scenario(name="mine", legs=leg_behaviors)
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"mine": scenario}, "mine")), START
    )
    click_to_call(state, **fields)
    play_until_idle(state)
    return state


@given(leg_behaviors=behavior_pairs, fields=request_fields)
@relaxed
def test_a_call_with_any_leg_behaviors_ends_or_waits(
    configuration: Configuration,
    leg_behaviors: Mapping[str, LegBehavior],
    fields: Mapping[str, Any],
) -> None:
    state = run_call(configuration, leg_behaviors, fields)
    has_ended = read.calls(state)["c1"].phase == "ended"
    assert (list(read.pending_items(state)), has_ended, len(read.deliveries(state))) == (
        [],
        "c1" not in read.wait_reasons(state),
        int(has_ended),
    )


@given(leg_behaviors=behavior_pairs, fields=request_fields)
@relaxed
def test_events_entries_and_leg_times_are_in_order_of_time(
    configuration: Configuration,
    leg_behaviors: Mapping[str, LegBehavior],
    fields: Mapping[str, Any],
) -> None:
    state = run_call(configuration, leg_behaviors, fields)
    call = read.calls(state)["c1"]
    for times in ([event.at for event in call.events], [entry.at for entry in read.journal(state)]):
        assert times == sorted(times)
    for leg in (leg for attempt in all_attempts(call) for leg in attempt.legs):
        stamps = [at for at in (leg.ringing_at, leg.answered_at, leg.ended_at) if at is not None]
        assert stamps == sorted(stamps)


@given(leg_behaviors=behavior_pairs, fields=request_fields)
@relaxed
def test_every_event_is_in_both_the_call_and_the_journal(
    configuration: Configuration,
    leg_behaviors: Mapping[str, LegBehavior],
    fields: Mapping[str, Any],
) -> None:
    state = run_call(configuration, leg_behaviors, fields)
    events = [entry.payload for entry in read.journal(state) if isinstance(entry.payload, Event)]
    assert tuple(events) == read.calls(state)["c1"].events


@given(leg_behaviors=behavior_pairs, fields=request_fields)
@relaxed
def test_the_same_leg_behaviors_give_the_same_journal(
    configuration: Configuration,
    leg_behaviors: Mapping[str, LegBehavior],
    fields: Mapping[str, Any],
) -> None:
    journals = [
        serialized_journal(run_call(configuration, leg_behaviors, fields)) for _ in range(2)
    ]
    assert journals[0] == journals[1]


@given(leg_behaviors=behavior_pairs, others=st.integers(1, 3))
@relaxed
def test_other_calls_do_not_change_a_call(
    configuration: Configuration, leg_behaviors: Mapping[str, LegBehavior], others: int
) -> None:
    """The times of a call depend on its own ID, not on other calls."""
    alone = run_call(configuration, leg_behaviors, {})
    shared = SandboxState(alone.configuration, START)
    for _ in range(others + 1):
        click_to_call(shared)
    play_until_idle(shared)
    assert read.calls(shared)["c1"] == read.calls(alone)["c1"]


@given(leg_behaviors=behavior_pairs)
@relaxed
def test_a_call_has_at_most_one_scheduled_step(
    configuration: Configuration, leg_behaviors: Mapping[str, LegBehavior]
) -> None:
    scenario = Scenario(name="mine", legs=leg_behaviors)
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"mine": scenario}, "mine")), START
    )
    click_to_call(state)
    while read.peek(state) is not None:
        assert sum(due.kind == "script" for due in read.pending_items(state)) <= 1
        run_due_item(state)
