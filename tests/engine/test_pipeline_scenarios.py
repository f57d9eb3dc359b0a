"""What a story says of the API's answer, how a request looks to it, and an account's own limit."""

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
    change_account,
    click_to_call,
    state_with_scenarios,
)

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
EVERYBODY = MatchRule()
USUAL = Scenario(name="usual")
NUMBERS = {"a": CLICK_TO_CALL["from"], "b": CLICK_TO_CALL["to"], "callee": CLICK_TO_CALL["to"]}


def asked(
    state: SandboxState, *stories: str, objection: Rule | None = None, **fields: object
) -> IncomingRequest:
    listing = state.configuration.providers["mobtexting"]
    sent = Request(method="POST", path="/", headers=HEADERS, fields={**CLICK_TO_CALL, **fields})
    return IncomingRequest(
        bound=listing,
        endpoint=listing.provider.endpoints[0],
        request=sent,
        scenarios=stories,
        forced_rule=objection,
    )


def refusing(
    configuration: Configuration, *answers: ApiBehavior, match: MatchRule | None = EVERYBODY
) -> SandboxState:
    return state_with_scenarios(
        configuration, USUAL, Scenario(name="mine", match=match, responses=answers)
    )


def served(state: SandboxState, wanted: IncomingRequest, now: int = START) -> Exchange:
    return handle(state, apply_scenario(state, wanted), now)


