"""A webhook that is sent once more, and what is kept of each request for whoever asks why."""

from collections.abc import Callable

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.selection import Activation
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import (
    NO_STATUS,
    apply_scenario,
    build_match_contexts,
    build_unknown_path_exchange,
    handle,
    record_exchange,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step
from mockserver.engine.webhooks import redeliver
from tests.support import read
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    change_account,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

REFUSED = DeliveryResult(status=None, error="refused-target")
RETRY = Retry(waits=(60_000, 300_000))


def receiver(*answers: int | DeliveryResult) -> Callable[[Delivery], DeliveryResult]:
    """Answers one after another, by status or as they are."""
    coming = iter(answers)

    def receive(_: Delivery) -> DeliveryResult:
        answer = next(coming)
        return DeliveryResult(status=answer) if isinstance(answer, int) else answer

    return receive


def over(state: SandboxState, *stories: str) -> None:
    """A call that is over at once, so that its webhook is due at the start."""
    click_to_call(state, *stories)
    step(state)
    step(state)
    apply_event(state, "c1", Event(at=START, type="hangup", leg="a", data={"cause": "busy"}))


def tries(state: SandboxState, name: str = "w1") -> list[tuple[int, int, int | str | None]]:
    return [
        (one.number, one.at - START, one.result.status or one.result.error)
        for one in read.deliveries(state)[name].attempts
    ]


# --- once more -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retry", "first", "then", "made", "delivery_state"),
    [
        (None, (200,), (200,), [(1, 0, 200), (2, 500_000, 200)], "delivered"),
        (None, (200,), (500,), [(1, 0, 200), (2, 500_000, 500)], "failed"),
        (None, (500,), (200,), [(1, 0, 500), (2, 500_000, 200)], "delivered"),
        (None, (REFUSED,), (200,), [(1, 0, "refused-target"), (2, 500_000, 200)], "delivered"),
        (None, (200,), (REFUSED,), [(1, 0, 200), (2, 500_000, "refused-target")], "refused"),
        (
            RETRY,
            (500, 500, 500),
            (500,),
            [(1, 0, 500), (2, 60_000, 500), (3, 360_000, 500), (4, 500_000, 500)],
            "failed",
        ),
        (
            RETRY,
            (500, 200),
            (500,),
            [(1, 0, 500), (2, 60_000, 200), (3, 500_000, 500)],
            "failed",
        ),
        (
            RETRY,
            (200,),
            (500, 200),
            [(1, 0, 200), (2, 500_000, 500), (3, 800_000, 200)],
            "delivered",
        ),
    ],
)
def test_again(  # noqa: PLR0913, PLR0917 - the columns of the table
    state: SandboxState,
    retry: Retry | None,
    first: tuple[int | DeliveryResult, ...],
    then: tuple[int | DeliveryResult, ...],
    made: list[tuple[int, int, int | str]],
    delivery_state: str,
) -> None:
    change_account(state, retry=retry)
    over(state)
    play_until_idle(state, receiver(*first))
    redeliver(state, "w1", START + 500_000)
    waiting = read.deliveries(state)["w1"]
    assert (waiting.state, waiting.next_attempt_at) == ("pending", START + 500_000)
    play_until_idle(state, receiver(*then))
    assert (tries(state), read.deliveries(state)["w1"].state) == (made, delivery_state)
    assert read.deliveries(state)["w1"].next_attempt_at is None


def test_again_sends_the_very_same_thing(state: SandboxState) -> None:
    over(state)
    first = play_until_idle(state)
    redeliver(state, "w1", START + 1)
    second = play_until_idle(state)
    assert [one.webhook for one in first] == [one.webhook for one in second]
    assert (list(read.deliveries(state)), read.delivery_ids_by_call(state)["c1"]) == (
        ["w1"],
        ["w1"],
    )


def test_again_as_often_as_one_likes(state: SandboxState) -> None:
    over(state)
    play_until_idle(state, receiver(500))
    for count in (1, 2, 3):
        redeliver(state, "w1", START + count)
        play_until_idle(state, receiver(500))
    assert tries(state) == [(1, 0, 500), (2, 1, 500), (3, 2, 500), (4, 3, 500)]


def test_again_what_a_story_has_dropped(configuration: Configuration) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", webhooks={"any": DeliveryBehavior(drop=None)})
    )
    over(state)
    assert (play_until_idle(state), read.deliveries(state)["w1"].state) == ([], "dropped")
    redeliver(state, "w1", START + 9)
    assert [one.id for one in play_until_idle(state, receiver(200))] == ["w1"]
    assert (tries(state), read.deliveries(state)["w1"].state) == ([(1, 9, 200)], "delivered")


def test_again_does_not_travel_as_the_story_says(configuration: Configuration) -> None:
    """Neither late nor twice: whoever asks for it wants it now."""
    late = {"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(10_000))}
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=late))
    over(state)
    play_until_idle(state)
    redeliver(state, "w2", START + 20_000)
    play_until_idle(state)
    assert tries(state, "w1") == [(1, 10_000, 200)]
    assert tries(state, "w2") == [(1, 10_000, 200), (2, 20_000, 200)]


def test_again_comes_after_what_is_due_at_the_same_time(state: SandboxState) -> None:
    over(state)
    play_until_idle(state)
    click_to_call(state, now=START + 5)
    redeliver(state, "w1", START + 5)
    assert [due.subject for due in sorted(read.pending_items(state))] == ["c2", "w1"]


# --- a path that nobody has ----------------------------------------------------------------------


