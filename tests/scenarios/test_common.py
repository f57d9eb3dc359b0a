"""Each bundled story on Mobtexting: what happens when, what becomes of it, what is reported."""

import re
from collections import Counter
from pathlib import Path

import pytest

from mockserver.config.loader import SourceText, load_definitions
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.core.configuration import Configuration
from mockserver.core.script import WaitReason
from mockserver.engine.dry_run import dry_run
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import is_due_before_response
from tests.support import read
from tests.support.config_files import configuration_from_texts
from tests.support.scenario_runs import (
    attempt_outcomes,
    click_to_call,
    leg_log,
    report_statuses,
    state_from_text,
)
from tests.support.simulation import START, play_until_idle

FILES = sorted(bundled_folder("scenarios").glob("*"))

USUAL = "0 ring a, 2 answer a, 2 ring b"
TALK = "4 answer b, 4 bridge, 10 hangup a normal, 10 hangup b normal"
LATER = "0 ring a, 3 answer a, 3 ring b"
LATER_TALK = "5 answer b, 5 bridge, 11 hangup a normal, 11 hangup b normal"
COMPLETED = ("COMPLETED", "RECEIVED", "ANSWER")
UNANSWERED = (
    f"{USUAL}, 27 hangup b no-answer, 27 hangup a normal, "
    "87 ring a, 89 answer a, 89 ring b, 114 hangup b no-answer, 114 hangup a normal, "
    "174 ring a, 176 answer a, 176 ring b"
)
SILENT = f"{UNANSWERED}, 201 hangup b no-answer, 201 hangup a normal"
NEVER = ["no-answer"] * 3

