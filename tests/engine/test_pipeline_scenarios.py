"""Scenarios in the pipeline: API behavior, match contexts and rate limits."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.account import Limits
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import NO_EFFECTS, no_called_numbers
from mockserver.core.rulebook import Evidence, Fault, Rule
from mockserver.core.scenario import ApiBehavior, MatchContext, MatchRule, Scenario
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import (
    NO_STATUS,
    apply_scenario,
    build_context,
    build_match_contexts,
    handle,
    respond,
)
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    build_click_to_call,
    change_account,
    click_to_call,
    state_with_scenarios,
)

MATCH_ALL = MatchRule()
USUAL = Scenario(name="usual")
NUMBERS = {"a": CLICK_TO_CALL["from"], "b": CLICK_TO_CALL["to"], "callee": CLICK_TO_CALL["to"]}


def state_with_responses(
    configuration: Configuration, *responses: ApiBehavior, match: MatchRule | None = MATCH_ALL
) -> SandboxState:
    return state_with_scenarios(
        configuration, USUAL, Scenario(name="mine", match=match, responses=responses)
    )


def respond_with_scenario(
    state: SandboxState, incoming: IncomingRequest, now: int = START
) -> Exchange:
    return handle(state, apply_scenario(state, incoming), now)


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        ({}, {**NUMBERS, "from": CLICK_TO_CALL["from"], "to": CLICK_TO_CALL["to"]}),
        (
            {"to": 918867136000},
            {**NUMBERS, "from": CLICK_TO_CALL["from"], "to": CLICK_TO_CALL["to"]},
        ),
        (
            {"to": "flow:220"},
            {
                "a": CLICK_TO_CALL["from"],
                "callee": CLICK_TO_CALL["from"],
                "from": CLICK_TO_CALL["from"],
            },
        ),
        (
            {"to": "", "from": "x"},
            {"a": "x", "b": "", "callee": "", "from": "x", "to": ""},
        ),
    ],
)
def test_a_click_to_call_has_one_match_context_with_its_numbers(
    state: SandboxState, fields: dict[str, Any], numbers: Mapping[str, str]
) -> None:
    incoming = build_click_to_call(state, **fields)
    account = "mobtexting-default"
    assert build_match_contexts(state, incoming) == (
        MatchContext(
            provider="mobtexting",
            operation="c2c",
            account=account,
            credential="key",
            numbers=numbers,
            parameters=incoming.request.fields,
        ),
    )


def test_a_request_that_calls_no_numbers_has_a_match_context_without_numbers(
    state: SandboxState,
) -> None:
    incoming = build_click_to_call(state)
    read.accounts(state).clear()
    without_numbers = incoming.replace(
        endpoint=incoming.endpoint._replace(called_numbers=no_called_numbers)
    )
    fields = incoming.request.fields
    assert build_match_contexts(state, without_numbers) == (
        MatchContext(
            provider="mobtexting",
            operation="c2c",
            account="",
            credential="key",
            numbers={},
            parameters=fields,
        ),
    )


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("insufficient-balance", 402, "Insufficient balance"),
        ("service-unavailable", 503, "Service Unavailable"),
        ("too-many-requests", 429, "Too Many Requests"),
        ("wrong-method", 405, "Method Not Allowed"),
        ("to-malformed", 422, "The to format is invalid."),
    ],
)
def test_a_scenario_forces_a_fault_by_its_name(
    configuration: Configuration, name: str, status: int, message: str
) -> None:
    state = state_with_responses(configuration, ApiBehavior(fault=name))
    incoming = apply_scenario(state, build_click_to_call(state))
    assert incoming.forced_rule is not None
    assert incoming.forced_rule.test(build_context(state, incoming, START))
    exchange = handle(state, incoming, START)
    body = {"status": "ERROR", "code": status, "message": message}
    assert (exchange.response, exchange.fault, exchange.call_ids) == (
        Response(status=status, body=body),
        name,
        (),
    )
    assert exchange.scenario_names == ("mine",)
    assert exchange.explanation.startswith(f"{name} (assumed): {message}")


@pytest.mark.parametrize(
    "api_behavior", [ApiBehavior(), ApiBehavior(fault="phonon-only"), ApiBehavior(delay=3_000)]
)
def test_a_scenario_without_a_fault_of_this_provider_lets_the_request_pass(
    configuration: Configuration, api_behavior: ApiBehavior
) -> None:
    state = state_with_responses(configuration, api_behavior)
    incoming = apply_scenario(state, build_click_to_call(state))
    assert (incoming.api_behavior, incoming.forced_rule) == (api_behavior, None)
    exchange = handle(state, incoming, START)
    assert (exchange.response.status, exchange.call_ids, exchange.scenario_names) == (
        200,
        ("c1",),
        ("mine",),
    )


@pytest.mark.parametrize(
    ("api_behavior", "fault"),
    [(ApiBehavior(fault="conflict"), "conflict"), (ApiBehavior(), "found-on-the-way")],
)
def test_the_fault_of_a_scenario_replaces_the_forced_rule_of_the_request(
    configuration: Configuration, api_behavior: ApiBehavior, fault: str
) -> None:
    state = state_with_responses(configuration, api_behavior)
    forced_fault = Fault(
        name="found-on-the-way", status=405, message="No.", evidence=Evidence.ASSUMED
    )
    incoming = build_click_to_call(state).replace(
        forced_rule=Rule(test=lambda _: True, fault=forced_fault)
    )
    assert respond_with_scenario(state, incoming).fault == fault


@pytest.mark.parametrize(
    ("header", "names"),
    [((), ("mine",)), (("mine",), ("mine",)), (("usual",), ("usual", "mine"))],
)
def test_the_scenario_that_decides_the_response_is_listed_once(
    configuration: Configuration, header: tuple[str, ...], names: tuple[str, ...]
) -> None:
    state = state_with_responses(configuration, ApiBehavior(fault="conflict"))
    assert apply_scenario(state, build_click_to_call(state, *header)).scenario_names == names


def test_without_a_matching_scenario_the_api_behavior_is_the_default(
    configuration: Configuration,
) -> None:
    state = state_with_responses(
        configuration, ApiBehavior(fault="conflict"), match=MatchRule(globs={"callee": "none"})
    )
    incoming = build_click_to_call(state)
    contexts = build_match_contexts(state, incoming)
    expected = incoming.replace(activations=(), match_contexts=contexts, credential="key")
    assert apply_scenario(state, incoming) == expected


@pytest.mark.parametrize("disconnect", ["reset", "empty"])
def test_a_disconnect_runs_neither_rules_nor_provider(
    configuration: Configuration, disconnect: str
) -> None:
    state = state_with_responses(configuration, ApiBehavior(disconnect=disconnect))
    incoming = apply_scenario(state, build_click_to_call(state, to="x"))
    result, rules = respond(incoming, build_context(state, incoming, START))
    assert (result.response, result.effects, rules) == (
        Response(status=NO_STATUS),
        NO_EFFECTS,
        (),
    )
    exchange = handle(state, incoming, START)
    assert (exchange.response.status, exchange.fault, exchange.call_ids) == (0, None, ())


def test_the_responses_of_a_scenario_are_used_in_order_and_the_last_repeats(
    configuration: Configuration,
) -> None:
    responses = (
        ApiBehavior(fault="service-unavailable"),
        ApiBehavior(disconnect="reset"),
        ApiBehavior(),
    )
    state = state_with_responses(configuration, *responses)
    statuses = [
        respond_with_scenario(state, build_click_to_call(state)).response.status for _ in range(4)
    ]
    assert statuses == [503, 0, 200, 200]


@pytest.mark.parametrize(
    ("times", "statuses"),
    [
        ((0, 0, 0), [200, 200, 429]),
        ((0, 0, 999), [200, 200, 429]),
        ((0, 0, 1_000), [200, 200, 200]),
        ((0, 500, 999, 1_000, 1_001, 1_499, 1_500), [200, 200, 429, 200, 429, 429, 200]),
        ((0, 0, 500, 999, 1_000, 1_000, 1_000), [200, 200, 429, 429, 200, 200, 429]),
    ],
)
def test_the_rate_limit_counts_the_requests_that_it_let_pass_to_the_millisecond(
    state: SandboxState, times: tuple[int, ...], statuses: list[int]
) -> None:
    change_account(state, limits=Limits(requests=2, per=1_000))
    assert [click_to_call(state, now=START + at).response.status for at in times] == statuses
    assert list(read.request_times(state)) == [("mobtexting", "mobtexting-default")]


def test_the_rate_limit_counts_requests_with_faults(state: SandboxState) -> None:
    change_account(state, limits=Limits(requests=1, per=1_000))
    exchanges = [click_to_call(state, to="x"), click_to_call(state)]
    assert [exchange.fault for exchange in exchanges] == ["to-malformed", "too-many-requests"]


def test_each_account_has_its_own_rate_limit(state: SandboxState) -> None:
    change_account(state, limits=Limits(requests=1, per=1_000), credentials=frozenset({"key"}))
    [account] = read.accounts(state).values()
    other = ("mobtexting", "other")
    read.accounts(state)[other] = type(account)(
        "other", "mobtexting", limits=Limits(requests=1, per=1_000)
    )
    keys = ("key", "second", "key", "second", "invalid")
    exchanges = [click_to_call(state, headers={"authorization": f"Bearer {key}"}) for key in keys]
    assert [exchange.response.status for exchange in exchanges] == [200, 200, 429, 429, 401]


def test_a_reset_clears_the_requests_counted_for_the_rate_limit(state: SandboxState) -> None:
    key = ("mobtexting", "mobtexting-default")
    change_account(state, limits=Limits(requests=1, per=1_000))
    limited = read.accounts(state)[key]
    click_to_call(state)
    state.reset(START)
    read.accounts(state)[key] = limited
    assert [click_to_call(state).response.status for _ in range(2)] == [200, 429]


def test_a_request_with_a_given_account_needs_no_credential(state: SandboxState) -> None:
    [account] = read.accounts(state).values()
    bound = state.configuration.providers["mobtexting"]
    request = Request(method="POST", path="/", fields=CLICK_TO_CALL)
    incoming = IncomingRequest(
        bound=bound, endpoint=bound.provider.endpoints[0], request=request, account=account
    )
    assert handle(state, incoming, START).response.status == 200
    assert read.calls(state)["c1"].spec.account == "mobtexting-default"
