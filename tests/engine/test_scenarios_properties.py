"""Whatever scenarios say, calls end or wait, runs repeat, and deliveries arrive once."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import PRESETS, DurationRange, fixed_duration
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.script import EXTERNAL_CONDITIONS, Condition, Step
from mockserver.core.webhook import Delivery, DeliveryResult, SimulatedAttempt
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.serializers import serialize_entry
from tests.support import read
from tests.support.simulation import (
    all_attempts,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

NAMES = ("first", "second", "third")
PLAIN = ("answered", "no-answer", "callee-busy")
LEGS = ("a", "b", "callee", "from", "to", "manager")

durations = st.tuples(st.integers(0, 60_000), st.sampled_from((0, 0, 4_000))).map(
    lambda ends: DurationRange(low=ends[0], high=ends[0] + ends[1])
)
legs = st.dictionaries(st.sampled_from(LEGS), st.sampled_from(tuple(PRESETS.values())), max_size=3)
simulated_attempts = st.builds(
    SimulatedAttempt, st.sampled_from((200, 404, 500)), st.none(), durations
) | st.builds(SimulatedAttempt, st.none(), st.sampled_from(("timeout", "reset")), durations)
delivery_behaviors = st.builds(
    DeliveryBehavior,
    duplicate=st.integers(1, 3),
    drop=st.sampled_from((0, 0, 1, None)),
    spacing=durations,
    reorder=st.booleans(),
    reorder_calls=st.booleans(),
    delay=st.none() | durations,
    corrupt=st.sampled_from(("", "truncate", "garbage")),
    attempts=st.lists(st.none() | simulated_attempts, max_size=3).map(tuple),
)
webhooks = st.dictionaries(
    st.sampled_from(("any", "completed", "other")), delivery_behaviors, max_size=2
)
conditions = st.builds(
    Condition,
    st.sampled_from(EXTERNAL_CONDITIONS),
    st.sampled_from(("", "a", "b")),
    st.integers(1, 2),
)
wait_steps = st.builds(Step, durations, st.just(""), condition=conditions)
event_steps = st.builds(
    lambda after, event_type, leg, cause: Step(
        delay=after, event_type=event_type, leg=leg, data={"cause": cause, "digits": "1"}
    ),
    durations,
    st.sampled_from(("ring", "answer", "hangup", "press", "machine")),
    st.sampled_from(LEGS),
    st.sampled_from(tuple(CAUSES)),
)


def scenario_fields(*further: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw how a scenario continues; only `further` names follow, so there is no cycle."""
    names = st.sampled_from((*PLAIN, *further))
    lists = st.lists(names, min_size=1, max_size=3).map(tuple)
    weighted = st.lists(st.tuples(st.sampled_from((0.5, 1.0, 60.0)), names), min_size=1, max_size=3)
    return st.one_of(
        st.just({}),
        st.fixed_dictionaries(
            {"steps": st.lists(wait_steps | event_steps, min_size=1, max_size=4).map(tuple)}
        ),
        st.fixed_dictionaries({"attempts": lists}),
        st.fixed_dictionaries({"numbers": lists}),
        st.fixed_dictionaries({"choose": weighted.map(tuple)}),
        st.fixed_dictionaries({"use": names}),
    )


def scenario_strategy(name: str, *further: str) -> st.SearchStrategy[Scenario]:
    return st.builds(
        lambda leg_behaviors, deliveries, further_fields: Scenario(
            name=name, legs=leg_behaviors, webhooks=deliveries, **further_fields
        ),
        legs,
        webhooks,
        scenario_fields(*further),
    )


scenario_sets = st.tuples(
    *(scenario_strategy(name, *NAMES[index + 1 :]) for index, name in enumerate(NAMES))
)
numbers = st.sampled_from(("918867136000", "918800010200", "918800030500", "918800070111"))
request_fields = st.fixed_dictionaries(
    {"to": numbers | st.just("flow:220")}, optional={"duration": st.just(1)}
)
relaxed = settings(max_examples=150, deadline=None)


def run_calls(
    configuration: Configuration,
    scenarios: tuple[Scenario, ...],
    fields: Mapping[str, Any],
    calls: int = 1,
) -> tuple[SandboxState, list[Delivery]]:
    state = state_with_scenarios(configuration, *scenarios)
    for _ in range(calls):
        click_to_call(state, **fields)
    return state, play_until_idle(state)


