"""Each cell of the table of promises is shown by tests."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent.parent
PAGE: Final = (TESTS.parent / "docs" / "server" / "promises.md").read_text("utf-8")
HEADING, *ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| ")
]
SHOWN_BY: Final = {
    "all is gone": {
        "test_promises_kept": ["test_without_a_store_all_is_gone_when_the_server_ends"],
    },
    "there is no file": {"test_promises_kept": ["test_without_a_store_no_file_is_opened"]},
    "nothing acknowledged is missing": {
        "test_crashes": [
            "test_every_acknowledged_call_is_there_and_its_id_was_given_once",
            "test_every_call_ends_exactly_once",
            "test_every_report_arrives_and_each_repeat_is_marked",
            "test_an_attempt_whose_response_was_recorded_is_never_repeated",
        ]
    },
    "the latest seconds may be missing, and the file is sound": {
        "test_promises_kept": ["test_a_file_that_lost_its_latest_commits_is_sound"]
    },
    "nothing acknowledged is missing, if the disk is still there": {
        "test_promises_kept": [
            "test_each_commit_waits_for_the_disk_if_that_is_asked_for",
            "test_a_copy_of_the_file_at_any_moment_has_what_was_acknowledged_by_then",
        ]
    },
    "the webhook is sent again, marked": {
        "test_promises_kept": [
            "test_a_webhook_whose_result_was_not_stored_is_sent_again_and_counts_once"
        ]
    },
    "it may have happened": {
        "test_promises_kept": ["test_a_request_without_a_response_may_have_happened"]
    },
    "the second one is refused": {
        "test_faults": ["test_a_second_server_is_refused_and_the_first_one_serves_on"]
    },
    "503, and webhooks wait, until it works again": {
        "test_faults": [
            "test_what_cannot_be_stored_is_not_acknowledged_and_nothing_that_was_is_lost",
            "test_webhooks_and_an_advance_wait_until_the_store_takes_something_again",
        ],
        "test_streams": [
            "test_a_stream_ends_when_the_store_takes_nothing_and_resumes_where_it_was"
        ],
    },
    "this sandbox is refused, others go on": {
        "test_faults": [
            "test_a_log_that_does_not_play_costs_its_sandbox_alone",
            "test_damaged_pages_of_the_file_cost_those_sandboxes_that_have_something_there",
        ]
    },
}
"""A promise of the table -> the tests that show it, by module."""


def named_tests(promise: str) -> Iterator[tuple[str, str]]:
    for module, names in SHOWN_BY[promise].items():
        for name in names:
            yield module, name


def test_the_table_has_the_modes_of_the_store_and_each_promise_has_tests() -> None:
    assert HEADING == ("what happens", "memory", "`--durable engine`", "`--durable disk`")
    assert {len(row) for row in ROWS} == {4}
    assert {cell for row in ROWS for cell in row[1:]} == SHOWN_BY.keys()


@pytest.mark.parametrize("promise", SHOWN_BY)
def test_the_tests_of_each_promise_exist(promise: str) -> None:
    for module, name in named_tests(promise):
        text = (TESTS / "store" / f"{module}.py").read_text("utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), name


MODES: Final = ("engine", "disk")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_tests_of_each_row_are_run_for_both_modes(row: tuple[str, ...]) -> None:
    """Where both modes promise the same, the tests have them as parameters."""
    if row[2] == row[3]:
        for module in SHOWN_BY[row[2]]:
            text = (TESTS / "store" / f"{module}.py").read_text("utf-8")
            assert [mode for mode in MODES if f'"{mode}"' not in text] == []
