"""Whatever people do: a call ends or waits, time goes on, and chance repeats itself."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import DurationRange, LegAction, LegBehavior
from mockserver.core.call import Call, DialAttempt, Event, current_attempt
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario, ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step
from mockserver.web.views.serializers import serialize_entry
from tests.support import read
from tests.support.simulation import START, click_to_call, play_until_idle

MINUTE = 60_000

spans = st.tuples(st.integers(0, MINUTE), st.sampled_from((0, 0, 1, 4_000))).map(
    lambda ends: DurationRange(low=ends[0], high=ends[0] + ends[1])
)
deeds = st.builds(
    LegAction,
    spans,
    st.sampled_from(("digits", "speech")),
    st.just({"digits": "1"}),
)
behaviours = st.builds(
    LegBehavior,
    spans,
    st.sampled_from(("answered", "answered", "machine", "person", *CAUSES)),
    st.lists(deeds, max_size=3).map(tuple),
    st.none() | spans,
    st.none() | spans,
)
pairs = st.fixed_dictionaries({"a": behaviours, "b": behaviours})
wishes = st.fixed_dictionaries(
    {},
    optional={
        "to": st.just("flow:220"),
        "duration": st.sampled_from((1, "2")),
        "attempts": st.sampled_from((0, 1, "2")),
    },
)
relaxed = settings(max_examples=150, deadline=None)


def lived(
    configuration: Configuration, people: Mapping[str, LegBehavior], fields: Mapping[str, Any]
) -> SandboxState:
    story = Scenario(name="mine", legs=people)
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"mine": story}, "mine")), START
    )
    click_to_call(state, **fields)
    play_until_idle(state)
    return state


def attempts(call: Call) -> tuple[DialAttempt, ...]:
    return (*call.attempts, current_attempt(call))


def unfolded(state: SandboxState) -> list[dict[str, object]]:
    return [serialize_entry(fact, state.configuration) for fact in read.journal(state)]


@given(people=pairs, fields=wishes)
@relaxed
def test_play_ends_or_waits(
    configuration: Configuration, people: Mapping[str, LegBehavior], fields: Mapping[str, Any]
) -> None:
    state = lived(configuration, people, fields)
    over = read.calls(state)["c1"].phase == "ended"
    assert (list(read.pending_items(state)), over, len(read.deliveries(state))) == (
        [],
        "c1" not in read.wait_reasons(state),
        int(over),
    )


@given(people=pairs, fields=wishes)
@relaxed
def test_play_goes_on_in_time(
    configuration: Configuration, people: Mapping[str, LegBehavior], fields: Mapping[str, Any]
) -> None:
    state = lived(configuration, people, fields)
    call = read.calls(state)["c1"]
    for times in ([event.at for event in call.events], [fact.at for fact in read.journal(state)]):
        assert times == sorted(times)
    for leg in (leg for one in attempts(call) for leg in one.legs):
        stamps = [at for at in (leg.ringing_at, leg.answered_at, leg.ended_at) if at is not None]
        assert stamps == sorted(stamps)


@given(people=pairs, fields=wishes)
@relaxed
def test_play_keeps_every_event_in_call_and_journal(
    configuration: Configuration, people: Mapping[str, LegBehavior], fields: Mapping[str, Any]
) -> None:
    state = lived(configuration, people, fields)
    told = [fact.payload for fact in read.journal(state) if isinstance(fact.payload, Event)]
    assert tuple(told) == read.calls(state)["c1"].events


@given(people=pairs, fields=wishes)
@relaxed
def test_play_repeats_itself(
    configuration: Configuration, people: Mapping[str, LegBehavior], fields: Mapping[str, Any]
) -> None:
    journals = [unfolded(lived(configuration, people, fields)) for _ in range(2)]
    assert journals[0] == journals[1]


@given(people=pairs, others=st.integers(1, 3))
@relaxed
def test_play_beside_other_calls_changes_nothing(
    configuration: Configuration, people: Mapping[str, LegBehavior], others: int
) -> None:
    """The times of a call are functions of its own name, whatever else goes on."""
    alone = lived(configuration, people, {})
    among = SandboxState(alone.configuration, START)
    for _ in range(others + 1):
        click_to_call(among)
    play_until_idle(among)
    assert read.calls(among)["c1"] == read.calls(alone)["c1"]


@given(people=pairs)
@relaxed
def test_play_has_one_step_of_a_call_due_at_a_time(
    configuration: Configuration, people: Mapping[str, LegBehavior]
) -> None:
    story = Scenario(name="mine", legs=people)
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"mine": story}, "mine")), START
    )
    click_to_call(state)
    while read.peek(state) is not None:
        assert sum(due.kind == "script" for due in read.pending_items(state)) <= 1
        step(state)