@given(scenarios=scenario_sets, fields=request_fields)
@relaxed
def test_a_call_of_any_scenario_ends_or_waits(
    configuration: Configuration, scenarios: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, _ = run_calls(configuration, scenarios, fields)
    has_ended = read.calls(state)["c1"].phase == "ended"
    assert (list(read.pending_items(state)), read.held_deliveries(state), has_ended) == (
        [],
        {},
        "c1" not in read.wait_reasons(state),
    )


@given(scenarios=scenario_sets, fields=request_fields)
@relaxed
def test_the_same_scenarios_give_the_same_journal(
    configuration: Configuration, scenarios: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    runs = [run_calls(configuration, scenarios, fields, calls=2)[0] for _ in range(2)]
    journals = [
        [serialize_entry(entry, state.configuration) for entry in read.journal(state)]
        for state in runs
    ]
    assert journals[0] == journals[1]


@given(scenarios=scenario_sets, fields=request_fields)
@relaxed
def test_each_delivery_that_is_not_dropped_has_one_attempt_simulated_or_sent(
    configuration: Configuration, scenarios: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, sent = run_calls(configuration, scenarios, fields, calls=2)
    sent_counts = Counter(delivery.id for delivery in sent)
    kept = {name: each for name, each in read.deliveries(state).items() if each.state != "dropped"}
    assert {name: len(delivery.attempts) for name, delivery in kept.items()} == dict.fromkeys(
        kept, 1
    )
    assert sent_counts == {
        name: 1
        for name, delivery in kept.items()
        if not any(attempt.result.simulated for attempt in delivery.attempts)
    }
    assert {delivery.state for delivery in kept.values()} <= {"delivered", "failed"}
    ended = {name for name, call in read.calls(state).items() if call.phase == "ended"}
    assert set(read.delivery_ids_by_call(state)) == ended


@given(scenarios=scenario_sets, fields=request_fields)
@relaxed
def test_deliveries_and_journal_entries_are_in_order_of_time(
    configuration: Configuration, scenarios: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, sent = run_calls(configuration, scenarios, fields)
    times = [delivery.next_attempt_at for delivery in sent if delivery.next_attempt_at is not None]
    entry_times = [entry.at for entry in read.journal(state)]
    assert (times, entry_times) == (sorted(times), sorted(entry_times))


@given(scenarios=scenario_sets, fields=request_fields)
@relaxed
def test_the_attempts_of_a_call_follow_one_another(
    configuration: Configuration, scenarios: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, _ = run_calls(configuration, scenarios, fields)
    attempts = all_attempts(read.calls(state)["c1"])
    assert [attempt.redial_index for attempt in attempts] == list(range(len(attempts)))
    times = [
        at
        for attempt in attempts
        for at in (attempt.started_at, attempt.ended_at)
        if at is not None
    ]
    assert times == sorted(times)
    assert len(attempts) <= 3


@given(
    scenarios=scenario_sets,
    fields=request_fields,
    statuses=st.lists(st.sampled_from((200, 500)), max_size=6),
)
@relaxed
def test_deliveries_end_whatever_the_receiver_responds(
    configuration: Configuration,
    scenarios: tuple[Scenario, ...],
    fields: Mapping[str, Any],
    statuses: list[int],
) -> None:
    coming = iter(statuses)
    state = state_with_scenarios(configuration, *scenarios)
    click_to_call(state, **fields)
    play_until_idle(state, lambda _: DeliveryResult(status=next(coming, 500)))
    results = {
        delivery.state: len(delivery.attempts) for delivery in read.deliveries(state).values()
    }
    assert results.items() <= {"delivered": 1, "failed": 1, "dropped": 0}.items()


def test_a_choice_can_lead_to_a_list_of_attempts_and_duplicate_webhooks(
    configuration: Configuration,
) -> None:
    """The strategies of the properties above can draw these scenarios."""
    first = Scenario(
        name="first",
        choose=((1, "second"),),
        webhooks={"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(5))},
    )
    second = Scenario(
        name="second", legs={"a": PRESETS["answered"]}, attempts=("no-answer", "callee-busy")
    )
    state, sent = run_calls(configuration, (first, second), {"to": "918867136000"})
    outcomes = [attempt.outcome for attempt in all_attempts(read.calls(state)["c1"])]
    assert (outcomes, [delivery.id for delivery in sent]) == (["no-answer", "busy"], ["w1", "w2"])
