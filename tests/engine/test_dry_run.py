"""Stories played before anybody relies on them: where they stumble, and on what."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Account, Limits
from mockserver.core.behavior import (
    IMMEDIATELY,
    PRESETS,
    STAY_ON_LINE,
    DurationRange,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.configuration import Configuration
from mockserver.core.provider import (
    NO_EFFECTS,
    BoundProvider,
    Effects,
    Endpoint,
    EndpointResult,
    EventContext,
)
from mockserver.core.rulebook import RequestContext
from mockserver.core.scenario import Scenario
from mockserver.core.script import Condition, Step
from mockserver.engine import dry_run as module
from mockserver.engine.dry_run import dry_run
from tests.support.fake_vendor import BOUND_FAKE_VENDOR, FAKE_VENDOR, build_shop, build_state

PERSON = PRESETS["person"]
OVER = "this step is never reached: the call is over by then"
IN_VAIN = "this step is never reached: what it waits for cannot come"
EARLY = "digits is not possible while leg a is ringing, only while answered"
LATE = OVER
NOWHERE = "there is no operation that this scenario can meet"


def wait(line: int, condition: str, leg: str = "", times: int = 1) -> Step:
    return Step(
        delay=fixed_duration(0),
        event_type="",
        condition=Condition(type=condition, leg=leg, times=times),
        location=f"m.yaml:{line}:1",
    )


def never(line: int, verb: str, leg: str) -> Step:
    """A step for which nobody is waited, because it waits for a leg that is not there."""
    return then(line, verb, leg)._replace(condition=Condition(type="settled", leg="manager"))


def then(line: int, verb: str, leg: str, after: DurationRange | None = None) -> Step:
    data = {"hangup": {"cause": "normal"}, "digits": {"digits": "1"}}.get(verb, {})
    return Step(
        delay=after or fixed_duration(1_000),
        event_type=verb,
        leg=leg,
        data=data,
        location=f"m.yaml:{line}:1",
    )


def stumbles(configuration: Configuration, *steps: Step, **story: Any) -> list[tuple[str, str]]:
    told = Scenario(name="mine", location="m.yaml:1:1", steps=steps, **story)
    named = {**configuration.scenarios.by_name, "mine": told}
    rehearsing = configuration._replace(scenarios=configuration.scenarios._replace(by_name=named))
    return [(one.location, one.reason) for one in dry_run(rehearsing, told)]


def test_rehearsed_without_steps_there_is_nothing_to_play(configuration: Configuration) -> None:
    assert (
        dry_run(configuration, Scenario(name="mine", legs={"a": PERSON}, needs={"provider": "no"}))
        == ()
    )


@pytest.mark.parametrize(
    ("legs", "steps"),
    [
        ({}, (then(2, "hangup", "a"),)),
        ({}, (wait(2, "control"), then(3, "hangup", "a"))),
        ({}, (wait(2, "polled", times=40), then(3, "hangup", "a"))),
        ({}, (wait(2, "polled", times=999), then(3, "hangup", "a"))),
        ({}, (wait(2, "digits", "a"), wait(3, "digits", "a"), then(4, "hangup", "a"))),
        ({}, (wait(2, "speech", "b"), then(3, "hangup", "b"))),
        ({"a": PERSON}, (wait(2, "digits", "a"), then(3, "hangup", "a"))),
        ({"a": PERSON}, (wait(2, "control"), then(3, "digits", "a"))),
        ({}, (then(2, "ring", "a"), wait(3, "control"), then(4, "answer", "a"))),
        ({}, (then(2, "ring", "b", fixed_duration(9_000)), then(3, "answer", "b"))),
        ({"b": PERSON}, (then(2, "ring", "b", fixed_duration(9_000)),)),
        ({}, (then(2, "ring", "callee", fixed_duration(9_000)), then(3, "answer", "callee"))),
        ({}, (then(2, "machine", "to", fixed_duration(9_000)), then(3, "hangup", "from"))),
        ({}, (wait(2, "control"),)),
        (
            {"a": PERSON, "b": PERSON},
            (wait(2, "control"), then(3, "answer", "a"), wait(4, "digits", "b")),
        ),
    ],
)
def test_rehearsed_gives_what_a_call_waits_for(
    configuration: Configuration, legs: Mapping[str, LegBehavior], steps: tuple[Step, ...]
) -> None:
    assert stumbles(configuration, *steps, legs=legs) == []


@pytest.mark.parametrize(
    ("legs", "steps", "found"),
    [
        (
            {},
            (then(2, "answer", "b"), then(3, "hangup", "a", fixed_duration(9_000))),
            [(2, "answer is not possible while leg b is idle, only while ringing")],
        ),
        (
            {},
            (
                then(2, "hangup", "a", fixed_duration(9_000)),
                then(3, "digits", "a"),
                wait(4, "control"),
            ),
            [(3, OVER), (4, OVER)],
        ),
        (
            {"a": PRESETS["answered"]},
            (wait(2, "digits", "a"), then(3, "hangup", "a")),
            [(2, OVER), (3, OVER)],
        ),
        (
            {},
            (wait(2, "digits", "b"), then(3, "ring", "b")),
            [(2, IN_VAIN), (3, IN_VAIN)],
        ),
        (
            {},
            (wait(2, "digits", "manager"), then(3, "hangup", "a")),
            [(2, IN_VAIN), (3, IN_VAIN)],
        ),
        (
            {},
            (then(2, "ring", "manager"), then(3, "hangup", "a", fixed_duration(9_000))),
            [(2, "this call has no leg manager, only a and b")],
        ),
        ({}, (never(2, "play", "a"),), [(2, OVER)]),
        ({}, (never(2, "ring", "a"),), [(2, IN_VAIN)]),
        (
            {"b": STAY_ON_LINE},
            (then(2, "ring", "b"), never(3, "ring", "a")),
            [(3, OVER)],
        ),
        (
            {"a": PERSON},
            (
                *(wait(2, "control"), then(3, "digits", "a", fixed_duration(0))),
                *(then(4, "digits", "a", fixed_duration(0)), then(5, "ring", "manager")),
            ),
            [(5, "this call has no leg manager, only a and b")],
        ),
    ],
)
def test_rehearsed_stumbles_where_the_file_says_so(
    configuration: Configuration,
    legs: Mapping[str, LegBehavior],
    steps: tuple[Step, ...],
    found: list[tuple[int, str]],
) -> None:
    expected = sorted((f"m.yaml:{line}:1", why) for line, why in found)
    assert sorted(stumbles(configuration, *steps, legs=legs)) == expected


@pytest.mark.parametrize(
    ("span", "found"),
    [
        (DurationRange(low=1_999, high=3_000), [("m.yaml:2:1", EARLY)]),
        (DurationRange(low=2_000, high=3_000), []),
        (DurationRange(low=2_000, high=8_999), []),
        (DurationRange(low=2_000, high=9_000), [("m.yaml:2:1", LATE)]),
    ],
)
def test_rehearsed_with_the_shortest_and_the_longest_spans(
    configuration: Configuration, span: DurationRange, found: list[tuple[str, str]]
) -> None:
    """The leg answers at 2 s and hangs up at 9 s; a key pressed before or after is moot."""
    person = {"a": STAY_ON_LINE._replace(hangup=fixed_duration(7_000))}
    assert stumbles(configuration, then(2, "digits", "a", span), legs=person) == found


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ({}, []),
        ({"provider": "mobtexting", "operation": "c2c"}, []),
        ({"leg": "b"}, []),
        ({"leg": "to"}, []),
        ({"provider": "phonon"}, [("m.yaml:1:1", NOWHERE)]),
        ({"leg": "manager"}, [("m.yaml:1:1", NOWHERE)]),
    ],
)
def test_rehearsed_only_where_its_needs_are_met(
    configuration: Configuration, needs: dict[str, str], found: list[tuple[str, str]]
) -> None:
    steps = then(2, "ring", "b", fixed_duration(9_000)), then(3, "answer", "b")
    assert stumbles(configuration, *steps, needs=needs) == found


def test_rehearsed_the_operation_that_suits_best_decides(configuration: Configuration) -> None:
    """A flow has no leg b: only the example with a number can play this."""
    steps = then(2, "ring", "b", fixed_duration(9_000)), then(3, "answer", "b")
    number, flow = configuration.providers["mobtexting"].examples("c2c")
    for examples, many in (((number, flow), 0), ((flow, number), 0), ((flow,), 2), ((), 1)):
        assert len(stumbles(showing(configuration, *examples), *steps)) == many


IDLE = "answer is not possible while leg b is idle, only while ringing"
BRIDGED = "bridge is not possible while the call is bridged"
LACKING = "this call has no leg b, only a"


@pytest.mark.parametrize(
    ("legs", "steps", "found"),
    [
        ({}, (then(2, "answer", "b"),), (2, IDLE)),
        ({}, (then(2, "bridge", "", fixed_duration(9_000)), then(3, "digits", "b")), (2, BRIDGED)),
        (
            {"b": PRESETS["busy"]},
            (then(2, "digits", "b"), then(3, "hangup", "a", fixed_duration(9_000))),
            (2, LACKING),
        ),
    ],
    ids=["a leg that is there", "the call itself", "one stumble before two"],
)
@pytest.mark.parametrize("turned", [False, True])
def test_rehearsed_fewest_stumbles_then_those_on_legs_that_are_there(
    configuration: Configuration,
    legs: Mapping[str, LegBehavior],
    steps: tuple[Step, ...],
    found: tuple[int, str],
    turned: bool,  # noqa: FBT001 - whichever example comes first
) -> None:
    examples = configuration.providers["mobtexting"].examples("c2c")[:2]
    shown = showing(configuration, *(examples[::-1] if turned else examples))
    assert stumbles(shown, *steps, legs=legs) == [(f"m.yaml:{found[0]}:1", found[1])]


def showing(configuration: Configuration, *examples: Mapping[str, Any]) -> Configuration:
    """A world whose document shows just these examples."""
    listing = configuration.providers["mobtexting"]._replace(examples=lambda _: examples)
    return configuration._replace(providers={"mobtexting": listing})


def test_rehearsed_a_stumble_of_both_spans_is_told_once(configuration: Configuration) -> None:
    flow = configuration.providers["mobtexting"].examples("c2c")[1]
    steps = (
        then(2, "ring", "b", DurationRange(low=1_000, high=9_000)),
        then(3, "hangup", "a", fixed_duration(20_000)),
    )
    found = stumbles(showing(configuration, flow), *steps)
    assert found == [("m.yaml:2:1", "this call has no leg b, only a")]


def test_rehearsed_whatever_the_account_allows(configuration: Configuration) -> None:
    """Its own number, hook, limit and balance are no matter of the story."""
    [(key, account)] = configuration.accounts.items()
    poor = account._replace(numbers=frozenset(), webhooks={"x": "http://x/"}, balance=Decimal(0))
    stranger = Account(name="first", provider="other")
    poor = poor._replace(limits=Limits(requests=0, per=1_000))
    made = configuration._replace(accounts={stranger.key: stranger, key: poor})
    assert stumbles(made, then(2, "hangup", "a", fixed_duration(9_000))) == []


def test_rehearsed_by_an_account_that_every_event_finds_open() -> None:
    told = Scenario(
        name="told",
        location="f:1:1",
        steps=(Step(delay=fixed_duration(9_000), event_type="hangup", leg="a", location="f:1:1"),),
    )
    state = build_state(build_shop({"ann": "available"}, "0"), told)
    balances = set()

    def react(moment: EventContext) -> Effects:
        balances.add(moment.account.balance)
        return FAKE_VENDOR.on_event(moment)

    listing = BOUND_FAKE_VENDOR._replace(provider=FAKE_VENDOR._replace(on_event=react))
    assert dry_run(state.configuration._replace(providers={"toy": listing}), told) == ()
    assert balances == {None}


def test_rehearsed_is_given_what_somebody_outside_would_do() -> None:
    awaited = (("control", ""), ("polled", ""), ("digits", "a"), ("speech", "a"))
    waits = tuple(
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(*one), location=f"f:{line}:1")
        for line, one in enumerate(awaited, 2)
    )
    told = Scenario(
        name="told", location="f:1:1", legs={"a": PERSON}, steps=(*waits, never(9, "play", "a"))
    )
    given = []

    def react(moment: EventContext) -> Effects:
        _, verb, leg, data, by, _ = moment.event
        seen = (verb, leg, dict(data), by)
        if seen not in given and verb not in ("begin", "ring", "attempt-ended", "ended"):
            given.append(seen)
        return NO_EFFECTS

    listing = BOUND_FAKE_VENDOR._replace(
        provider=FAKE_VENDOR._replace(on_event=react, resources={})
    )
    state = build_state(build_shop({}), told)
    found = dry_run(state.configuration._replace(providers={"toy": listing}), told)
    assert [(one.location, one.reason) for one in found] == [("m.yaml:9:1", OVER)]
    assert given == [
        ("answer", "a", {}, ""),
        ("continue", "", {}, "control"),
        ("polled", "", {}, ""),
        ("digits", "a", {"digits": "1"}, ""),
        ("speech", "a", {"words": "yes"}, ""),
        ("hangup", "a", {"cause": "normal"}, "control"),
    ]


def test_rehearsed_people_before_what_the_steps_want_where_nobody_is_free() -> None:
    steps = (
        Step(
            delay=IMMEDIATELY, event_type="", condition=Condition(type="control"), location="f:1:1"
        ),
        Step(
            delay=IMMEDIATELY, event_type="digits", leg="a", data={"digits": "2"}, location="f:2:1"
        ),
    )
    told = Scenario(name="told", location="f:1:1", legs={"a": PERSON}, steps=steps)
    patient = BOUND_FAKE_VENDOR._replace(
        provider=FAKE_VENDOR._replace(on_event=lambda _: NO_EFFECTS)
    )
    state = build_state(build_shop({}), told)
    assert dry_run(state.configuration._replace(providers={"toy": patient}), told) == ()


def test_rehearsed_what_is_given_comes_at_its_time_and_not_before(
    configuration: Configuration,
) -> None:
    """Leg b rings and answers at 2 s; leg a hangs up 6 s after that, one second before the step."""
    step = then(2, "hangup", "a", fixed_duration(7_000))._replace(
        condition=Condition(type="answered", leg="b")
    )
    legs = {"a": PRESETS["answered"], "b": PERSON}
    number = configuration.providers["mobtexting"].examples("c2c")[0]
    assert stumbles(showing(configuration, number), step, legs=legs) == [("m.yaml:2:1", OVER)]


@pytest.mark.parametrize(
    ("after", "found"), [(4_999, [("f:2:1", "there is no agent ann")]), (5_000, [])]
)
def test_rehearsed_the_call_comes_as_its_account_s_timeline_starts(
    after: int, found: list[tuple[str, str]]
) -> None:
    """Ann is there from 5 s on."""
    step = Step(
        delay=fixed_duration(after), event_type="offer", data={"agent": "ann"}, location="f:2:1"
    )
    told = Scenario(name="told", location="f:1:1", steps=(step,))
    state = build_state(build_shop({})._replace(timeline=((5_000, {}),)), told)
    made = state.configuration._replace(
        parse_account=lambda *_: (build_shop({"ann": "available"}), ())
    )
    assert [(one.location, one.reason) for one in dry_run(made, told)] == found


def test_rehearsed_without_any_account_it_meets_nothing(configuration: Configuration) -> None:
    made = configuration._replace(accounts={})
    assert stumbles(made, then(2, "hangup", "a")) == [("m.yaml:1:1", NOWHERE)]


def refusing(listing: BoundProvider) -> BoundProvider:
    """One whose endpoint places no call."""

    def answer(case: RequestContext) -> EndpointResult:
        return endpoint.respond(case)._replace(effects=NO_EFFECTS)

    endpoint: Endpoint = listing.provider.endpoints[0]
    provider = listing.provider._replace(endpoints=(endpoint._replace(respond=answer),))
    return listing._replace(provider=provider)


def test_rehearsed_an_operation_that_places_no_call_is_not_met(
    configuration: Configuration,
) -> None:
    made = configuration._replace(
        providers={"mobtexting": refusing(configuration.providers["mobtexting"])}
    )
    assert stumbles(made, then(2, "hangup", "a")) == [("m.yaml:1:1", NOWHERE)]


def test_rehearsed_to_no_end_is_broken_off(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_STEPS", 100)
    assert stumbles(configuration, wait(2, "polled", times=10**6)) == [("m.yaml:2:1", IN_VAIN)]
