"""Each bundled scenario plays its events, outcomes and reports on Mobtexting."""

import re
from collections import Counter
from pathlib import Path

import pytest

from mockserver.config.loader import load_definitions
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.config.source_texts import SourceText
from mockserver.core.configuration import Configuration
from mockserver.core.script import WaitReason
from mockserver.engine.dry_run import dry_run_all
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import is_due_before_response
from tests.support import read
from tests.support.config_files import configuration_from_texts
from tests.support.scenario_runs import (
    attempt_outcomes,
    click_to_call_through_scenarios,
    leg_log,
    report_statuses,
    state_from_text,
)
from tests.support.simulation import play_until_idle

FILES = sorted(bundled_folder("scenarios").glob("*"))

RING_B = "0 ring a, 2 answer a, 2 ring b"
TALK = "4 answer b, 4 bridge, 10 hangup a normal, 10 hangup b normal"
RING_B_LATE = "0 ring a, 3 answer a, 3 ring b"
TALK_LATE = "5 answer b, 5 bridge, 11 hangup a normal, 11 hangup b normal"
COMPLETED = ("COMPLETED", "RECEIVED", "ANSWER")
UNANSWERED = (
    f"{RING_B}, 27 hangup b no-answer, 27 hangup a normal, "
    "87 ring a, 89 answer a, 89 ring b, 114 hangup b no-answer, 114 hangup a normal, "
    "174 ring a, 176 answer a, 176 ring b"
)
NEVER_ANSWERED = f"{UNANSWERED}, 201 hangup b no-answer, 201 hangup a normal"
THREE_UNANSWERED = ["no-answer"] * 3

LEG_CASES = {
    "answered": (f"{RING_B}, {TALK}", ["completed"], ("10", *COMPLETED)),
    "no-answer": (NEVER_ANSWERED, THREE_UNANSWERED, ("201", "MISSED", "RECEIVED", "NOANSWER")),
    "callee-busy": (
        f"{RING_B}, 5 hangup b busy, 5 hangup a normal",
        ["busy"],
        ("5", "MISSED", "RECEIVED", "BUSY"),
    ),
    "rejected": (
        f"{RING_B}, 6 hangup b rejected, 6 hangup a normal",
        ["rejected"],
        ("6", "MISSED", "RECEIVED", "BUSY"),
    ),
    "unreachable": (
        f"{RING_B}, 3 hangup b unreachable, 3 hangup a normal",
        ["unreachable"],
        ("3", "MISSED", "RECEIVED", "CHANUNAVAIL"),
    ),
    "invalid-number": (
        f"{RING_B}, 2 hangup b invalid-number, 2 hangup a normal",
        ["invalid-number"],
        ("2", "MISSED", "RECEIVED", "CONGESTION"),
    ),
    "answering-machine": (
        f"{RING_B}, 22 answer b, 22 bridge, 22 machine b, 28 hangup a normal, 28 hangup b normal",
        ["completed"],
        ("28", *COMPLETED),
    ),
    "presses-one": (
        f"{RING_B_LATE}, 4 press a 1, {TALK_LATE}",
        ["completed"],
        ("11", *COMPLETED),
    ),
    "says-yes": (
        f"{RING_B_LATE}, 4 say a yes, {TALK_LATE}",
        ["completed"],
        ("11", *COMPLETED),
    ),
    "second-leg-no-answer": (
        NEVER_ANSWERED,
        THREE_UNANSWERED,
        ("201", "MISSED", "RECEIVED", "NOANSWER"),
    ),
    "hangs-up-early": (
        f"{RING_B}, 3 hangup a normal, 3 hangup b normal",
        ["cancelled"],
        ("3", "MISSED", "RECEIVED", "CANCEL"),
    ),
    "third-time-lucky": (
        f"{UNANSWERED}, 178 answer b, 178 bridge, 184 hangup a normal, 184 hangup b normal",
        ["no-answer", "no-answer", "completed"],
        ("184", *COMPLETED),
    ),
    "report-before-reply": (
        "0 ring a, 0 hangup a rejected",
        ["rejected"],
        ("0", "BUSY", "BUSY", ""),
    ),
}
"""Scenario -> events of both legs, outcome of each attempt, time and statuses of the report."""

FLOW_CASES = {
    "answered": ("2 answer a, 8 hangup a normal", ("8", "RECEIVED", "RECEIVED", "")),
    "callee-busy": ("3 hangup a busy", ("3", "BUSY", "BUSY", "")),
    "answering-machine": (
        "20 answer a, 20 machine a, 26 hangup a normal",
        ("26", "RECEIVED", "RECEIVED", ""),
    ),
    "says-yes": (
        "3 answer a, 4 say a yes, 10 hangup a normal",
        ("10", "RECEIVED", "RECEIVED", ""),
    ),
    "hangs-up-early": ("2 answer a, 3 hangup a normal", ("3", "RECEIVED", "RECEIVED", "")),
    "invalid-number": ("0 hangup a invalid-number", ("0", "CONGESTION", "CONGESTION", "")),
}
"""Scenario -> events of a flow's only leg after its first ring, time and statuses of the report."""


