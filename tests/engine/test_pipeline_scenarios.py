"""Scenarios in the pipeline: API behavior, match contexts and rate limits."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.account import Limits
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import no_calls
from mockserver.core.rulebook import Evidence, Fault, Rule
from mockserver.core.scenario import ApiBehavior, MatchContext, MatchRule, Scenario
from mockserver.engine import commands
from mockserver.engine.exchange import DEFAULT_API_BEHAVIOR, IncomingRequest
from mockserver.engine.ordered_responses import NO_STATUS
from mockserver.engine.pipeline import handle, match_request, respond
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import admit, give_up
from mockserver.engine.state.accounts import Accounts
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.matches import admit_click_to_call
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


def match_contexts(state: SandboxState, incoming: IncomingRequest) -> list[MatchContext]:
    return [match.context for match in match_request(state, incoming, START).matches]


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
    assert match_contexts(state, incoming) == [
        MatchContext(
            provider="mobtexting",
            operation="c2c",
            account=account,
            credential="key",
            numbers=numbers,
            parameters=incoming.request.fields,
            headers=incoming.request.headers,
            now=START,
        ),
    ]


def test_a_request_that_plans_no_call_has_a_match_context_without_numbers(
    state: SandboxState,
) -> None:
    incoming = build_click_to_call(state)
    state.accounts = Accounts(())
    without_calls = incoming.replace(endpoint=incoming.endpoint._replace(planned_calls=no_calls))
    fields = incoming.request.fields
    assert match_contexts(state, without_calls) == [
        MatchContext(
            provider="mobtexting",
            operation="c2c",
            account="",
            credential="key",
            numbers={},
            parameters=fields,
            headers=incoming.request.headers,
            now=START,
        ),
    ]


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
    exchange = click_to_call(state)
    body = {"status": "ERROR", "code": status, "message": message}
    assert (exchange.response, exchange.fault, exchange.call_ids) == (
        Response(status=status, body=body),
        name,
        (),
    )
    assert exchange.scenario_names == ("mine",)
    assert exchange.explanation == (
        f"scenario mine orders refuse: {name} (assumed); chosen by its match"
    )
    assert exchange.broken_rules == ()


@pytest.mark.parametrize(
    "api_behavior", [ApiBehavior(), ApiBehavior(delay=3_000), ApiBehavior(dribble=3_000)]
)
def test_a_scenario_without_a_fault_lets_the_request_pass(
    configuration: Configuration, api_behavior: ApiBehavior
) -> None:
    state = state_with_responses(configuration, api_behavior)
    matched = admit_click_to_call(state)
    assert matched.api == api_behavior
    exchange = respond(state, matched, START)
    assert (exchange.response.status, exchange.call_ids, exchange.scenario_names) == (
        200,
        ("c1",),
        ("mine",),
    )


@pytest.mark.parametrize(
    ("api_behavior", "fault"),
    [(ApiBehavior(fault="conflict"), "conflict"), (ApiBehavior(), "found-on-the-way")],
)
def test_the_fault_of_a_scenario_comes_before_a_wrong_method(
    configuration: Configuration, api_behavior: ApiBehavior, fault: str
) -> None:
    state = state_with_responses(configuration, api_behavior)
    known_fault = Fault(
        name="found-on-the-way", status=405, message="No.", evidence=Evidence.ASSUMED
    )
    incoming = build_click_to_call(state).replace(
        wrong_method=Rule(test=lambda _: True, fault=known_fault)
    )
    assert handle(state, incoming, START).fault == fault


@pytest.mark.parametrize(
    ("header", "names"),
    [((), ("mine",)), (("mine",), ("mine",)), (("usual",), ("usual", "mine"))],
)
def test_the_scenario_that_decides_the_response_is_listed_once(
    configuration: Configuration, header: tuple[str, ...], names: tuple[str, ...]
) -> None:
    state = state_with_responses(configuration, ApiBehavior(fault="conflict"))
    assert click_to_call(state, *header).scenario_names == names


def test_without_a_matching_scenario_the_api_behavior_is_the_default(
    configuration: Configuration,
) -> None:
    state = state_with_responses(
        configuration, ApiBehavior(fault="conflict"), match=MatchRule(globs={"callee": "none"})
    )
    matched = match_request(state, build_click_to_call(state), START)
    assert matched.api_selection is None
    assert admit(state, matched) == matched.replace(number=1)
    assert matched.api == DEFAULT_API_BEHAVIOR


@pytest.mark.parametrize("disconnect", ["reset", "empty"])
@pytest.mark.parametrize("to", ["x", CLICK_TO_CALL["to"]])
def test_a_disconnect_runs_neither_rules_nor_provider(
    configuration: Configuration, disconnect: str, to: str
) -> None:
    state = state_with_responses(configuration, ApiBehavior(disconnect=disconnect))
    exchange = click_to_call(state, to=to)
    assert (exchange.response, exchange.broken_rules, exchange.fault, exchange.call_ids) == (
        Response(status=NO_STATUS),
        (),
        None,
        (),
    )
    assert read.calls(state) == {}


def test_the_responses_of_a_scenario_are_used_in_order_and_the_last_repeats(
    configuration: Configuration,
) -> None:
    responses = (
        ApiBehavior(fault="service-unavailable"),
        ApiBehavior(disconnect="reset"),
        ApiBehavior(),
    )
    state = state_with_responses(configuration, *responses)
    statuses = [click_to_call(state).response.status for _ in range(4)]
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
    state.accounts.replace(account.replace(name="other", credentials=None))
    keys = ("key", "second", "key", "second", "invalid")
    exchanges = [click_to_call(state, headers={"authorization": f"Bearer {key}"}) for key in keys]
    assert [exchange.response.status for exchange in exchanges] == [200, 200, 429, 429, 401]


def test_a_reset_clears_the_requests_counted_for_the_rate_limit(state: SandboxState) -> None:
    key = ("mobtexting", "mobtexting-default")
    change_account(state, limits=Limits(requests=1, per=1_000))
    limited = read.accounts(state)[key]
    click_to_call(state)
    state.reset(START)
    state.accounts.replace(limited)
    assert [click_to_call(state).response.status for _ in range(2)] == [200, 429]


def test_a_request_with_a_given_account_needs_no_credential(state: SandboxState) -> None:
    [account] = read.accounts(state).values()
    bound = state.configuration.providers["mobtexting"]
    request = Request(method="POST", path="/", fields=CLICK_TO_CALL)
    incoming = build_incoming_request(
        bound=bound, endpoint=bound.provider.endpoints[0], request=request, account=account
    )
    assert handle(state, incoming, START).response.status == 200
    assert read.calls(state)["c1"].spec.account == "mobtexting-default"


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_request_that_is_given_up_is_an_input_of_the_state_that_admitted_it(
    configuration: Configuration,
    is_reset: bool,  # noqa: FBT001 - a table
) -> None:
    state = state_with_responses(configuration, ApiBehavior(fault="conflict"))
    matched = admit(state, match_request(state, build_click_to_call(state), START))
    if is_reset:
        commands.reset(state, state.configuration, START)
    give_up(state, matched, START + 5)
    last = [(each.kind, each.now, each.data) for each in state.inputs.entries][1:]
    assert last == ([] if is_reset else [("no-response", START + 5, matched.number)])
