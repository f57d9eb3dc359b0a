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
from tests.conftest import CLICK, START, click, telling, with_account

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
EVERYBODY = MatchRule()
USUAL = Scenario("usual")
NUMBERS = {"a": CLICK["from"], "b": CLICK["to"], "callee": CLICK["to"]}


def asked(
    store: SandboxState, *stories: str, objection: Rule | None = None, **fields: object
) -> IncomingRequest:
    listing = store.configuration.providers["mobtexting"]
    sent = Request("POST", "/", headers=HEADERS, fields={**CLICK, **fields})
    return IncomingRequest(listing, listing.provider.endpoints[0], sent, stories, objection)


def refusing(
    world: Configuration, *answers: ApiBehavior, match: MatchRule | None = EVERYBODY
) -> SandboxState:
    return telling(world, USUAL, Scenario("mine", match=match, responses=answers))


def served(store: SandboxState, wanted: IncomingRequest, now: int = START) -> Exchange:
    return handle(store, apply_scenario(store, wanted), now)


@pytest.mark.parametrize(
    ("fields", "legs"),
    [
        ({}, {**NUMBERS, "from": CLICK["from"], "to": CLICK["to"]}),
        ({"to": 918867136000}, {**NUMBERS, "from": CLICK["from"], "to": CLICK["to"]}),
        (
            {"to": "flow:220"},
            {"a": CLICK["from"], "callee": CLICK["from"], "from": CLICK["from"]},
        ),
        (
            {"to": "", "from": "x"},
            {"a": "x", "b": "", "callee": "", "from": "x", "to": ""},
        ),
    ],
)
def test_sights_of_a_click(
    store: SandboxState, fields: dict[str, Any], legs: Mapping[str, str]
) -> None:
    wanted = asked(store, **fields)
    account = "mobtexting-default"
    assert build_match_contexts(store, wanted) == (
        MatchContext("mobtexting", "c2c", account, "key", legs, wanted.request.fields),
    )


def test_sights_of_a_request_that_calls_nobody(store: SandboxState) -> None:
    wanted = asked(store)
    store.accounts.clear()
    silent = wanted._replace(endpoint=wanted.endpoint._replace(called_numbers=no_called_numbers))
    fields = wanted.request.fields
    assert build_match_contexts(store, silent) == (
        MatchContext("mobtexting", "c2c", "", "key", {}, fields),
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
    world: Configuration, name: str, status: int, message: str
) -> None:
    store = refusing(world, ApiBehavior(name))
    wanted = apply_scenario(store, asked(store))
    assert wanted.forced_rule is not None
    assert wanted.forced_rule.test(build_context(store, wanted, START))
    exchange = handle(store, wanted, START)
    body = {"status": "ERROR", "code": status, "message": message}
    assert (exchange.response, exchange.fault, exchange.call_ids) == (
        Response(status, body),
        name,
        (),
    )
    assert exchange.scenarios == ("mine",)
    assert exchange.explanation.startswith(f"{name} (assumed): {message}")


@pytest.mark.parametrize(
    "order", [ApiBehavior(), ApiBehavior("phonon-only"), ApiBehavior(delay=3_000)]
)
def test_consulted_lets_pass_what_is_no_fault_here(
    world: Configuration, order: ApiBehavior
) -> None:
    store = refusing(world, order)
    wanted = apply_scenario(store, asked(store))
    assert (wanted.api_behavior, wanted.forced_rule) == (order, None)
    exchange = handle(store, wanted, START)
    assert (exchange.response.status, exchange.call_ids, exchange.scenarios) == (
        200,
        ("c1",),
        ("mine",),
    )


@pytest.mark.parametrize(
    ("order", "fault"), [(ApiBehavior("conflict"), "conflict"), (ApiBehavior(), "found-on-the-way")]
)
def test_consulted_a_story_comes_before_what_was_found_on_the_way(
    world: Configuration, order: ApiBehavior, fault: str
) -> None:
    store = refusing(world, order)
    found = Fault("found-on-the-way", 405, "No.", Evidence.ASSUMED)
    wanted = asked(store, objection=Rule(lambda _: True, found))
    assert served(store, wanted).fault == fault


