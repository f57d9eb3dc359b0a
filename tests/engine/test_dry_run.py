"""Dry runs: the steps of a scenario that are rejected or never reached."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Account, Limits
from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    IMMEDIATELY,
    PRESETS,
    DurationRange,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.provider import NO_EFFECTS, Effects, Endpoint, EndpointResult, EventContext
from mockserver.core.rulebook import RequestContext
from mockserver.core.sample import Sample
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.core.script import Condition, Step
from mockserver.engine.dry_run import FINE, dry_run
from mockserver.providers.mobtexting.samples import SAMPLES
from tests.support.builders import STAY_ON_LINE, build_wait_step
from tests.support.fake_vendor import BOUND_FAKE_VENDOR, FAKE_VENDOR, build_shop, build_state

KEY = ("mobtexting", "mobtexting-default")
PERSON = PRESETS["person"]
CALL_ENDED = "this step is never reached: the call is over by then"
NEVER_OCCURS = "this step is never reached: what it waits for cannot come"
TOO_EARLY = "press is not possible while leg a is ringing, only while answered"
TOO_LATE = CALL_ENDED
NO_OPERATION = "there is no operation that this scenario can meet"


def wait_step(line: int, condition: str, leg: str = "", times: int = 1) -> Step:
    return build_wait_step(condition, leg, times, location=f"m.yaml:{line}:1")


def unreachable_step(line: int, event_type: str, leg: str) -> Step:
    """Build a step that never is due: it waits for a leg that the call does not have."""
    return event_step(line, event_type, leg).replace(
        condition=Condition(type="settled", leg="manager")
    )


def event_step(line: int, event_type: str, leg: str, after: DurationRange | None = None) -> Step:
    data = {"hangup": {"cause": "normal"}, "press": {"digits": "1"}}.get(event_type, {})
    return Step(
        delay=after or fixed_duration(1_000),
        event_type=event_type,
        leg=leg,
        data=data,
        location=f"m.yaml:{line}:1",
    )


def dry_run_problems(
    configuration: Configuration, *steps: Step, **fields: Any
) -> list[tuple[str, str]]:
    scenario = Scenario(name="mine", location="m.yaml:1:1", steps=steps, **fields)
    named = {**configuration.scenarios.by_name, "mine": scenario}
    with_scenario = configuration._replace(
        scenarios=configuration.scenarios._replace(by_name=named)
    )
    return [
        (problem.location, problem.reason) for problem in dry_run(with_scenario, scenario).problems
    ]


def test_a_scenario_without_steps_needs_no_dry_run(configuration: Configuration) -> None:
    assert (
        dry_run(configuration, Scenario(name="mine", legs={"a": PERSON}, needs={"provider": "no"}))
        == FINE
    )


@pytest.mark.parametrize(
    ("legs", "steps"),
    [
        ({}, (event_step(2, "hangup", "a"),)),
        ({}, (wait_step(2, "control"), event_step(3, "hangup", "a"))),
        ({}, (wait_step(2, "poll", times=40), event_step(3, "hangup", "a"))),
        ({}, (wait_step(2, "poll", times=999), event_step(3, "hangup", "a"))),
        (
            {},
            (
                wait_step(2, "press", "a"),
                wait_step(3, "press", "a"),
                event_step(4, "hangup", "a"),
            ),
        ),
        ({}, (wait_step(2, "say", "b"), event_step(3, "hangup", "b"))),
        ({"a": PERSON}, (wait_step(2, "press", "a"), event_step(3, "hangup", "a"))),
        ({"a": PERSON}, (wait_step(2, "control"), event_step(3, "press", "a"))),
        ({}, (event_step(2, "ring", "a"), wait_step(3, "control"), event_step(4, "answer", "a"))),
        ({}, (event_step(2, "ring", "b", fixed_duration(9_000)), event_step(3, "answer", "b"))),
        ({"b": PERSON}, (event_step(2, "ring", "b", fixed_duration(9_000)),)),
        (
            {},
            (
                event_step(2, "ring", "callee", fixed_duration(9_000)),
                event_step(3, "answer", "callee"),
            ),
        ),
        (
            {},
            (
                event_step(2, "machine", "to", fixed_duration(9_000)),
                event_step(3, "hangup", "from"),
            ),
        ),
        ({}, (wait_step(2, "control"),)),
        (
            {"a": PERSON, "b": PERSON},
            (wait_step(2, "control"), event_step(3, "answer", "a"), wait_step(4, "press", "b")),
        ),
    ],
)
def test_the_dry_run_sends_the_events_that_a_call_waits_for(
    configuration: Configuration, legs: Mapping[str, LegBehavior], steps: tuple[Step, ...]
) -> None:
    assert dry_run_problems(configuration, *steps, legs=legs) == []


@pytest.mark.parametrize(
    ("legs", "steps", "problems"),
    [
        (
            {},
            (event_step(2, "answer", "b"), event_step(3, "hangup", "a", fixed_duration(9_000))),
            [(2, "answer is not possible while leg b is idle, only while ringing")],
        ),
        (
            {},
            (
                event_step(2, "hangup", "a", fixed_duration(9_000)),
                event_step(3, "press", "a"),
                wait_step(4, "control"),
            ),
            [(3, CALL_ENDED), (4, CALL_ENDED)],
        ),
        (
            {},
            (wait_step(2, "press", "b"), event_step(3, "ring", "b")),
            [(2, NEVER_OCCURS), (3, NEVER_OCCURS)],
        ),
        (
            {},
            (wait_step(2, "press", "manager"), event_step(3, "hangup", "a")),
            [(2, NEVER_OCCURS), (3, NEVER_OCCURS)],
        ),
        (
            {},
            (event_step(2, "ring", "manager"), event_step(3, "hangup", "a", fixed_duration(9_000))),
            [(2, "this call has no leg manager, only a and b")],
        ),
        ({}, (unreachable_step(2, "play", "a"),), [(2, CALL_ENDED)]),
        ({}, (unreachable_step(2, "ring", "a"),), [(2, NEVER_OCCURS)]),
        (
            {"b": STAY_ON_LINE},
            (event_step(2, "ring", "b"), unreachable_step(3, "ring", "a")),
            [(3, CALL_ENDED)],
        ),
        (
            {"a": PERSON},
            (
                *(wait_step(2, "control"), event_step(3, "press", "a", fixed_duration(0))),
                *(
                    event_step(4, "press", "a", fixed_duration(0)),
                    event_step(5, "ring", "manager"),
                ),
            ),
            [(5, "this call has no leg manager, only a and b")],
        ),
    ],
)
def test_the_dry_run_reports_each_rejected_or_unreached_step_with_its_location(
    configuration: Configuration,
    legs: Mapping[str, LegBehavior],
    steps: tuple[Step, ...],
    problems: list[tuple[int, str]],
) -> None:
    expected = sorted((f"m.yaml:{line}:1", reason) for line, reason in problems)
    assert sorted(dry_run_problems(configuration, *steps, legs=legs)) == expected


def test_a_step_that_waits_longer_than_a_leg_talks_is_never_reached(
    configuration: Configuration,
) -> None:
    number, _ = samples_of(configuration)
    steps = wait_step(2, "press", "a"), event_step(3, "hangup", "a")
    legs = {"a": DEFAULT_BEHAVIOR.replace(talk=fixed_duration(6_000))}
    problems = dry_run_problems(with_samples(configuration, number), *steps, legs=legs)
    assert problems == [("m.yaml:2:1", CALL_ENDED), ("m.yaml:3:1", CALL_ENDED)]


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (DurationRange(low=1_999, high=3_000), [("m.yaml:2:1", TOO_EARLY)]),
        (DurationRange(low=2_000, high=3_000), []),
        (DurationRange(low=2_000, high=8_999), []),
        (DurationRange(low=2_000, high=9_000), [("m.yaml:2:1", TOO_LATE)]),
    ],
)
def test_the_dry_run_plays_the_shortest_and_the_longest_durations(
    configuration: Configuration, duration: DurationRange, expected: list[tuple[str, str]]
) -> None:
    """The leg answers at 2 s and hangs up at 9 s; a key before or after is rejected."""
    legs = {"a": STAY_ON_LINE.replace(hangup=fixed_duration(7_000))}
    assert (
        dry_run_problems(configuration, event_step(2, "press", "a", duration), legs=legs)
        == expected
    )


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({}, []),
        ({"provider": "mobtexting", "operation": "c2c"}, []),
        ({"leg": "b"}, []),
        ({"leg": "to"}, []),
        ({"provider": "phonon"}, [("m.yaml:1:1", NO_OPERATION)]),
        ({"leg": "manager"}, [("m.yaml:1:1", NO_OPERATION)]),
    ],
)
def test_the_dry_run_plays_only_operations_that_meet_the_needs(
    configuration: Configuration, needs: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    steps = event_step(2, "ring", "b", fixed_duration(9_000)), event_step(3, "answer", "b")
    assert dry_run_problems(configuration, *steps, needs=needs) == expected


def test_the_request_with_the_fewest_problems_decides(configuration: Configuration) -> None:
    """A call to a flow has no leg b: only the request with a number can play these steps."""
    steps = event_step(2, "ring", "b", fixed_duration(9_000)), event_step(3, "answer", "b")
    number, flow = samples_of(configuration)
    for samples, count in (((number, flow), 0), ((flow, number), 0), ((flow,), 2)):
        assert len(dry_run_problems(with_samples(configuration, *samples), *steps)) == count


IDLE = "answer is not possible while leg b is idle, only while ringing"
BRIDGED = "bridge is not possible while the call is bridged"
MISSING_LEG = "this call has no leg b, only a"


@pytest.mark.parametrize(
    ("legs", "steps", "expected"),
    [
        ({}, (event_step(2, "answer", "b"),), (2, IDLE)),
        (
            {},
            (event_step(2, "bridge", "", fixed_duration(9_000)), event_step(3, "press", "b")),
            (2, BRIDGED),
        ),
        (
            {"b": PRESETS["busy"]},
            (event_step(2, "press", "b"), event_step(3, "hangup", "a", fixed_duration(9_000))),
            (2, MISSING_LEG),
        ),
    ],
    ids=["a leg that is there", "the call itself", "one problem before two"],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_fewest_problems_are_reported_and_then_those_on_existing_legs(
    configuration: Configuration,
    legs: Mapping[str, LegBehavior],
    steps: tuple[Step, ...],
    expected: tuple[int, str],
    is_reversed: bool,  # noqa: FBT001 - whichever request comes first
) -> None:
    samples = samples_of(configuration)
    changed = with_samples(configuration, *(samples[::-1] if is_reversed else samples))
    assert dry_run_problems(changed, *steps, legs=legs) == [
        (f"m.yaml:{expected[0]}:1", expected[1])
    ]


def samples_of(configuration: Configuration) -> tuple[Sample, ...]:
    """Return the samples of a call to a number and of one to a flow."""
    samples = SAMPLES["c2c"](configuration.accounts[KEY], 0)
    assert isinstance(samples, tuple)
    return samples


def with_samples(configuration: Configuration, *samples: Sample) -> Configuration:
    """Return the configuration with these samples only."""
    return with_provider(configuration, samples={"c2c": lambda *_: samples})


def with_provider(configuration: Configuration, **changes: Any) -> Configuration:
    bound = configuration.providers["mobtexting"]
    changed = bound._replace(provider=bound.provider._replace(**changes))
    return configuration._replace(providers={"mobtexting": changed})


def test_a_problem_with_both_durations_is_reported_once(configuration: Configuration) -> None:
    flow = samples_of(configuration)[1]
    steps = (
        event_step(2, "ring", "b", DurationRange(low=1_000, high=9_000)),
        event_step(3, "hangup", "a", fixed_duration(20_000)),
    )
    problems = dry_run_problems(with_samples(configuration, flow), *steps)
    assert problems == [("m.yaml:2:1", "this call has no leg b, only a")]


def test_the_dry_run_ignores_the_limits_the_balance_and_the_webhooks_of_the_account(
    configuration: Configuration,
) -> None:
    [(key, account)] = configuration.accounts.items()
    restricted = account.replace(webhooks={"x": "http://x/"}, balance=Decimal(0))
    other = Account(name="first", provider="other")
    restricted = restricted.replace(limits=Limits(requests=0, per=1_000))
    changed = configuration._replace(accounts={other.key: other, key: restricted})
    assert dry_run_problems(changed, event_step(2, "hangup", "a", fixed_duration(9_000))) == []


def test_every_event_of_a_dry_run_sees_an_account_without_a_balance() -> None:
    scenario = Scenario(
        name="mine",
        location="f:1:1",
        steps=(Step(delay=fixed_duration(9_000), event_type="hangup", leg="a", location="f:1:1"),),
    )
    state = build_state(build_shop({"ann": "available"}, "0"), scenario)
    balances = set()

    def on_event(context: EventContext) -> Effects:
        balances.add(context.account.balance)
        return FAKE_VENDOR.on_event(context)

    bound = BOUND_FAKE_VENDOR._replace(provider=FAKE_VENDOR._replace(on_event=on_event))
    assert dry_run(state.configuration._replace(providers={"toy": bound}), scenario) == FINE
    assert balances == {None}


def test_the_dry_run_sends_one_event_per_wait_reason() -> None:
    reasons = (("control", ""), ("poll", ""), ("press", "a"), ("say", "a"))
    waits = tuple(
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(*reason), location=f"f:{line}:1")
        for line, reason in enumerate(reasons, 2)
    )
    scenario = Scenario(
        name="mine",
        location="f:1:1",
        legs={"a": PERSON},
        steps=(*waits, unreachable_step(9, "play", "a")),
    )
    received: list[tuple[str, str, dict[str, object], str]] = []
    usual_types = ("begin", "ring", "attempt-ended", "ended")

    def on_event(context: EventContext) -> Effects:
        event = context.event
        received_event = (event.type, event.leg, dict(event.data), event.source)
        if received_event not in received and event.type not in usual_types:
            received.append(received_event)
        return NO_EFFECTS

    bound = BOUND_FAKE_VENDOR._replace(
        provider=FAKE_VENDOR._replace(on_event=on_event, resources={})
    )
    state = build_state(build_shop({}), scenario)
    problems = dry_run(state.configuration._replace(providers={"toy": bound}), scenario).problems
    assert [(reason.location, reason.reason) for reason in problems] == [("m.yaml:9:1", CALL_ENDED)]
    assert received == [
        ("answer", "a", {}, ""),
        ("continue", "", {}, "control"),
        ("poll", "", {}, ""),
        ("press", "a", {"digits": "1"}, ""),
        ("say", "a", {"words": "yes"}, ""),
        ("hangup", "a", {"cause": "normal"}, "control"),
    ]


def test_the_dry_run_answers_legs_before_it_sends_what_the_steps_wait_for() -> None:
    steps = (
        Step(
            delay=IMMEDIATELY, event_type="", condition=Condition(type="control"), location="f:1:1"
        ),
        Step(
            delay=IMMEDIATELY, event_type="press", leg="a", data={"digits": "2"}, location="f:2:1"
        ),
    )
    scenario = Scenario(name="mine", location="f:1:1", legs={"a": PERSON}, steps=steps)
    bound = BOUND_FAKE_VENDOR._replace(provider=FAKE_VENDOR._replace(on_event=lambda _: NO_EFFECTS))
    state = build_state(build_shop({}), scenario)
    assert dry_run(state.configuration._replace(providers={"toy": bound}), scenario) == FINE


def test_the_dry_run_sends_its_events_at_the_time_of_the_last_due_item(
    configuration: Configuration,
) -> None:
    """Leg b answers at 2 s; leg a hangs up after 6 s of talk, one second before the step."""
    step = event_step(2, "hangup", "a", fixed_duration(7_000)).replace(
        condition=Condition(type="answered", leg="b")
    )
    legs = {"a": DEFAULT_BEHAVIOR.replace(talk=fixed_duration(6_000)), "b": PERSON}
    number = samples_of(configuration)[0]
    assert dry_run_problems(with_samples(configuration, number), step, legs=legs) == [
        ("m.yaml:2:1", CALL_ENDED)
    ]


@pytest.mark.parametrize(
    ("after", "expected"), [(4_999, [("f:2:1", "there is no agent ann")]), (5_000, [])]
)
def test_the_dry_run_places_its_call_at_the_start_of_the_account_timeline(
    after: int, expected: list[tuple[str, str]]
) -> None:
    """Agent ann exists from 5 s on."""
    step = Step(
        delay=fixed_duration(after), event_type="offer", data={"agent": "ann"}, location="f:2:1"
    )
    scenario = Scenario(name="mine", location="f:1:1", steps=(step,))
    state = build_state(build_shop({}).replace(timeline=((5_000, {}),)), scenario)
    changed = state.configuration._replace(
        parse_account=lambda *_: (build_shop({"ann": "available"}), ())
    )
    assert [
        (problem.location, problem.reason) for problem in dry_run(changed, scenario).problems
    ] == expected


def test_without_an_account_the_scenario_matches_no_operation(configuration: Configuration) -> None:
    changed = configuration._replace(accounts={})
    assert dry_run_problems(changed, event_step(2, "hangup", "a")) == [("m.yaml:1:1", NO_OPERATION)]


def without_calls(bound: BoundProvider) -> BoundProvider:
    """Return the provider with an endpoint that places no call."""

    def respond(context: RequestContext) -> EndpointResult:
        return endpoint.respond(context).replace(effects=NO_EFFECTS)

    endpoint: Endpoint = bound.provider.endpoints[0]
    provider = bound.provider._replace(endpoints=(endpoint._replace(respond=respond),))
    return bound._replace(provider=provider)


def test_an_operation_that_places_no_call_is_not_played(
    configuration: Configuration,
) -> None:
    changed = configuration._replace(
        providers={"mobtexting": without_calls(configuration.providers["mobtexting"])}
    )
    assert dry_run_problems(changed, event_step(2, "hangup", "a")) == [("m.yaml:1:1", NO_OPERATION)]


def test_a_step_that_waits_for_very_many_polls_is_reached(configuration: Configuration) -> None:
    steps = (wait_step(2, "poll", times=10**6), event_step(3, "answer", "b"))
    assert dry_run_problems(configuration, *steps) == [
        ("m.yaml:3:1", "answer is not possible while leg b is answered, only while ringing")
    ]


def test_the_dry_run_ignores_what_a_scenario_says_of_the_api(configuration: Configuration) -> None:
    responses = (ApiBehavior(fault="service-unavailable"), ApiBehavior())
    steps = (event_step(2, "ring", "a"), event_step(3, "answer", "a"), event_step(4, "hangup", "a"))
    assert dry_run_problems(configuration, *steps, responses=responses) == []
