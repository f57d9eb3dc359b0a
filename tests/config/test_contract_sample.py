"""The sample file of the contract is valid and does what its comments say."""

from collections import Counter

import pytest

from mockserver.compiler import build_configuration
from mockserver.config.schema_checks import schema_problems
from mockserver.config.yaml_document import parse_document
from mockserver.core.account import Limits, Retry
from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.journal import Ignored
from mockserver.core.resolution import resolve
from mockserver.engine.ordered_responses import NO_STATUS
from mockserver.engine.sandbox_state import SandboxState
from mockserver.settings import Settings
from tests.support import read
from tests.support.config_files import check_texts
from tests.support.scenario_runs import (
    SCENARIO_TESTS,
    attempt_outcomes,
    click_to_call_through_scenarios,
    leg_log,
    report_statuses,
    state_from_text,
)
from tests.support.simulation import START, play_until_idle

PRINTED = (SCENARIO_TESTS / "contract_sample.yaml").read_text("utf-8")
# These tests are for Mobtexting alone. Other tests cover the accounts `acme` (ccai) and `campaigns`
# (phonon) and the scenarios `held-and-moved` of ccai and `second-number` of phonon. Each part ends
# where the next key begins.
OTHER_ACCOUNTS = PRINTED[PRINTED.index("  acme:") : PRINTED.index("scenarios:\n")]
OTHER_SCENARIO = PRINTED[PRINTED.index("  held-and-moved:") :]
SECOND_NUMBER = PRINTED[PRINTED.index("  second-number:") : PRINTED.index("  rush-hour:")]
TEXT = PRINTED.replace(OTHER_ACCOUNTS, "").replace(OTHER_SCENARIO, "").replace(SECOND_NUMBER, "")


@pytest.fixture
def state() -> SandboxState:
    return state_from_text(TEXT)


def test_the_printed_sample_is_valid_by_the_schema() -> None:
    document, problems = parse_document(PRINTED, "sample")
    assert document
    assert (problems, schema_problems(document.content)) == ((), ())


def test_the_sample_without_other_providers_has_no_problems() -> None:
    assert check_texts(TEXT) == []


def test_the_only_problems_of_the_sample_are_names_of_other_providers() -> None:
    names = {line.partition(": ")[2].partition(":")[0] for line in check_texts(PRINTED)}
    assert names == {
        "no provider is named 'ccai'",
        "no provider is named 'phonon'",
        "never reached",
        *(f"no act is named '{act}'" for act in ("offer", "hold", "transfer")),
    }


def test_the_account_shop_has_the_printed_settings(state: SandboxState) -> None:
    shop = read.find_account(state, "mobtexting", "anything")
    assert shop
    assert (shop.name, shop.credentials, shop.numbers) == (
        "shop",
        None,
        frozenset({"918068281234"}),
    )
    assert shop.webhooks == {"any": "http://localhost:3000/mt"}
    assert shop.retry == Retry(waits=(60_000, 300_000), satisfied_by=frozenset({200, 202}))
    assert shop.limits == Limits(requests=10, per=1_000)
    assert [read.find_account(state, "mobtexting", word) for word in ("invalid", "revoked")] == [
        None,
        None,
    ]


def test_the_default_scenario_is_selected_when_no_other_matches(state: SandboxState) -> None:
    click_to_call_through_scenarios(state)
    [delivery] = play_until_idle(state)
    assert (attempt_outcomes(state), read.leg_scenarios(state)["c1"].scenario.name) == (
        ["completed"],
        "answered",
    )
    assert delivery.webhook.url == "http://localhost:3000/mt"


def test_callee_busy_ends_with_a_busy_callee(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "callee-busy")
    assert report_statuses(play_until_idle(state)) == [("5", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(state)[2:4] == ["2 ring b", "5 hangup b busy"]


def test_one_then_two_presses_1_and_then_2(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "one-then-two", to="flow:220")
    play_until_idle(state)
    assert leg_log(state)[1:4] == ["2.48 answer a", "5.48 press a 1", "7.48 press a 2"]


def test_says_yes_speaks_after_the_answer(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "says-yes", to="flow:220")
    play_until_idle(state)
    assert leg_log(state)[1:3] == ["3 answer a", "4 say a yes"]


def test_presses_two_presses_2_and_b_is_busy(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "presses-two")
    assert report_statuses(play_until_idle(state)) == [("5", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(state)[3:5] == ["4 press a 2", "5 hangup b busy"]


def test_presses_two_ignores_leg_b_in_a_call_without_one(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "presses-two", to="flow:220")
    play_until_idle(state)
    assert leg_log(state)[1:] == ["3 answer a", "4 press a 2", "10 hangup a normal"]
    [ignored] = [entry.payload for entry in read.journal(state) if entry.type == "ignored"]
    assert ignored == Ignored(
        scenario="presses-two",
        what="legs.b",
        reason="c2c has no leg b, only a, callee, from",
        request_id="r1",
        call_id="c1",
    )


def test_third_time_lucky_completes_on_the_third_attempt(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "third-time-lucky")
    assert report_statuses(play_until_idle(state)) == [("184", "COMPLETED", "RECEIVED", "ANSWER")]
    assert attempt_outcomes(state) == ["no-answer", "no-answer", "completed"]


def test_second_number_is_answered_at_the_second_number() -> None:
    path = str(SCENARIO_TESTS / "contract_sample.yaml")
    scenarios = build_configuration(Settings(scenarios=(path,))).scenarios
    second = resolve(scenarios, scenarios.by_name["second-number"], "seed", attempt_indexes=(0, 1))
    assert [part.legs for part in second.parts] == [{}, {"callee": DEFAULT_BEHAVIOR}]


def test_rush_hour_chooses_outcomes_by_weight(state: SandboxState) -> None:
    for second in range(100):  # the account takes ten requests a second
        click_to_call_through_scenarios(state, "rush-hour", now=START + second * 1_000, attempts=0)
    play_until_idle(state)
    outcomes = Counter(call.outcome for call in read.calls(state).values())
    assert outcomes == {"completed": 52, "busy": 27, "no-answer": 21}


def test_api_down_refuses_every_request(state: SandboxState) -> None:
    exchanges = [click_to_call_through_scenarios(state, "api-down") for _ in range(2)]
    assert [(exchange.response.status, exchange.fault) for exchange in exchanges] == [
        (503, "service-unavailable")
    ] * 2


def test_down_once_fails_two_requests_and_sends_late_duplicate_webhooks(
    state: SandboxState,
) -> None:
    exchanges = [
        click_to_call_through_scenarios(state, mid=f"chaos-{number}") for number in range(4)
    ]
    assert [exchange.response.status for exchange in exchanges] == [503, NO_STATUS, 200, 200]
    assert exchanges[0].fault == "service-unavailable"
    busy = ("MISSED", "RECEIVED", "BUSY")
    assert report_statuses(play_until_idle(state)) == [
        *[("15", *busy)] * 2,  # ten seconds later
        *[("75", *busy)] * 2,  # and once more a minute later
    ]


def test_flaky_receiver_delivers_with_the_third_attempt(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "flaky-receiver", "callee-busy")
    [sent] = play_until_idle(state)
    assert [(each.at - START, each.result.status) for each in sent.attempts] == [
        (5_000, None),
        (75_000, 500),
    ]
    assert sent.next_attempt_at == START + 375_000


def test_requests_beyond_the_limits_of_the_account_get_status_429(state: SandboxState) -> None:
    assert [click_to_call_through_scenarios(state).response.status for _ in range(12)] == [
        200
    ] * 10 + [429] * 2
