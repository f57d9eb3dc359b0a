"""The sample of the contract, as printed: it passes the grammar, and does what its comments say."""

from collections import Counter

import pytest

from mockserver.config.schema_checks import schema_problems
from mockserver.config.yaml_document import parse_document
from mockserver.core.account import Limits, Retry
from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.journal import IgnoredLeg
from mockserver.core.selection import resolve
from mockserver.engine.pipeline import NO_STATUS
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.config_files import check_texts
from tests.support.scenario_runs import (
    SCENARIO_TESTS,
    attempt_outcomes,
    click_to_call,
    leg_log,
    report_statuses,
    state_from_text,
)
from tests.support.simulation import START, play_until_idle

PRINTED = (SCENARIO_TESTS / "contract_sample.yaml").read_text("utf-8")
# Tests here mean Mobtexting alone: the accounts `acme` (ccai) and `campaigns` (phonon), and the
# scenario `held-and-moved`, whose acts are ccai's, have their own tests or wait for their provider.
# Each goes from its first line to the next key.
ACCOUNTS = PRINTED[PRINTED.index("  acme:") : PRINTED.index("scenarios:\n")]
CHOREOGRAPHY = PRINTED[PRINTED.index("  held-and-moved:") :]
TEXT = PRINTED.replace(ACCOUNTS, "").replace(CHOREOGRAPHY, "")


@pytest.fixture
def stage() -> SandboxState:
    return state_from_text(TEXT)


def test_sample_passes_the_grammar_as_printed() -> None:
    document, problems = parse_document(PRINTED, "sample")
    assert document
    assert (problems, schema_problems(document.content)) == ((), ())


def test_sample_loads_and_rehearses_without_what_is_to_come() -> None:
    assert check_texts(TEXT) == []


def test_sample_lacks_only_what_is_to_come() -> None:
    said = {line.partition(": ")[2].partition(":")[0] for line in check_texts(PRINTED)}
    assert said == {
        "no provider is named 'ccai'",
        "no provider is named 'phonon'",
        *(f"no act is named '{act}'" for act in ("offer", "hold", "transfer")),
    }


def test_account_shop(stage: SandboxState) -> None:
    shop = read.find_account(stage, "mobtexting", "anything")
    assert shop
    assert (shop.name, shop.credentials, shop.numbers) == (
        "shop",
        None,
        frozenset({"918068281234"}),
    )
    assert shop.webhooks == {"any": "http://localhost:3000/mt"}
    assert shop.retry == Retry(waits=(60_000, 300_000), satisfied_by=frozenset({200, 202}))
    assert shop.limits == Limits(requests=10, per=1_000)
    assert [read.find_account(stage, "mobtexting", word) for word in ("invalid", "revoked")] == [
        None,
        None,
    ]


def test_default_is_played_when_nothing_else_suits(stage: SandboxState) -> None:
    click_to_call(stage)
    [sent] = play_until_idle(stage)
    assert (attempt_outcomes(stage), read.leg_scenarios(stage)["c1"].scenario.name) == (
        ["completed"],
        "answered",
    )
    assert sent.webhook.url == "http://localhost:3000/mt"


def test_callee_busy(stage: SandboxState) -> None:
    click_to_call(stage, "callee-busy")
    assert report_statuses(play_until_idle(stage)) == [("5", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(stage)[2:4] == ["2 ring b", "5 hangup b busy"]


def test_one_then_two(stage: SandboxState) -> None:
    click_to_call(stage, "one-then-two", to="flow:1")
    play_until_idle(stage)
    assert leg_log(stage)[1:4] == ["2.48 answer a", "5.48 digits a 1", "7.48 digits a 2"]


def test_says_yes(stage: SandboxState) -> None:
    click_to_call(stage, "says-yes", to="flow:1")
    play_until_idle(stage)
    assert leg_log(stage)[1:3] == ["3 answer a", "4 speech a yes"]


def test_presses_two_and_b_is_busy(stage: SandboxState) -> None:
    click_to_call(stage, "presses-two")
    assert report_statuses(play_until_idle(stage)) == [("5", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(stage)[3:5] == ["4 digits a 2", "5 hangup b busy"]


def test_presses_two_where_there_is_no_b(stage: SandboxState) -> None:
    click_to_call(stage, "presses-two", to="flow:1")
    play_until_idle(stage)
    assert leg_log(stage)[1:] == ["3 answer a", "4 digits a 2", "10 hangup a normal"]
    assert IgnoredLeg(scenario="presses-two", leg="b") in [
        fact.payload for fact in read.journal(stage)
    ]


def test_third_time_lucky(stage: SandboxState) -> None:
    click_to_call(stage, "third-time-lucky")
    assert report_statuses(play_until_idle(stage)) == [("184", "COMPLETED", "RECEIVED", "ANSWER")]
    assert attempt_outcomes(stage) == ["no-answer", "no-answer", "completed"]


def test_second_number_with_one_number(stage: SandboxState) -> None:
    click_to_call(stage, "second-number")
    play_until_idle(stage)
    assert attempt_outcomes(stage) == ["no-answer"] * 3


def test_second_number_with_another_number(stage: SandboxState) -> None:
    stories = stage.configuration.scenarios
    second = resolve(stories, stories.by_name["second-number"], ("seed", "c1"), (0, 1))
    assert second.legs == {"callee": DEFAULT_BEHAVIOR}


def test_rush_hour(stage: SandboxState) -> None:
    for second in range(100):  # the account takes ten requests a second
        click_to_call(stage, "rush-hour", now=START + second * 1_000, attempts=0)
    play_until_idle(stage)
    met = Counter(call.outcome for call in read.calls(stage).values())
    assert met == {"completed": 64, "busy": 18, "no-answer": 18}


@pytest.mark.parametrize(("to", "status"), [("918867130402", 402), ("918867130403", 200)])
def test_out_of_balance_by_the_end_of_the_number(stage: SandboxState, to: str, status: int) -> None:
    exchange = click_to_call(stage, to=to)
    fault = "insufficient-balance" if status == 402 else None
    assert (exchange.response.status, exchange.fault) == (status, fault)


def test_down_once(stage: SandboxState) -> None:
    exchanges = [click_to_call(stage, mid=f"chaos-{number}") for number in range(4)]
    assert [one.response.status for one in exchanges] == [503, NO_STATUS, 200, 200]
    assert exchanges[0].fault == "service-unavailable"
    doubled = [("15", "MISSED", "RECEIVED", "BUSY")] * 2  # ten seconds late
    assert report_statuses(play_until_idle(stage)) == doubled * 2


def test_limits_of_the_account(stage: SandboxState) -> None:
    assert [click_to_call(stage).response.status for _ in range(12)] == [200] * 10 + [429] * 2