@pytest.mark.parametrize(
    ("fields", "legs"),
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
def test_sights_of_a_click(
    state: SandboxState, fields: dict[str, Any], legs: Mapping[str, str]
) -> None:
    wanted = asked(state, **fields)
    account = "mobtexting-default"
    assert build_match_contexts(state, wanted) == (
        MatchContext(
            provider="mobtexting",
            operation="c2c",
            account=account,
            credential="key",
            numbers=legs,
            parameters=wanted.request.fields,
        ),
    )


def test_sights_of_a_request_that_calls_nobody(state: SandboxState) -> None:
    wanted = asked(state)
    read.accounts(state).clear()
    silent = wanted._replace(endpoint=wanted.endpoint._replace(called_numbers=no_called_numbers))
    fields = wanted.request.fields
    assert build_match_contexts(state, silent) == (
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
def test_consulted_refuses_by_the_name_of_a_fault(
    configuration: Configuration, name: str, status: int, message: str
) -> None:
    state = refusing(configuration, ApiBehavior(fault=name))
    wanted = apply_scenario(state, asked(state))
    assert wanted.forced_rule is not None
    assert wanted.forced_rule.test(build_context(state, wanted, START))
    exchange = handle(state, wanted, START)
    body = {"status": "ERROR", "code": status, "message": message}
    assert (exchange.response, exchange.fault, exchange.call_ids) == (
        Response(status=status, body=body),
        name,
        (),
    )
    assert exchange.scenarios == ("mine",)
    assert exchange.explanation.startswith(f"{name} (assumed): {message}")


@pytest.mark.parametrize(
    "order", [ApiBehavior(), ApiBehavior(fault="phonon-only"), ApiBehavior(delay=3_000)]
)
def test_consulted_lets_pass_what_is_no_fault_here(
    configuration: Configuration, order: ApiBehavior
) -> None:
    state = refusing(configuration, order)
    wanted = apply_scenario(state, asked(state))
    assert (wanted.api_behavior, wanted.forced_rule) == (order, None)
    exchange = handle(state, wanted, START)
    assert (exchange.response.status, exchange.call_ids, exchange.scenarios) == (
        200,
        ("c1",),
        ("mine",),
    )


@pytest.mark.parametrize(
    ("order", "fault"),
    [(ApiBehavior(fault="conflict"), "conflict"), (ApiBehavior(), "found-on-the-way")],
)
def test_consulted_a_story_comes_before_what_was_found_on_the_way(
    configuration: Configuration, order: ApiBehavior, fault: str
) -> None:
    state = refusing(configuration, order)
    found = Fault(name="found-on-the-way", status=405, message="No.", evidence=Evidence.ASSUMED)
    wanted = asked(state, objection=Rule(test=lambda _: True, fault=found))
    assert served(state, wanted).fault == fault


@pytest.mark.parametrize(
    ("header", "names"),
    [((), ("mine",)), (("mine",), ("mine",)), (("usual",), ("usual", "mine"))],
)
def test_consulted_names_the_story_once(
    configuration: Configuration, header: tuple[str, ...], names: tuple[str, ...]
) -> None:
    state = refusing(configuration, ApiBehavior(fault="conflict"))
    assert apply_scenario(state, asked(state, *header)).scenarios == names


def test_consulted_when_no_story_suits(configuration: Configuration) -> None:
    state = refusing(
        configuration, ApiBehavior(fault="conflict"), match=MatchRule(globs={"callee": "none"})
    )
    wanted = asked(state)
    seen = build_match_contexts(state, wanted)
    known = wanted._replace(activations=(), match_contexts=seen, credential="key")
    assert apply_scenario(state, wanted) == known


@pytest.mark.parametrize("broken", ["reset", "empty"])
def test_answered_broken_reaches_neither_rules_nor_provider(
    configuration: Configuration, broken: str
) -> None:
    state = refusing(configuration, ApiBehavior(disconnect=broken))
    wanted = apply_scenario(state, asked(state, to="x"))
    outcome, rules = respond(wanted, build_context(state, wanted, START))
    assert (outcome.response, outcome.effects, rules) == (
        Response(status=NO_STATUS),
        NO_EFFECTS,
        (),
    )
    exchange = handle(state, wanted, START)
    assert (exchange.response.status, exchange.fault, exchange.call_ids) == (0, None, ())


def test_answers_in_their_turn(configuration: Configuration) -> None:
    orders = (
        ApiBehavior(fault="service-unavailable"),
        ApiBehavior(disconnect="reset"),
        ApiBehavior(),
    )
    state = refusing(configuration, *orders)
    statuses = [served(state, asked(state)).response.status for _ in range(4)]
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
def test_limit_counts_what_it_let_through_to_the_millisecond(
    state: SandboxState, times: tuple[int, ...], statuses: list[int]
) -> None:
    change_account(state, limits=Limits(requests=2, per=1_000))
    assert [click_to_call(state, now=START + at).response.status for at in times] == statuses
    assert list(read.request_times(state)) == [("mobtexting", "mobtexting-default")]


def test_limit_counts_requests_that_were_wrong(state: SandboxState) -> None:
    change_account(state, limits=Limits(requests=1, per=1_000))
    made = [click_to_call(state, to="x"), click_to_call(state)]
    assert [one.fault for one in made] == ["to-malformed", "too-many-requests"]


def test_limit_is_the_accounts_own(state: SandboxState) -> None:
    change_account(state, limits=Limits(requests=1, per=1_000), credentials=frozenset({"key"}))
    [mine] = read.accounts(state).values()
    other = ("mobtexting", "other")
    read.accounts(state)[other] = type(mine)(
        "other", "mobtexting", limits=Limits(requests=1, per=1_000)
    )
    keys = ("key", "second", "key", "second", "invalid")
    made = [click_to_call(state, headers={"authorization": f"Bearer {key}"}) for key in keys]
    assert [one.response.status for one in made] == [200, 200, 429, 429, 401]


def test_limit_starts_anew_after_a_reset(state: SandboxState) -> None:
    key = ("mobtexting", "mobtexting-default")
    change_account(state, limits=Limits(requests=1, per=1_000))
    limited = read.accounts(state)[key]
    click_to_call(state)
    state.reset(START)
    read.accounts(state)[key] = limited
    assert [click_to_call(state).response.status for _ in range(2)] == [200, 429]


def test_request_of_a_known_account_needs_no_credential(state: SandboxState) -> None:
    [account] = read.accounts(state).values()
    listing = state.configuration.providers["mobtexting"]
    sent = Request(method="POST", path="/", fields=CLICK_TO_CALL)
    wanted = IncomingRequest(
        bound=listing, endpoint=listing.provider.endpoints[0], request=sent, account=account
    )
    assert handle(state, wanted, START).response.status == 200
    assert read.calls(state)["c1"].spec.account == "mobtexting-default"
