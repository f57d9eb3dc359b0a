"""What an exchange records of its request."""

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import ApiBehavior, MatchContext, MatchRule, Scenario
from mockserver.core.selection import Activation
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
from tests.support import read
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    build_click_to_call,
    click_to_call,
    state_with_scenarios,
)

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
        scenario_names=(),
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
        record_exchange(state, exchange.replace(call_ids=("c7", "c8")))
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
    assert (exchange.fault, exchange.scenario_names) == ("service-unavailable", ("mine",))


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
