"""What an exchange records of its request."""

from typing import Any

import pytest

from mockserver.core.behavior import PRESETS
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
from mockserver.engine.exchange import Exchange
from mockserver.engine.ordered_responses import NO_STATUS
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.matches import activate
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    build_click_to_call,
    click_to_call,
    state_with_scenarios,
)

UNKNOWN_PATH = OwnRefusal(problem="unknown-path", status=404, explanation="nobody has it")

# --- requests to unknown paths -------------------------------------------------------------------


def test_a_request_to_an_unknown_path_is_on_record(state: SandboxState) -> None:
    request = Request(method="GET", path="/nowhere", origin="http://mock.test")
    exchange = record_refusal(
        state,
        request,
        START + 3,
        UNKNOWN_PATH,
    )
    assert exchange == Exchange(
        id="r1",
        at=START + 3,
        provider="",
        operation="",
        request=request,
        response=Response(status=404, body={}),
        fault=None,
        explanation="nobody has it",
        problem="unknown-path",
        scenario_names=(),
        scenarios=state.configuration.scenarios,
    )
    assert (read.request_count(state), list(read.exchanges(state))) == (1, [exchange])
    assert list(read.journal(state)) == [
        JournalEntry(at=START + 3, type="request", call_id="", payload=exchange)
    ]
    assert list(read.request_origins(state)) == ["http://mock.test"]


def test_requests_to_unknown_paths_share_the_ids_of_other_requests(state: SandboxState) -> None:
    ids = []
    for _ in range(2):
        ids.append(click_to_call(state).id)
        request = Request(method="GET", path="/")
        ids.append(
            record_refusal(
                state,
                request,
                START,
                UNKNOWN_PATH,
            ).id
        )
    assert ids == ["r1", "r2", "r3", "r4"]
    assert [exchange.id for exchange in read.exchanges(state)] == ids


def test_each_origin_of_requests_is_kept_once(state: SandboxState) -> None:
    for origin in ("http://a", "http://b", "http://a"):
        request = Request(method="GET", path="/", origin=origin)
        record_refusal(state, request, START, UNKNOWN_PATH)
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
    fields_at_fault = [finding.field for findings in exchange.findings for finding in findings]
    assert sorted(fields_at_fault) == violations
    assert exchange.fault == (broken[0] if broken else None)


def test_an_exchange_has_the_fault_that_a_scenario_orders(configuration: Configuration) -> None:
    mine = Scenario(
        name="mine", match=MatchRule(), responses=(ApiBehavior(fault="service-unavailable"),)
    )
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    exchange = click_to_call(state, bridge=None)
    assert exchange.broken_rules == ()
    assert (exchange.fault, exchange.scenario_names) == ("service-unavailable", ("mine",))


def test_the_exchange_of_a_disconnect_has_no_broken_rules_and_no_findings(
    configuration: Configuration,
) -> None:
    mine = Scenario(name="mine", match=MatchRule(), responses=(ApiBehavior(disconnect="reset"),))
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    exchange = click_to_call(state, bridge=None)
    assert (exchange.response.status, exchange.broken_rules, exchange.fault) == (
        NO_STATUS,
        (),
        None,
    )
    assert exchange.findings == ()


def test_an_exchange_has_a_match_for_the_planned_call(state: SandboxState) -> None:
    exchange = click_to_call(state)
    numbers = dict.fromkeys(("b", "callee", "to"), str(CLICK_TO_CALL["to"]))
    numbers |= dict.fromkeys(("a", "from"), str(CLICK_TO_CALL["from"]))
    expected = MatchContext(
        provider="mobtexting",
        operation="c2c",
        account="mobtexting-default",
        credential="key",
        numbers=numbers,
        parameters=exchange.request.fields,
        headers=exchange.request.headers,
        now=START,
    )
    assert [match.context for match in exchange.matches] == [expected]


def test_an_exchange_has_the_activations_that_decided_its_calls(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    activate(state, "no-answer", times=1, globs={"account": "nobody"})
    activate(state, "rejected")
    first, second = click_to_call(state), click_to_call(state)
    assert [match.activation_ids for match in (*first.matches, *second.matches)] == [
        ("a1",),
        ("a3",),
    ]
    assert [exchange.scenario_names for exchange in (first, second)] == [
        ("callee-busy",),
        ("rejected",),
    ]
    assert [read.leg_scenarios(state)[name].scenario.name for name in ("c1", "c2")] == [
        "callee-busy",
        "rejected",
    ]


@pytest.mark.parametrize(
    ("rank", "names"),
    [
        ("header", ("mine",)),
        ("activation", ("mine",)),
        ("match", ("mine",)),
        ("bundled", ()),
        ("default", ()),
    ],
)
@pytest.mark.parametrize(
    "body", [{"legs": {"callee": PRESETS["busy"]}}, {"webhooks": {"any": DeliveryBehavior()}}]
)
def test_an_exchange_names_the_scenarios_of_explicit_rank_of_its_calls(
    configuration: Configuration, rank: str, names: tuple[str, ...], body: dict[str, Any]
) -> None:
    """A scenario that only stands in for all others is not named, as nobody asked for it."""
    match = MatchRule() if rank in ("match", "bundled") else None
    mine = Scenario(name="mine", match=match, bundled=rank == "bundled", **body)
    scenarios = (Scenario(name="usual"), mine)
    state = state_with_scenarios(
        configuration, *(scenarios[::-1] if rank == "default" else scenarios)
    )
    if rank == "activation":
        activate(state, "mine")
    assert click_to_call(state, *(["mine"] if rank == "header" else [])).scenario_names == names
