"""What a scenario orders of the API is explained: what, by whom, at which item, by whose choice."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.matches import activate
from tests.support.scenario_runs import state_from_text
from tests.support.simulation import click_to_call, state_with_scenarios

SCENARIOS = """
scenarios:
  down: {refuse: service-unavailable}
  list: {responses: [pass, {after: 2s, break: reset}, {after: 1500ms}]}
  ring: {responses: {cycle: [{refuse: service-unavailable}, {dribble: 3s}]}}
  rush: {choose: [{weight: 1, refuse: service-unavailable}]}
  used: {use: down, legs: {callee: busy}}
  matched: {match: {fields: {mid: "m-*"}}, refuse: conflict}
"""
WORDS = {
    "fault": "refuse: service-unavailable (assumed)",
    "of": "of its responses",
    "chosen": "chosen by the header X-Mock-Scenario",
}


@pytest.fixture
def state() -> SandboxState:
    return state_from_text(SCENARIOS)


@pytest.mark.parametrize(
    ("scenario", "orders"),
    [
        ("down", ["down (1.yaml:3:9) orders {fault}; {chosen}"]),
        ("list", [
            "",
            "list (1.yaml:4:9) orders after: 2s, break: reset, item 2 of 3 {of}; {chosen}",
            "list (1.yaml:4:9) orders after: 1.5s, item 3 of 3 {of}; {chosen}",
            "list (1.yaml:4:9) orders after: 1.5s, item 3 of 3 {of}; {chosen}",
        ]),
        ("ring", [
            "ring (1.yaml:5:9) orders {fault}, item 1 of 2 {of}; {chosen}",
            "ring (1.yaml:5:9) orders dribble: 3s, item 2 of 2 {of}; {chosen}",
            "ring (1.yaml:5:9) orders {fault}, item 1 of 2 {of}; {chosen}",
        ]),
        ("rush", ["item 1 of choose in rush (1.yaml:6:19) orders {fault}; rush is {chosen}"]),
        ("used", ["down (1.yaml:3:9) orders {fault}; used is {chosen}"]),
    ],
)  # fmt: skip
def test_the_order_of_each_request_says_who_orders_what_and_where(
    state: SandboxState, scenario: str, orders: list[str]
) -> None:
    exchanges = [click_to_call(state, scenario) for _ in orders]
    lines = [order and f"scenario {order}".format(**WORDS) for order in orders]
    assert [exchange.ordered for exchange in exchanges] == lines
    assert [exchange.explanation for exchange in exchanges] == lines
    assert [exchange.ordered_by for exchange in exchanges] == [
        scenario if order else "" for order in orders
    ]
    assert {exchange.broken_rules for exchange in exchanges} == {()}


def test_an_order_says_which_activation_has_chosen_its_scenario(state: SandboxState) -> None:
    activate(state, "answered", times=1)
    activate(state, "down")
    assert click_to_call(state).ordered.endswith("; chosen by activation a2")


def test_an_order_says_that_the_match_of_its_scenario_suited(state: SandboxState) -> None:
    assert click_to_call(state, mid="m-1").ordered.endswith("; chosen by its match")


@pytest.mark.parametrize("place", ["default: down\n", "default: used\n"])
def test_an_order_says_that_its_scenario_is_the_default(place: str) -> None:
    state = state_from_text(place + SCENARIOS)
    assert click_to_call(state).ordered.endswith("chosen by the key default")


@pytest.mark.parametrize(
    ("origin", "place"),
    [
        ({"location": "scenarios/vendor.yaml:10:3", "bundled": True}, " (bundled)"),
        ({"location": "a/folder/mine.yaml:10:3"}, " (mine.yaml:10:3)"),
        ({}, ""),
    ],
)
def test_the_place_of_an_order_is_the_name_of_its_file_or_bundled(
    configuration: Configuration, origin: dict[str, Any], place: str
) -> None:
    order = ApiBehavior(fault="service-unavailable")
    down = Scenario(name="down", responses=(order,), **origin)
    state = state_with_scenarios(configuration, Scenario(name="usual"), down)
    ordered = click_to_call(state, "down").ordered
    assert ordered.startswith(f"scenario down{place} orders refuse: service-unavailable")


def test_a_delay_is_explained_beside_the_fault_of_the_vendor(state: SandboxState) -> None:
    for _ in range(2):
        click_to_call(state, "list")
    exchange = click_to_call(state, "list", to="")
    assert exchange.fault == "to-required"
    fault, order = exchange.explanation.split("; scenario ")
    assert fault.startswith("to-required (assumed, condition documented): ")
    assert order.startswith("list (1.yaml:4:9) orders after: 1.5s")
    assert [rule.fault.name for rule in exchange.broken_rules] == ["to-required"]


def test_a_response_of_the_vendor_alone_has_no_order(state: SandboxState) -> None:
    exchange = click_to_call(state, "answered")
    assert (exchange.ordered, exchange.ordered_by, exchange.explanation) == ("", "", "")
    assert len(read.exchanges(state)) == 1
