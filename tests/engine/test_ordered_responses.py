"""What a scenario orders of the API: raw answers, cycles, and faults that the vendor lacks."""

from typing import Any

import pytest

from mockserver.core.account import Limits
from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.journal import Ignored, JournalEntry
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.matches import activate
from tests.support.scenario_runs import state_from_text
from tests.support.simulation import START, change_account, click_to_call, state_with_scenarios

GATEWAY = Response(
    status=502, body=b"<h1>Bad Gateway</h1>", headers={"content-type": "text/html; charset=utf-8"}
)
SCENARIOS = """
scenarios:
  gateway: {responses: [{status: 502, body: "<h1>Bad Gateway</h1>"}, pass]}
  always: {responses: [{status: 502, body: "<h1>Bad Gateway</h1>"}]}
  broken: {responses: [{break: reset}]}
  down: {refuse: service-unavailable}
  third: {responses: {cycle: [pass, pass, {refuse: service-unavailable}]}}
"""


@pytest.fixture
def state() -> SandboxState:
    return state_from_text(SCENARIOS)


def statuses(state: SandboxState, *scenarios: str, count: int) -> list[int]:
    return [click_to_call(state, *scenarios).response.status for _ in range(count)]


def remaining(state: SandboxState) -> list[int | None]:
    return [activation.remaining for activation in read.activations(state)]


def test_a_raw_answer_is_given_as_it_stands_and_places_no_call(state: SandboxState) -> None:
    exchange = click_to_call(state, "gateway")
    assert (exchange.response, exchange.call_ids) == (GATEWAY, ())
    assert read.calls(state) == {}
    assert click_to_call(state, "gateway").call_ids == ("c1",)


def test_a_raw_answer_is_the_scenarios_and_no_fault_of_the_vendor(state: SandboxState) -> None:
    exchange = click_to_call(state, "gateway")
    assert (exchange.fault, exchange.broken_rules, exchange.ordered_by) == (None, (), "gateway")
    assert exchange.explanation == (
        "scenario gateway (1.yaml:3:12) orders status: 502, item 1 of 2 of its responses; "
        "chosen by the header X-Mock-Scenario"
    )
    assert exchange.scenario_names == ("gateway",)


def test_a_broken_connection_and_a_refusal_are_ordered_by_their_scenarios(
    state: SandboxState,
) -> None:
    exchanges = [click_to_call(state, name) for name in ("broken", "down", "answered")]
    assert [exchange.ordered_by for exchange in exchanges] == ["broken", "down", ""]
    assert [exchange.fault for exchange in exchanges] == [None, "service-unavailable", None]


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "x"},
        {"to": None},
        {"headers": {"authorization": "Bearer revoked"}},
        {"headers": {"authorization": ""}},
    ],
)
@pytest.mark.parametrize(("scenario", "status"), [("always", 502), ("down", 503)])
def test_what_a_scenario_orders_is_answered_before_the_vendors_own_checks(
    state: SandboxState, scenario: str, status: int, changes: Any
) -> None:
    assert click_to_call(state, **changes).response.status in (401, 422)
    assert click_to_call(state, scenario, **changes).response.status == status


def test_pass_lets_the_vendors_own_checks_speak(state: SandboxState) -> None:
    exchanges = [click_to_call(state, "gateway", to="x") for _ in range(2)]
    assert [exchange.response.status for exchange in exchanges] == [502, 422]
    assert [exchange.fault for exchange in exchanges] == [None, "to-malformed"]


def test_a_cycle_starts_over_after_its_last_item(state: SandboxState) -> None:
    assert statuses(state, "third", count=7) == [200, 200, 503, 200, 200, 503, 200]


def test_refused_requests_count_in_a_cycle(state: SandboxState) -> None:
    refused = [click_to_call(state, "third", to="x").response.status for _ in range(3)]
    assert refused == [422, 422, 503]
    assert statuses(state, "third", count=3) == [200, 200, 503]


def test_an_activation_of_a_raw_answer_is_spent_by_it(state: SandboxState) -> None:
    activate(state, "always", times=2)
    assert statuses(state, count=3) == [502, 502, 200]
    assert remaining(state) == []


REASON = "mobtexting has no fault checksum-repeated to refuse with"


@pytest.fixture
def lacking(configuration: Configuration) -> SandboxState:
    """A state with a scenario that orders a fault of Phonon, on a delay, and then none."""
    order = ApiBehavior(fault="checksum-repeated", delay=3_000)
    scenario = Scenario(name="lacking", responses=(order, ApiBehavior()))
    return state_with_scenarios(configuration, Scenario(name="usual"), scenario)


def test_a_fault_that_the_vendor_lacks_is_ignored_and_reported(lacking: SandboxState) -> None:
    exchange = click_to_call(lacking, "lacking")
    ignored = Ignored(
        scenario="lacking", what="refuse: checksum-repeated", reason=REASON, request_id="r1"
    )
    assert (exchange.response.status, exchange.ignored) == (200, (ignored,))
    assert (exchange.fault, exchange.explanation, exchange.ordered_by) == (None, "", "")
    entries = [entry for entry in read.journal(lacking) if entry.type == "ignored"]
    assert entries == [JournalEntry(at=START, type="ignored", call_id="", payload=ignored)]


def test_a_fault_that_the_vendor_lacks_spends_neither_activation_nor_item(
    lacking: SandboxState,
) -> None:
    activate(lacking, "lacking", times=1)
    reasons = [[each.reason for each in click_to_call(lacking).ignored] for _ in range(3)]
    assert reasons == [[REASON]] * 3
    assert remaining(lacking) == [1]


@pytest.mark.parametrize(
    ("requests", "at", "seconds"),
    [
        ((0, 0), 0, "10"),
        ((0, 0), 1, "10"),
        ((0, 0), 9_000, "1"),
        ((0, 0), 9_999, "1"),
        ((0, 4_500), 5_000, "5"),
        ((0, 4_500, 10_000), 10_000, "5"),
    ],
)
def test_a_429_says_after_how_many_seconds_the_account_may_send_again(
    state: SandboxState, requests: tuple[int, ...], at: int, seconds: str
) -> None:
    change_account(state, limits=Limits(requests=2, per=10_000))
    for earlier in requests:
        assert click_to_call(state, now=START + earlier).response.status == 200
    refused = click_to_call(state, now=START + at).response
    assert (refused.status, refused.headers["retry-after"]) == (429, seconds)
    later = click_to_call(state, now=START + at + int(seconds) * 1_000).response
    assert (later.status, dict(later.headers)) == (200, {})


def test_only_a_429_of_an_account_over_its_limit_has_a_retry_after(state: SandboxState) -> None:
    change_account(state, limits=Limits(requests=1, per=10_000))
    responses = [click_to_call(state, name).response for name in ("answered", "down", "always")]
    assert [response.status for response in responses] == [200, 503, 502]
    assert ["retry-after" in response.headers for response in responses] == [False] * 3
