"""Redelivery of webhooks, and what an exchange records of its request."""

from collections.abc import Callable

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import fixed_duration
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
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import (
    NO_STATUS,
    apply_scenario,
    build_match_contexts,
    build_unknown_path_exchange,
    handle,
    record_exchange,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import redeliver
from tests.support import read
from tests.support.deliveries import attempt_results, end_call_at_once
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    build_click_to_call,
    change_account,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

REFUSED = DeliveryResult(status=None, error="refused-target")
RETRY = Retry(waits=(60_000, 300_000))


def respond_in_turn(*responses: int | DeliveryResult) -> Callable[[Delivery], DeliveryResult]:
    """Respond with these results in order; a number is the status of a result."""
    results = iter(responses)

    def receive(_: Delivery) -> DeliveryResult:
        result = next(results)
        return DeliveryResult(status=result) if isinstance(result, int) else result

    return receive


# --- redelivery ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retry", "first", "later", "attempts", "delivery_state"),
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
def test_a_redelivered_webhook_is_sent_once_more_and_retried_with_the_waits_left(  # noqa: PLR0913, PLR0917 - the columns of the table
    state: SandboxState,
    retry: Retry | None,
    first: tuple[int | DeliveryResult, ...],
    later: tuple[int | DeliveryResult, ...],
    attempts: list[tuple[int, int, int | str]],
    delivery_state: str,
) -> None:
    change_account(state, retry=retry)
    end_call_at_once(state)
    play_until_idle(state, respond_in_turn(*first))
    redeliver(state, "w1", START + 500_000)
    waiting = read.deliveries(state)["w1"]
    assert (waiting.state, waiting.next_attempt_at) == ("pending", START + 500_000)
    play_until_idle(state, respond_in_turn(*later))
    assert (attempt_results(state), read.deliveries(state)["w1"].state) == (
        attempts,
        delivery_state,
    )
    assert read.deliveries(state)["w1"].next_attempt_at is None


def test_a_redelivery_sends_the_same_webhook_under_the_same_id(state: SandboxState) -> None:
    end_call_at_once(state)
    first = play_until_idle(state)
    redeliver(state, "w1", START + 1)
    second = play_until_idle(state)
    assert [delivery.webhook for delivery in first] == [delivery.webhook for delivery in second]
    assert (list(read.deliveries(state)), read.delivery_ids_by_call(state)["c1"]) == (
        ["w1"],
        ["w1"],
    )


def test_a_webhook_can_be_redelivered_any_number_of_times(state: SandboxState) -> None:
    end_call_at_once(state)
    play_until_idle(state, respond_in_turn(500))
    for count in (1, 2, 3):
        redeliver(state, "w1", START + count)
        play_until_idle(state, respond_in_turn(500))
    assert attempt_results(state) == [(1, 0, 500), (2, 1, 500), (3, 2, 500), (4, 3, 500)]


def test_a_dropped_webhook_can_be_redelivered(configuration: Configuration) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", webhooks={"any": DeliveryBehavior(drop=None)})
    )
    end_call_at_once(state)
    assert (play_until_idle(state), read.deliveries(state)["w1"].state) == ([], "dropped")
    redeliver(state, "w1", START + 9)
    assert [delivery.id for delivery in play_until_idle(state, respond_in_turn(200))] == ["w1"]
    assert (attempt_results(state), read.deliveries(state)["w1"].state) == (
        [(1, 9, 200)],
        "delivered",
    )


def test_a_redelivery_ignores_the_delivery_behavior_of_the_scenario(
    configuration: Configuration,
) -> None:
    """It is sent once and without the delay of the scenario."""
    late = {"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(10_000))}
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=late))
    end_call_at_once(state)
    play_until_idle(state)
    redeliver(state, "w2", START + 20_000)
    play_until_idle(state)
    assert attempt_results(state, "w1") == [(1, 10_000, 200)]
    assert attempt_results(state, "w2") == [(1, 10_000, 200), (2, 20_000, 200)]


def test_a_redelivery_comes_after_items_due_at_the_same_time(state: SandboxState) -> None:
    end_call_at_once(state)
    play_until_idle(state)
    click_to_call(state, now=START + 5)
    redeliver(state, "w1", START + 5)
    assert [due.subject for due in sorted(read.pending_items(state))] == ["c2", "w1"]


