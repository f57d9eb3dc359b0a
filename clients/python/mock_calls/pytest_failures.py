"""What a failed test reports of its sandbox: a section of the report, and files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mock_calls.artifacts import (
    describe_artifacts,
    folder_of,
    remove_artifacts,
    write_artifacts,
)
from mock_calls.failure_report import collect_evidence, render_report
from mock_calls.page_links import describe_page
from mock_calls.strictness import Strictness, find_problems
from mock_calls.sync import MockServer

TITLE = "what happened at the mock server"
REPORTER_KEY: pytest.StashKey["Reporter"] = pytest.StashKey()
ENDED_EARLY_KEY: pytest.StashKey[bool] = pytest.StashKey()
"""Set if the test has failed, or has ended early in another way, before its sandbox is checked."""
FAILED_KEY: pytest.StashKey[bool] = pytest.StashKey()
"""Set if the test has failed before its sandbox is checked."""
TEXT_KEY: pytest.StashKey[str] = pytest.StashKey()
"""The section of a test that fails at its end; its sandbox is gone when pytest reports that."""


class Reporter(NamedTuple):
    """Reports of one sandbox; `folder` is for the files of the test, `base` for those of all.

    `start` is the folder in which pytest was started. With `is_kept`, the sandbox stays if the test
    fails.
    """

    client: MockServer
    strictness: Strictness
    seed: str
    base: Path
    folder: Path
    start: Path
    scenarios: str
    is_kept: bool


def build_reporter(
    node: pytest.Item, client: MockServer, strictness: Strictness, seed: str
) -> Reporter:
    """Build the reporter of a test, and remove the files that an earlier run has left."""
    config = node.config
    name = config.getoption("mock_calls_folder") or config.getini("mock_calls_folder")
    base = config.rootpath / name
    folder, start = folder_of(base, node.nodeid), config.invocation_params.dir
    scenarios = config.getoption("mock_calls_scenarios") or ""
    is_kept = config.getoption("mock_calls_keep") == "failed"
    remove_artifacts(folder)
    return Reporter(client, strictness, seed, base, folder, start, scenarios, is_kept)


def describe_failure(reporter: Reporter, problems: tuple[str, ...] = ()) -> str:
    """Write the files, and return the section; `problems` are reported elsewhere already."""
    try:
        others = [*find_problems(reporter.client, reporter.strictness)] if not problems else []
        also = ["A strict test fails for this, too:", *(f"  {line}" for line in others), ""]
        evidence = collect_evidence(reporter.client)
        rest = [*(also if others else ()), *_write_files(reporter)]
        if reporter.is_kept:
            rest += describe_page(reporter.client, [call.id for call in evidence.calls])
        return render_report(evidence, reporter.seed, rest)
    except Exception as error:  # noqa: BLE001 - what cannot be told must not hide the failure
        return f"(it could not be asked: {error})"


def add_section(item: pytest.Item, call: pytest.CallInfo[Any], report: pytest.TestReport) -> None:
    """Add the section to the report of a phase that has failed."""
    reporter = item.stash.get(REPORTER_KEY, None)
    if reporter is None:
        return
    is_end = report.when == "teardown"
    if call.excinfo and not is_end:
        item.stash[ENDED_EARLY_KEY] = True
    if report.failed:
        item.stash[FAILED_KEY] = True
        text = item.stash.get(TEXT_KEY, "") if is_end else describe_failure(reporter)
        if text:
            report.sections.append((TITLE, text))


def check_strictly(node: pytest.Item, reporter: Reporter) -> tuple[str, ...]:
    """Return what makes the test fail at its end, unless it has failed already.

    The section of the report is kept for `add_section`.
    """
    if ENDED_EARLY_KEY in node.stash:
        return ()
    problems = tuple(find_problems(reporter.client, reporter.strictness))
    if problems:
        node.stash[TEXT_KEY] = describe_failure(reporter, problems)
    return problems


def _write_files(reporter: Reporter) -> Iterator[str]:
    try:
        write_artifacts(reporter.client, reporter.base, reporter.folder)
    except OSError as error:
        yield f"No files could be written: {error}"
        return
    yield from describe_artifacts(reporter.folder, reporter.start, reporter.scenarios)