@pytest.mark.parametrize(
    ("header", "names"),
    [((), ("mine",)), (("mine",), ("mine",)), (("usual",), ("usual", "mine"))],
)
def test_consulted_names_the_story_once(
    world: Configuration, header: tuple[str, ...], names: tuple[str, ...]
) -> None:
    store = refusing(world, ApiBehavior("conflict"))
    assert apply_scenario(store, asked(store, *header)).scenarios == names


def test_consulted_when_no_story_suits(world: Configuration) -> None:
    store = refusing(world, ApiBehavior("conflict"), match=MatchRule({"callee": "none"}))
    wanted = asked(store)
    seen = build_match_contexts(store, wanted)
    known = wanted._replace(activations=(), match_contexts=seen, credential="key")
    assert apply_scenario(store, wanted) == known


@pytest.mark.parametrize("broken", ["reset", "empty"])
def test_answered_broken_reaches_neither_rules_nor_provider(
    world: Configuration, broken: str
) -> None:
    store = refusing(world, ApiBehavior(disconnect=broken))
    wanted = apply_scenario(store, asked(store, to="x"))
    outcome, rules = respond(wanted, build_context(store, wanted, START))
    assert (outcome.response, outcome.effects, rules) == (Response(NO_STATUS), NO_EFFECTS, ())
    exchange = handle(store, wanted, START)
    assert (exchange.response.status, exchange.fault, exchange.call_ids) == (0, None, ())


def test_answers_in_their_turn(world: Configuration) -> None:
    orders = (ApiBehavior("service-unavailable"), ApiBehavior(disconnect="reset"), ApiBehavior())
    store = refusing(world, *orders)
    statuses = [served(store, asked(store)).response.status for _ in range(4)]
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
    store: SandboxState, times: tuple[int, ...], statuses: list[int]
) -> None:
    with_account(store, limits=Limits(2, 1_000))
    assert [click(store, now=START + at).response.status for at in times] == statuses
    assert list(store.request_times) == [("mobtexting", "mobtexting-default")]


def test_limit_counts_requests_that_were_wrong(store: SandboxState) -> None:
    with_account(store, limits=Limits(1, 1_000))
    made = [click(store, to="x"), click(store)]
    assert [one.fault for one in made] == ["to-malformed", "too-many-requests"]


def test_limit_is_the_accounts_own(store: SandboxState) -> None:
    with_account(store, limits=Limits(1, 1_000), credentials=frozenset({"key"}))
    [mine] = store.accounts.values()
    other = ("mobtexting", "other")
    store.accounts[other] = type(mine)("other", "mobtexting", limits=Limits(1, 1_000))
    keys = ("key", "second", "key", "second", "invalid")
    made = [click(store, headers={"authorization": f"Bearer {key}"}) for key in keys]
    assert [one.response.status for one in made] == [200, 200, 429, 429, 401]


def test_limit_starts_anew_after_a_reset(store: SandboxState) -> None:
    key = ("mobtexting", "mobtexting-default")
    with_account(store, limits=Limits(1, 1_000))
    limited = store.accounts[key]
    click(store)
    store.reset(START)
    store.accounts[key] = limited
    assert [click(store).response.status for _ in range(2)] == [200, 429]


def test_request_of_a_known_account_needs_no_credential(store: SandboxState) -> None:
    [account] = store.accounts.values()
    listing = store.configuration.providers["mobtexting"]
    sent = Request("POST", "/", fields=CLICK)
    wanted = IncomingRequest(listing, listing.provider.endpoints[0], sent, account=account)
    assert handle(store, wanted, START).response.status == 200
    assert store.calls["c1"].spec.account == "mobtexting-default"
