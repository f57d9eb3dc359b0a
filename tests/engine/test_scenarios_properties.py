"""Whatever stories say: calls end or wait, journals repeat, and every copy arrives once."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import PRESETS, DurationRange, fixed_duration
from mockserver.core.call import Call, DialAttempt, current_attempt
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.script import EXTERNAL_CONDITIONS, Condition, Step
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.serializers import serialize_entry
from tests.support import read
from tests.support.simulation import click_to_call, play_until_idle, state_with_scenarios

NAMES = ("first", "second", "third")
PLAIN = ("answered", "no-answer", "callee-busy")
LEGS = ("a", "b", "callee", "from", "to", "manager")

spans = st.tuples(st.integers(0, 60_000), st.sampled_from((0, 0, 4_000))).map(
    lambda ends: DurationRange(low=ends[0], high=ends[0] + ends[1])
)
legs = st.dictionaries(st.sampled_from(LEGS), st.sampled_from(tuple(PRESETS.values())), max_size=3)
travels = st.builds(
    DeliveryBehavior,
    duplicate=st.integers(1, 3),
    drop=st.sampled_from((0, 0, 1, None)),
    reorder=st.booleans(),
    delay=st.none() | spans,
    corrupt=st.sampled_from(("", "truncate", "garbage")),
)
webhooks = st.dictionaries(st.sampled_from(("any", "completed", "other")), travels, max_size=2)
conditions = st.builds(
    Condition,
    st.sampled_from(EXTERNAL_CONDITIONS),
    st.sampled_from(("", "a", "b")),
    st.integers(1, 2),
)
waits = st.builds(Step, spans, st.just(""), condition=conditions)
deeds = st.builds(
    lambda after, verb, leg, cause: Step(
        delay=after, event_type=verb, leg=leg, data={"cause": cause, "digits": "1"}
    ),
    spans,
    st.sampled_from(("ring", "answer", "hangup", "digits", "machine")),
    st.sampled_from(LEGS),
    st.sampled_from(tuple(CAUSES)),
)


def leading(*further: str) -> st.SearchStrategy[dict[str, Any]]:
    """One of the ways in which a story goes on; only to those further on, so in no circle."""
    names = st.sampled_from((*PLAIN, *further))
    lists = st.lists(names, min_size=1, max_size=3).map(tuple)
    chances = st.lists(st.tuples(st.sampled_from((0.5, 1.0, 60.0)), names), min_size=1, max_size=3)
    return st.one_of(
        st.just({}),
        st.fixed_dictionaries(
            {"steps": st.lists(waits | deeds, min_size=1, max_size=4).map(tuple)}
        ),
        st.fixed_dictionaries({"attempts": lists}),
        st.fixed_dictionaries({"numbers": lists}),
        st.fixed_dictionaries({"choose": chances.map(tuple)}),
        st.fixed_dictionaries({"play": names}),
    )


def story(name: str, *further: str) -> st.SearchStrategy[Scenario]:
    return st.builds(
        lambda people, travelling, lead: Scenario(
            name=name, legs=people, webhooks=travelling, **lead
        ),
        legs,
        webhooks,
        leading(*further),
    )


sets = st.tuples(*(story(name, *NAMES[place + 1 :]) for place, name in enumerate(NAMES)))
numbers = st.sampled_from(("918867136000", "918800010200", "918800030500", "918800070111"))
wishes = st.fixed_dictionaries(
    {"to": numbers | st.just("flow:220")}, optional={"duration": st.just(1)}
)
relaxed = settings(max_examples=150, deadline=None)


def lived(
    configuration: Configuration,
    stories: tuple[Scenario, ...],
    fields: Mapping[str, Any],
    calls: int = 1,
) -> tuple[SandboxState, list[Delivery]]:
    state = state_with_scenarios(configuration, *stories)
    for _ in range(calls):
        click_to_call(state, **fields)
    return state, play_until_idle(state)


def attempts(call: Call) -> tuple[DialAttempt, ...]:
    return (*call.attempts, current_attempt(call))


@given(stories=sets, fields=wishes)
@relaxed
def test_stories_end_or_wait(
    configuration: Configuration, stories: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, _ = lived(configuration, stories, fields)
    over = read.calls(state)["c1"].phase == "ended"
    assert (list(read.pending_items(state)), read.held_deliveries(state), over) == (
        [],
        {},
        "c1" not in read.wait_reasons(state),
    )


@given(stories=sets, fields=wishes)
@relaxed
def test_stories_repeat_themselves(
    configuration: Configuration, stories: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    runs = [lived(configuration, stories, fields, calls=2)[0] for _ in range(2)]
    journals = [
        [serialize_entry(fact, state.configuration) for fact in read.journal(state)]
        for state in runs
    ]
    assert journals[0] == journals[1]


@given(stories=sets, fields=wishes)
@relaxed
def test_stories_deliver_each_copy_that_is_not_lost_once(
    configuration: Configuration, stories: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, sent = lived(configuration, stories, fields, calls=2)
    tries = Counter(one.id for one in sent)
    states = {name: one.state for name, one in read.deliveries(state).items()}
    assert tries == {name: 1 for name, state in states.items() if state != "dropped"}
    assert set(states.values()) <= {"delivered", "dropped"}
    ended = {name for name, call in read.calls(state).items() if call.phase == "ended"}
    assert set(read.delivery_ids_by_call(state)) == ended


@given(stories=sets, fields=wishes)
@relaxed
def test_stories_go_on_in_time(
    configuration: Configuration, stories: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, sent = lived(configuration, stories, fields)
    times = [one.next_attempt_at for one in sent if one.next_attempt_at is not None]
    facts = [fact.at for fact in read.journal(state)]
    assert (times, facts) == (sorted(times), sorted(facts))


@given(stories=sets, fields=wishes)
@relaxed
def test_stories_attempts_follow_one_another(
    configuration: Configuration, stories: tuple[Scenario, ...], fields: Mapping[str, Any]
) -> None:
    state, _ = lived(configuration, stories, fields)
    made = attempts(read.calls(state)["c1"])
    assert [one.redial_index for one in made] == list(range(len(made)))
    ends = [at for one in made for at in (one.started_at, one.ended_at) if at is not None]
    assert ends == sorted(ends)
    assert len(made) <= 3


@given(stories=sets, fields=wishes, statuses=st.lists(st.sampled_from((200, 500)), max_size=6))
@relaxed
def test_stories_and_a_moody_receiver_come_to_an_end(
    configuration: Configuration,
    stories: tuple[Scenario, ...],
    fields: Mapping[str, Any],
    statuses: list[int],
) -> None:
    answers = iter(statuses)
    state = state_with_scenarios(configuration, *stories)
    click_to_call(state, **fields)
    play_until_idle(state, lambda _: DeliveryResult(status=next(answers, 500)))
    judged = {one.state: len(one.attempts) for one in read.deliveries(state).values()}
    assert judged.items() <= {"delivered": 1, "failed": 1, "dropped": 0}.items()


def test_strategies_reach_what_they_are_for(configuration: Configuration) -> None:
    """A choice of a list of attempts: what the properties above are about can happen at all."""
    first = Scenario(
        name="first",
        choose=((1, "second"),),
        webhooks={"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(5))},
    )
    second = Scenario(
        name="second", legs={"a": PRESETS["answered"]}, attempts=("no-answer", "callee-busy")
    )
    state, sent = lived(configuration, (first, second), {"to": "918867136000"})
    outcomes = [one.outcome for one in attempts(read.calls(state)["c1"])]
    assert (outcomes, [one.id for one in sent]) == (["no-answer", "busy"], ["w1", "w2"])