# --- requests to unknown paths -------------------------------------------------------------------


def test_a_request_to_an_unknown_path_is_on_record_once_it_is_recorded(state: SandboxState) -> None:
    request = Request(method="GET", path="/nowhere", origin="http://mock.test")
    exchange = build_unknown_path_exchange(state, request, START + 3, "nobody has it")
    assert exchange == Exchange(
        id="r1",
        at=START + 3,
        provider="",
        operation="",
        request=request,
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


def test_requests_to_unknown_paths_share_the_ids_of_other_requests(state: SandboxState) -> None:
    ids = []
    for _ in range(2):
        ids.append(click_to_call(state).id)
        exchange = build_unknown_path_exchange(state, Request(method="GET", path="/"), START, "")
        record_exchange(state, exchange)
        ids.append(exchange.id)
    assert ids == ["r1", "r2", "r3", "r4"]
    assert [exchange.id for exchange in read.exchanges(state)] == ids


def test_a_recorded_exchange_names_its_first_call_and_each_origin_is_kept_once(
    state: SandboxState,
) -> None:
    for origin in ("http://a", "http://b", "http://a"):
        exchange = build_unknown_path_exchange(
            state, Request(method="GET", path="/", origin=origin), START, ""
        )
        record_exchange(state, exchange._replace(call_ids=("c7", "c8")))
    assert [entry.call_id for entry in read.journal(state)] == ["c7", "c7", "c7"]
    assert list(read.request_origins(state)) == ["http://a", "http://b"]


# --- the exchange of a request -------------------------------------------------------------------


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
def test_an_exchange_has_every_broken_rule_of_the_request(
    state: SandboxState, fields: dict[str, object], broken: list[str], violations: list[str]
) -> None:
    exchange = handle(state, build_click_to_call(state, **fields), START)
    assert [rule.fault.name for rule in exchange.broken_rules] == broken
    assert sorted(violation.field for violation in exchange.violations) == violations
    assert exchange.fault == (broken[0] if broken else None)


def test_an_exchange_has_the_fault_that_a_scenario_orders(configuration: Configuration) -> None:
    mine = Scenario(
        name="mine", match=MatchRule(), responses=(ApiBehavior(fault="service-unavailable"),)
    )
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    exchange = handle(state, apply_scenario(state, build_click_to_call(state, bridge=None)), START)
    assert [rule.fault.name for rule in exchange.broken_rules] == ["service-unavailable"]
    assert (exchange.fault, exchange.scenarios) == ("service-unavailable", ("mine",))


def test_the_exchange_of_a_disconnect_has_violations_but_no_broken_rules(
    configuration: Configuration,
) -> None:
    mine = Scenario(name="mine", match=MatchRule(), responses=(ApiBehavior(disconnect="reset"),))
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    exchange = handle(state, apply_scenario(state, build_click_to_call(state, bridge=None)), START)
    assert (exchange.response.status, exchange.broken_rules, exchange.fault) == (
        NO_STATUS,
        (),
        None,
    )
    assert [violation.field for violation in exchange.violations] == ["bridge"]


def test_an_exchange_has_the_match_contexts_of_the_request(state: SandboxState) -> None:
    incoming = build_click_to_call(state)
    contexts = build_match_contexts(state, incoming)
    exchange = handle(state, incoming, START)
    numbers = dict.fromkeys(("b", "callee", "to"), str(CLICK_TO_CALL["to"]))
    numbers |= dict.fromkeys(("a", "from"), str(CLICK_TO_CALL["from"]))
    expected = MatchContext(
        provider="mobtexting",
        operation="c2c",
        account="mobtexting-default",
        credential="key",
        numbers=numbers,
        parameters=incoming.request.fields,
    )
    assert exchange.match_contexts == contexts == (expected,)


def test_an_exchange_has_the_activations_at_the_arrival_of_the_request(state: SandboxState) -> None:
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


def test_a_refused_request_uses_up_the_activations_that_it_matches(state: SandboxState) -> None:
    once = Activation(id="a1", scenario_name="callee-busy", match=MatchRule(), remaining=1)
    state.activations = [once]
    assert click_to_call(state, bridge=None).activations == (once,)
    assert read.activations(state) == []