@pytest.mark.parametrize("scenario", LEG_CASES)
def test_a_bundled_scenario_plays_its_legs_attempts_and_report_on_two_legs(
    state: SandboxState, scenario: str
) -> None:
    click_to_call_through_scenarios(state, scenario)
    reports = report_statuses(play_until_idle(state))
    assert (", ".join(leg_log(state)), attempt_outcomes(state), *reports) == LEG_CASES[scenario]


def acts_of_legs(state: SandboxState) -> list[str]:
    """Return the events of the legs without the text that the flow plays."""
    return [line for line in leg_log(state) if " play " not in line]


@pytest.mark.parametrize("scenario", FLOW_CASES)
def test_a_bundled_scenario_plays_its_leg_and_report_on_a_flow(
    state: SandboxState, scenario: str
) -> None:
    click_to_call_through_scenarios(state, scenario, to="flow:220")
    reports = report_statuses(play_until_idle(state))
    assert (", ".join(acts_of_legs(state)[1:]), *reports) == FLOW_CASES[scenario]


@pytest.mark.parametrize(("seed", "answered_at"), [("seed", "2.48"), ("other", "2.821")])
def test_one_then_two_draws_the_time_of_its_answer_from_the_seed(
    seed: str, answered_at: str
) -> None:
    state = state_from_text("", seed)
    click_to_call_through_scenarios(state, "one-then-two", to="flow:220")
    play_until_idle(state)
    first, second = (float(answered_at) + seconds for seconds in (3, 5))
    assert acts_of_legs(state)[1:4] == [
        f"{answered_at} answer a",
        f"{first:g} press a 1",
        f"{second:g} press a 2",
    ]


def test_waits_for_a_person_waits_for_the_control_api(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "waits-for-a-person")
    assert play_until_idle(state) == []
    assert ", ".join(leg_log(state)) == RING_B
    assert read.wait_reasons(state) == {"c1": (WaitReason(reason="person", leg="b"),)}


def test_rush_hour_draws_outcomes_by_its_weights(state: SandboxState) -> None:
    for _ in range(500):
        click_to_call_through_scenarios(state, "rush-hour", attempts=0)
    play_until_idle(state)
    outcomes = Counter(call.outcome for call in read.calls(state).values())
    assert outcomes == {"completed": 300, "busy": 99, "no-answer": 101}


@pytest.mark.parametrize(
    ("scenario", "sent_at"), [("doubled-report", ["10", "10"]), ("late-report", ["610"])]
)
def test_a_bundled_delivery_scenario_sends_its_reports_at_its_times(
    state: SandboxState, scenario: str, sent_at: list[str]
) -> None:
    click_to_call_through_scenarios(state, scenario)
    assert report_statuses(play_until_idle(state)) == [(at, *COMPLETED) for at in sent_at]
    assert ", ".join(leg_log(state)) == f"{RING_B}, {TALK}"


def test_lost_report_drops_the_report(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "lost-report")
    assert play_until_idle(state) == []
    assert [delivery.state for delivery in read.deliveries(state).values()] == ["dropped"]


def test_report_before_reply_makes_the_report_due_before_the_response(state: SandboxState) -> None:
    scenarios = ("report-before-reply", "answered")
    assert [
        is_due_before_response(state, click_to_call_through_scenarios(state, scenario).call_ids)
        for scenario in scenarios
    ] == [
        True,
        False,
    ]


def test_every_bundled_scenario_is_tested_in_this_file() -> None:
    in_tests_of_their_own = {"one-then-two", "waits-for-a-person", "rush-hour"}
    delivery_scenarios = {"doubled-report", "late-report", "lost-report"}
    scenarios = {name for name in configuration_from_texts("").scenarios.by_name if "/" not in name}
    assert scenarios == LEG_CASES.keys() | in_tests_of_their_own | delivery_scenarios


def test_bundled_files_load_and_pass_the_dry_run_like_files_of_a_user(
    configuration: Configuration,
) -> None:
    catalog = load_definitions(
        [SourceText(file=str(path), text=path.read_bytes()) for path in FILES], load_providers()
    )
    scenarios = catalog.scenarios.by_name.values()
    problems, _ = dry_run_all(configuration, scenarios, ())
    assert problems == set()
    assert catalog.scenarios.by_name.keys() == configuration.scenarios.by_name.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_bundled_files_name_their_schema(path: Path) -> None:
    schema_line = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text("utf-8"))
    assert schema_line
    assert (path.parent / schema_line[1]).is_file()