def test_lost_is_on_record_once_it_is_remembered(state: SandboxState) -> None:
    asked = Request(method="GET", path="/nowhere", origin="http://mock.test")
    exchange = build_unknown_path_exchange(state, asked, START + 3, "nobody has it")
    assert exchange == Exchange(
        id="r1",
        at=START + 3,
        provider="",
        operation="",
        request=asked,
        response=Response(status=404),
        fault=None,
        explanation="nobody has it",
        scenarios=(),
    )
    assert (read.request_count(state), list(read.exchanges(state)), list(read.journal(state))) == (
        0,
        [],
        [],
    )
    record_exchange(state, exchange)
    assert (read.request_count(state), list(read.exchanges(state))) == (1, [exchange])
    assert list(read.journal(state)) == [
        JournalEntry(at=START + 3, type="request", call_id="", payload=exchange)
    ]
    assert list(read.request_origins(state)) == ["http://mock.test"]


def test_lost_counts_among_the_others(state: SandboxState) -> None:
    names = []
    for _ in range(2):
        names.append(click_to_call(state).id)
        exchange = build_unknown_path_exchange(state, Request(method="GET", path="/"), START, "")
        record_exchange(state, exchange)
        names.append(exchange.id)
    assert names == ["r1", "r2", "r3", "r4"]
    assert [one.id for one in read.exchanges(state)] == names


def test_remember_tells_the_first_call_and_each_origin_once(state: SandboxState) -> None:
    for origin in ("http://a", "http://b", "http://a"):
        made = build_unknown_path_exchange(
            state, Request(method="GET", path="/", origin=origin), START, ""
        )
        record_exchange(state, made._replace(call_ids=("c7", "c8")))
    assert [fact.call_id for fact in read.journal(state)] == ["c7", "c7", "c7"]
    assert list(read.request_origins(state)) == ["http://a", "http://b"]


# --- why it was answered so ----------------------------------------------------------------------


def asked(state: SandboxState, *stories: str, **fields: object) -> IncomingRequest:
    listing = state.configuration.providers["mobtexting"]
    sent = {name: value for name, value in {**CLICK_TO_CALL, **fields}.items() if value is not None}
    headers = {"authorization": "Bearer key", "accept": "application/json"}
    return IncomingRequest(
        bound=listing,
        endpoint=listing.provider.endpoints[0],
        request=Request(method="POST", path="/", headers=headers, fields=sent),
        scenarios=stories,
    )


@pytest.mark.parametrize(
    ("fields", "broken", "violations"),
    [
        ({}, [], []),
        ({"bridge": None}, ["bridge-required"], ["bridge"]),
        ({"bridge": None, "to": None}, ["bridge-required", "to-required"], ["bridge", "to"]),
        (
            {"attempts": 9, "duration": 0},
            ["duration-malformed", "attempts-malformed"],
            ["attempts", "duration"],
        ),
    ],
)
def test_exchange_keeps_every_rule_that_was_broken(
    state: SandboxState, fields: dict[str, object], broken: list[str], violations: list[str]
) -> None:
    exchange = handle(state, asked(state, **fields), START)
    assert [rule.fault.name for rule in exchange.broken_rules] == broken
    assert sorted(one.field for one in exchange.violations) == violations
    assert exchange.fault == (broken[0] if broken else None)


def test_exchange_keeps_the_fault_that_a_story_orders(configuration: Configuration) -> None:
    mine = Scenario(
        name="mine", match=MatchRule(), responses=(ApiBehavior(fault="service-unavailable"),)
    )
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    exchange = handle(state, apply_scenario(state, asked(state, bridge=None)), START)
    assert [rule.fault.name for rule in exchange.broken_rules] == ["service-unavailable"]
    assert (exchange.fault, exchange.scenarios) == ("service-unavailable", ("mine",))


def test_exchange_of_a_connection_that_a_story_breaks(configuration: Configuration) -> None:
    mine = Scenario(name="mine", match=MatchRule(), responses=(ApiBehavior(disconnect="reset"),))
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    exchange = handle(state, apply_scenario(state, asked(state, bridge=None)), START)
    assert (exchange.response.status, exchange.broken_rules, exchange.fault) == (
        NO_STATUS,
        (),
        None,
    )
    assert [one.field for one in exchange.violations] == ["bridge"]


def test_exchange_keeps_how_stories_saw_it(state: SandboxState) -> None:
    wanted = asked(state)
    before = build_match_contexts(state, wanted)
    exchange = handle(state, wanted, START)
    legs = dict.fromkeys(("b", "callee", "to"), str(CLICK_TO_CALL["to"]))
    legs |= dict.fromkeys(("a", "from"), str(CLICK_TO_CALL["from"]))
    seen = MatchContext(
        provider="mobtexting",
        operation="c2c",
        account="mobtexting-default",
        credential="key",
        numbers=legs,
        parameters=wanted.request.fields,
    )
    assert exchange.match_contexts == before == (seen,)


def test_exchange_keeps_what_was_activated_when_it_came(state: SandboxState) -> None:
    once = Activation(id="a1", scenario_name="callee-busy", match=MatchRule(), remaining=1)
    other = Activation(
        id="a2",
        scenario_name="no-answer",
        match=MatchRule(globs={"account": "nobody"}),
        remaining=1,
    )
    always = Activation(id="a3", scenario_name="rejected", match=MatchRule(), remaining=None)
    state.activations = [once, other, always]
    first, second = click_to_call(state), click_to_call(state)
    assert (first.activations, second.activations) == ((once, other, always), (other, always))
    assert [read.leg_scenarios(state)[name].scenario.name for name in ("c1", "c2")] == [
        "callee-busy",
        "rejected",
    ]


def test_exchange_of_a_refused_request_spends_what_it_suited(state: SandboxState) -> None:
    once = Activation(id="a1", scenario_name="callee-busy", match=MatchRule(), remaining=1)
    state.activations = [once]
    assert click_to_call(state, bridge=None).activations == (once,)
    assert read.activations(state) == []