PHONES = {
    "answered": (f"{USUAL}, {TALK}", ["completed"], ("10", *COMPLETED)),
    "no-answer": (SILENT, NEVER, ("201", "MISSED", "RECEIVED", "NOANSWER")),
    "callee-busy": (
        f"{USUAL}, 5 hangup b busy, 5 hangup a normal",
        ["busy"],
        ("5", "MISSED", "RECEIVED", "BUSY"),
    ),
    "rejected": (
        f"{USUAL}, 6 hangup b rejected, 6 hangup a normal",
        ["rejected"],
        ("6", "MISSED", "RECEIVED", "BUSY"),
    ),
    "unreachable": (
        f"{USUAL}, 3 hangup b unreachable, 3 hangup a normal",
        ["unreachable"],
        ("3", "MISSED", "RECEIVED", "CHANUNAVAIL"),
    ),
    "invalid-number": (
        f"{USUAL}, 2 hangup b invalid-number, 2 hangup a normal",
        ["invalid-number"],
        ("2", "MISSED", "RECEIVED", "CONGESTION"),
    ),
    "answering-machine": (
        f"{USUAL}, 22 answer b, 22 bridge, 22 machine b, 28 hangup a normal, 28 hangup b normal",
        ["completed"],
        ("28", *COMPLETED),
    ),
    "presses-one": (
        f"{LATER}, 4 digits a 1, {LATER_TALK}",
        ["completed"],
        ("11", *COMPLETED),
    ),
    "says-yes": (
        f"{LATER}, 4 speech a yes, {LATER_TALK}",
        ["completed"],
        ("11", *COMPLETED),
    ),
    "second-leg-no-answer": (SILENT, NEVER, ("201", "MISSED", "RECEIVED", "NOANSWER")),
    "hangs-up-early": (
        f"{USUAL}, 3 hangup a normal, 3 hangup b normal",
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
"""Story -> what happens to the phones, what becomes of each attempt, the report and its time."""

FLOWS = {
    "answered": ("2 answer a, 8 hangup a normal", ("8", "RECEIVED", "RECEIVED", "")),
    "callee-busy": ("3 hangup a busy", ("3", "BUSY", "BUSY", "")),
    "answering-machine": (
        "20 answer a, 20 machine a, 26 hangup a normal",
        ("26", "RECEIVED", "RECEIVED", ""),
    ),
    "says-yes": (
        "3 answer a, 4 speech a yes, 10 hangup a normal",
        ("10", "RECEIVED", "RECEIVED", ""),
    ),
    "hangs-up-early": ("2 answer a, 3 hangup a normal", ("3", "RECEIVED", "RECEIVED", "")),
    "invalid-number": ("0 hangup a invalid-number", ("0", "CONGESTION", "CONGESTION", "")),
}
"""Story -> what happens to the one phone of a flow after it has begun to ring, and the report."""


@pytest.fixture
def stage(configuration: Configuration) -> SandboxState:
    return SandboxState(configuration, START)


@pytest.mark.parametrize("story", PHONES)
def test_story_of_phones(stage: SandboxState, story: str) -> None:
    click_to_call(stage, story)
    sent = report_statuses(play_until_idle(stage))
    assert (", ".join(leg_log(stage)), attempt_outcomes(stage), *sent) == PHONES[story]


@pytest.mark.parametrize("story", FLOWS)
def test_story_of_a_flow(stage: SandboxState, story: str) -> None:
    click_to_call(stage, story, to="flow:1")
    sent = report_statuses(play_until_idle(stage))
    assert (", ".join(leg_log(stage)[1:]), *sent) == FLOWS[story]


@pytest.mark.parametrize(("seed", "answers"), [("seed", "2.48"), ("other", "2.821")])
def test_one_then_two_draws_when_it_answers(seed: str, answers: str) -> None:
    stage = state_from_text("", seed)
    click_to_call(stage, "one-then-two", to="flow:1")
    play_until_idle(stage)
    first, second = (float(answers) + seconds for seconds in (3, 5))
    assert leg_log(stage)[1:4] == [
        f"{answers} answer a",
        f"{first:g} digits a 1",
        f"{second:g} digits a 2",
    ]


def test_waits_for_a_person(stage: SandboxState) -> None:
    click_to_call(stage, "waits-for-a-person")
    assert play_until_idle(stage) == []
    assert ", ".join(leg_log(stage)) == USUAL
    assert read.wait_reasons(stage) == {"c1": (WaitReason(reason="person", leg="b"),)}


def test_rush_hour_is_as_likely_as_its_weights_say(stage: SandboxState) -> None:
    for _ in range(500):
        click_to_call(stage, "rush-hour", attempts=0)
    play_until_idle(stage)
    met = Counter(call.outcome for call in read.calls(stage).values())
    assert met == {"completed": 307, "busy": 90, "no-answer": 103}


@pytest.mark.parametrize(
    ("story", "leaving"), [("doubled-report", ["10", "10"]), ("late-report", ["610"])]
)
def test_story_of_travel(stage: SandboxState, story: str, leaving: list[str]) -> None:
    click_to_call(stage, story)
    assert report_statuses(play_until_idle(stage)) == [(at, *COMPLETED) for at in leaving]
    assert ", ".join(leg_log(stage)) == f"{USUAL}, {TALK}"


def test_lost_report(stage: SandboxState) -> None:
    click_to_call(stage, "lost-report")
    assert play_until_idle(stage) == []
    assert [one.state for one in read.deliveries(stage).values()] == ["dropped"]


def test_report_before_reply_hurries_the_report(stage: SandboxState) -> None:
    stories = ("report-before-reply", "answered")
    assert [
        is_due_before_response(stage, click_to_call(stage, one).call_ids) for one in stories
    ] == [
        True,
        False,
    ]


def test_every_story_is_tested_here() -> None:
    elsewhere = {"one-then-two", "waits-for-a-person", "rush-hour"}
    travel = {"doubled-report", "late-report", "lost-report"}
    stories = {name for name in configuration_from_texts("").scenarios.by_name if "/" not in name}
    assert stories == PHONES.keys() | elsewhere | travel


def test_bundled_files_pass_as_if_users_had_written_them(configuration: Configuration) -> None:
    catalog = load_definitions(
        [SourceText(file=str(path), text=path.read_bytes()) for path in FILES], load_providers()
    )
    stories = catalog.scenarios.by_name.values()
    assert [stumble for story in stories for stumble in dry_run(configuration, story)] == []
    assert catalog.scenarios.by_name.keys() == configuration.scenarios.by_name.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_bundled_files_name_their_schema(path: Path) -> None:
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text("utf-8"))
    assert named
    assert (path.parent / named[1]).is_file()
