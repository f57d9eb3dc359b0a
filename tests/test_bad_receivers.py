"""Three bad receivers of ten cost the other seven no report, and the checker finds one that is."""

from typing import Any

import pytest

from tests.bad_receivers.ledger import Report, find_losses, lateness
from tests.bad_receivers.load import PlacedCall
from tests.bad_receivers.receivers import BAD, Arrival
from tests.bad_receivers.runner import HEALTHY, run

PLACED = PlacedCall(number=15, call_id="c16")
OTHER = PlacedCall(number=0, call_id="c1")


def test_no_report_of_two_thousand_calls_to_seven_healthy_receivers_is_lost_or_doubled() -> None:
    result = run(2_000, rate=400.0, bad=BAD, clock="10x")
    assert result.problems == []
    assert [result.counts[index] for index in HEALTHY] == [280] * len(HEALTHY)
    assert all(result.counts[index] > 0 for index in range(len(BAD)))


def build_report(**changes: Any) -> Report:
    report = Report(PLACED, "completed", "digest", due=100.0, state="delivered")
    return report._replace(**changes)


@pytest.mark.parametrize(
    ("reports", "arrivals", "problems"),
    [
        ([build_report()], [(3, 100.5, "digest")], []),
        ([build_report()], [], ["lost at receiver 3: digest"]),
        (
            [build_report()],
            [(3, 100.5, "digest"), (3, 101.0, "digest")],
            ["twice at receiver 3, or unknown: digest"],
        ),
        (
            [build_report()],
            [(3, 100.5, "digest"), (4, 101.0, "digest")],
            ["twice at receiver 4, or unknown: digest"],
        ),
        ([], [], [f"{PLACED} sent [], not ['completed']"]),
        (
            [build_report(kind="other")],
            [(3, 100.5, "digest")],
            [f"{PLACED} sent ['other'], not ['completed']"],
        ),
        (
            [build_report(state="failed")],
            [(3, 100.5, "digest")],
            [f"{PLACED} has a report that is failed"],
        ),
        (
            [build_report()] * 2,
            [(3, 100.5, "digest")] * 2,
            [
                f"{PLACED} sent ['completed', 'completed'], not ['completed']",
                "sent twice: (3, 'digest')",
            ],
        ),
    ],
)
def test_a_lost_doubled_or_unexpected_report_is_found(
    reports: list[Report], arrivals: list[Arrival], problems: list[str]
) -> None:
    assert find_losses([PLACED], reports, arrivals, HEALTHY) == problems


def test_reports_to_bad_receivers_are_not_compared() -> None:
    assert find_losses([OTHER], [], [(0, 1.0, "digest")], HEALTHY) == []


def test_the_lateness_of_a_report_is_its_arrival_minus_its_due_time() -> None:
    reports = [build_report(), build_report(digest="later", due=100.25)]
    arrivals = [(3, 100.5, "digest"), (3, 100.375, "later"), (0, 200.0, "bad")]
    assert lateness(reports, arrivals, HEALTHY) == [125.0, 500.0]
