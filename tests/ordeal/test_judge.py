"""The verdict on a case is a function of what was seen of it and of the clean case."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from mockserver.ordeal.cases import CASES, CLEAN, DEFECTS, SAME_DEFECTS, Case
from mockserver.ordeal.judge import Defect, Verdict, judge, merge_defects
from mockserver.ordeal.runs import Attempt, Readings, Run, SentWebhook

BY_NAME: Final[Mapping[str, Case]] = {case.name: case for case in CASES}


def build_webhook(
    status: int | None = 200, error: str | None = None, *, is_received: bool = True, **more: Any
) -> SentWebhook:
    attempts = (Attempt(status=status, error=error, duration_ms=3),)
    fields = {"id": "w1", "kind": "completed", "url": "http://app.test/", "copy_of": "", **more}
    return SentWebhook(**{"attempts": attempts, "is_received": is_received, **fields})


def build_run(
    *webhooks: SentWebhook, calls: int = 1, counted: tuple[int, int] | None = None, **more: Any
) -> Run:
    """Build a run in which a probe counts so much at once, and so much later."""
    readings = counted and Readings(
        before={"orders": 7}, at_once={"orders": 7 + counted[0]}, later={"orders": 7 + counted[1]}
    )
    return Run(
        webhooks=webhooks or (build_webhook(),),
        calls=calls,
        requests={"c2c": calls},
        readings=readings,
        **more,
    )


CLEAN_RUN: Final = build_run(counted=(1, 1))
REFUSED: Final = build_webhook(500, is_received=False)
REFUSED_COPY: Final = build_webhook(409, is_received=False, id="w2", copy_of="w1")
RESET: Final = build_webhook(None, "reset", is_received=False)
SILENT: Final = build_webhook(None, "timeout", is_received=False)


@pytest.mark.parametrize(
    ("case", "run", "defects"),
    [
        ("clean", build_run(REFUSED),
         [("refuses-webhooks", "webhook w1 (completed) got a response 500")]),
        ("clean", build_run(RESET),
         [("refuses-webhooks", "webhook w1 (completed) got the error reset")]),
        ("clean", build_run(SILENT), [("times-out", "an attempt got no response within 10 s")]),
        ("clean", build_run(counted=(0, 0)),
         [("counts-nothing", "the probe says the same before and after")]),
        ("clean", build_run(counted=(0, 1)),
         [("counts-late", "with the last response the probe counts nothing, and later orders +1")]),
        ("duplicate", build_run(counted=(2, 2)),
         [("counts-copies", "the probe counts orders +2, not orders +1")]),
        ("duplicate", build_run(counted=(0, 0)),
         [("loses-copies", "the probe counts nothing, not orders +1")]),
        ("duplicate", build_run(build_webhook(), REFUSED_COPY),
         [("refuses-copies", "a copy of w1 (completed) got a response 409")]),
        ("duplicate", build_run(calls=2, counted=(1, 1)),
         [("calls-again", "there are 2 calls in the end, not 1")]),
        ("duplicate", build_run(calls=2, counted=(2, 2)),
         [("calls-again", "there are 2 calls in the end, not 1"),
          ("counts-copies", "the probe counts orders +2, not orders +1")]),
        ("duplicate-later", build_run(calls=2, counted=(4, 4)),
         [("counts-later-copies", "the probe counts orders +4, not orders +2")]),
        ("garbage", build_run(REFUSED, counted=(1, 1)),
         [("fails-on-damage", "webhook w1 (completed) got a response 500")]),
        ("garbage", build_run(counted=(1, 1)),
         [("counts-damage", "the probe counts orders +1, not nothing")]),
        ("garbage", build_run(calls=2, counted=(0, 0)),
         [("counts-damage", "there are 2 calls in the end, not 1")]),
    ],
)  # fmt: skip
def test_a_wrong_case_has_its_defects_with_what_was_seen(
    case: str, run: Run, defects: list[tuple[str, str]]
) -> None:
    clean = run if case == "clean" else CLEAN_RUN
    expected = tuple(Defect(name=name, seen=seen) for name, seen in defects)
    assert judge(BY_NAME[case], run, clean) == Verdict(
        case=BY_NAME[case], state="wrong", defects=expected
    )


@pytest.mark.parametrize(
    ("case", "run"),
    [
        ("clean", CLEAN_RUN),
        ("duplicate", build_run(counted=(1, 1))),
        ("duplicate", build_run(counted=(0, 1))),
        ("reordered-calls", build_run(calls=2, counted=(2, 2))),
        ("garbage", build_run(build_webhook(400, is_received=False), counted=(0, 0))),
        ("garbage", build_run(counted=(0, 0))),
        ("late", build_run(build_webhook(attempts=(), is_received=False), counted=(1, 1))),
    ],
)
def test_a_case_without_a_defect_is_right_if_a_probe_says_so(case: str, run: Run) -> None:
    assert judge(BY_NAME[case], run, CLEAN_RUN) == Verdict(case=BY_NAME[case], state="right")


@pytest.mark.parametrize(
    ("run", "clean", "reason"),
    [
        (build_run(), build_run(),
         "whether each webhook had its effect once, only a probe can tell"),
        (build_run(counted=(2, 2)), build_run(counted=(0, 0)),
         "the probe counts nothing in the clean case, so there is nothing to compare with"),
        (build_run(counted=(2, 2), ignored=("duplicate: no webhook", "x: y")), CLEAN_RUN,
         "the case could not be played: duplicate: no webhook; x: y"),
    ],
)  # fmt: skip
def test_a_case_is_unknown_if_nothing_can_tell(run: Run, clean: Run, reason: str) -> None:
    case = BY_NAME["duplicate"]
    assert judge(case, run, clean) == Verdict(case=case, state="unknown", reason=reason)


@pytest.mark.parametrize(
    ("counted", "defect"), [((-2, -2), "counts-copies"), ((0, 0), "loses-copies")]
)
def test_a_count_that_falls_for_each_call_is_judged_like_one_that_rises(
    counted: tuple[int, int], defect: str
) -> None:
    verdict = judge(BY_NAME["duplicate"], build_run(counted=counted), build_run(counted=(-1, -1)))
    assert [each.name for each in verdict.defects] == [defect]


def build_verdict(case: str, name: str, seen: str = "seen") -> Verdict:
    defects = (Defect(name=name, seen=seen),)
    return Verdict(case=BY_NAME[case], state="wrong", defects=defects)


def test_a_defect_that_a_smaller_case_shows_has_its_name() -> None:
    small = build_verdict("duplicate", "counts-copies", "twice")
    others = [
        build_verdict("repeated", "counts-repeats"),
        build_verdict("late", "refuses-late-webhooks"),
    ]
    assert merge_defects([small, *others]) == [
        small,
        build_verdict("repeated", "counts-copies"),
        build_verdict("late", "refuses-late-webhooks"),
    ]
    assert merge_defects(others) == others


def test_every_defect_of_a_case_has_a_meaning() -> None:
    of_cases = {name for case in CASES for name in (case.refused, case.repeated, case.lost)}
    assert of_cases | {"counts-late", "times-out", "calls-again"} == set(DEFECTS)
    same = {name for names in SAME_DEFECTS.values() for name in names}
    assert same | set(SAME_DEFECTS) <= set(DEFECTS)


def test_the_clean_case_is_played_first() -> None:
    assert CASES[0] == CLEAN
