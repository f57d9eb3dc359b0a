"""A report says the same as text, as JSON and as JUnit XML."""

import json
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from mockserver.ordeal.cases import CASES, CLEAN
from mockserver.ordeal.json_report import render_json
from mockserver.ordeal.judge import Defect, Verdict
from mockserver.ordeal.junit_report import render_junit
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runner import Report
from mockserver.ordeal.runs import Attempt, Readings, Run, SentWebhook
from mockserver.ordeal.summary import describe_copies, failures, latencies, responses, statuses
from mockserver.ordeal.text_report import render_text
from tests.support.ordeal_vendors import VENDORS

PLAN: Final = Plan(
    provider="mobtexting",
    vendor=VENDORS["mobtexting"],
    seed="s",
    to="http://app.test/hook",
    words=("mockserver", "ordeal", "--to", "http://app.test/a b"),
)
DUPLICATE, REPEATED, LATE, SLOW = (
    next(case for case in CASES if case.name == name)
    for name in ("duplicate", "repeated", "late", "slow-sender")
)


def build_sent(id_: str, *attempts: Attempt, copy_of: str = "") -> SentWebhook:
    return SentWebhook(
        id=id_, kind="completed", url="", copy_of=copy_of, is_received=True, attempts=attempts
    )


def took(duration_ms: int, status: int = 200) -> Attempt:
    return Attempt(status=status, error=None, duration_ms=duration_ms)


def build_copies(*answers: tuple[str, int | None, str | None, str]) -> dict[str, Any]:
    """Build differing copies as the report of a sandbox has them."""
    names = ("webhook", "status", "error", "body")
    return {"answers": [dict(zip(names, answer, strict=True)) for answer in answers]}


RESET: Final = Attempt(status=None, error="reset", duration_ms=9)
RUNS: Final = {
    "clean": Run(
        webhooks=(build_sent("w1", took(1)),),
        calls=1,
        requests={"c2c": 1, "get": 2},
        readings=Readings(before={"n": 0}, at_once={"n": 1}, later={"n": 1}),
    ),
    "slow-sender": Run(webhooks=(build_sent("w1", took(900)),), calls=1, requests={}),
    "duplicate": Run(
        webhooks=(build_sent("w1", took(2)), build_sent("w2", took(7, 202), copy_of="w1")),
        calls=1,
        requests={"c2c": 1},
        differing_copies=(build_copies(("w1", 200, None, "x"), ("w2", 202, None, "x")),),
    ),
    "repeated": Run(
        webhooks=(build_sent("w1", took(3), RESET),),
        calls=1,
        requests={},
        differing_copies=(build_copies(("w1", 200, None, "x"), ("w1", None, "reset", "")),),
    ),
}
COPIES: Final = Defect(name="counts-copies", seen="the probe counts +2, not <1>\x1b")
REPORT: Final = Report(
    plan=PLAN,
    verdicts=(
        Verdict(case=CLEAN, state="right"),
        Verdict(case=DUPLICATE, state="wrong", defects=(COPIES,)),
        Verdict(case=REPEATED, state="wrong", defects=(COPIES,)),
        Verdict(case=LATE, state="unknown", reason='"why"'),
    ),
    runs=RUNS,
)


def test_latency_is_that_of_responses_without_a_relay() -> None:
    assert latencies(REPORT) == {"p50": 2, "p99": 7}
    assert latencies(REPORT._replace(runs={})) == {}


def test_attempts_without_a_response_are_counted_by_error() -> None:
    assert failures(REPORT) == {"reset": 1}


def test_responses_of_a_case_are_counted() -> None:
    assert [responses(run) for run in RUNS.values()] == [
        {"200": 1},
        {"200": 1},
        {"200": 1, "202": 1},
        {"200": 1, "reset": 1},
    ]


def test_responses_of_all_cases_are_counted_by_status() -> None:
    assert statuses(REPORT) == {200: 4, 202: 1}


@pytest.mark.parametrize(
    ("answers", "lines"),
    [
        ([("w1", 200, None, "x"), ("w2", 202, None, "x")], ["w1 first got 200, and then 202"]),
        ([("w1", 200, None, "x"), ("w1", None, "reset", "")], ["w1 first got 200, and then reset"]),
        ([("w1", None, "reset", ""), ("w2", 200, None, "")], ["w1 first got reset, and then 200"]),
        (
            [("w1", 200, None, "x"), ("w2", 200, None, "x"), ("w3", 200, None, "y")],
            ["w1 first got 200, and then 200 with another body"],
        ),
    ],
)
def test_copies_and_repeats_with_another_answer_than_the_first_are_named(
    answers: list[tuple[str, int | None, str | None, str]], lines: list[str]
) -> None:
    run = RUNS["clean"]._replace(differing_copies=(build_copies(*answers),))
    assert [*describe_copies(run)] == lines


def test_a_run_without_differing_copies_names_none() -> None:
    assert [*describe_copies(RUNS["clean"])] == []


def test_the_text_has_each_case_the_numbers_and_each_defect_with_its_smallest_run() -> None:
    expected = (Path(__file__).parents[1] / "golden" / "ordeal.txt").read_text("utf-8")
    assert "\n".join(render_text(REPORT, "kept")) + "\n" == expected


def test_the_json_has_the_same() -> None:
    value = json.loads("\n".join(render_json(REPORT, "kept")))
    assert value["ordeal"] == 1
    assert [(case["case"], case["verdict"]) for case in value["cases"]] == [
        ("clean", "right"),
        ("duplicate", "wrong"),
        ("repeated", "wrong"),
        ("late", "unknown"),
    ]
    assert value["cases"][0]["probe"]["later"] == {"n": 1}
    assert value["cases"][3]["responses"] == {}
    copies = RUNS["duplicate"].differing_copies
    assert [case["differing_copies"] for case in value["cases"]][:2] == [[], [*copies]]
    assert [(each["defect"], each["cases"]) for each in value["defects"]] == [
        ("counts-copies", ["duplicate", "repeated"])
    ]
    assert value["defects"][0]["scenario"]["webhooks"] == {"any": {"duplicate": 2}}
    assert (value["latency_ms"], value["failures"]) == ({"p50": 2, "p99": 7}, {"reset": 1})


def test_the_junit_xml_has_a_test_for_each_case() -> None:
    suite = ET.fromstring("\n".join(render_junit(REPORT, "kept")))  # noqa: S314 - ours
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "2", "errors": "0", "skipped": "1"}
    assert [(test.get("name"), [child.tag for child in test]) for test in suite] == [
        ("clean", []),
        ("duplicate", ["failure"]),
        ("repeated", ["failure"]),
        ("late", ["skipped"]),
    ]
    failure, skipped = suite[1][0], suite[3][0]
    assert failure.get("message") == "counts-copies: the probe counts +2, not <1>\ufffd"
    assert "mockserver replay kept/duplicate.jsonl" in str(failure.text)
    assert skipped.get("message") == '"why"'


def test_a_defect_without_a_scenario_says_who_shows_it() -> None:
    verdict = Verdict(
        case=REPEATED, state="wrong", defects=(COPIES._replace(name="counts-repeats"),)
    )
    lines = [*render_text(REPORT._replace(verdicts=(verdict,)), "kept")]
    assert "  scenario  none: the ordeal itself does this to the webhooks" in lines
