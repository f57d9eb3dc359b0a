"""`mockserver ui` shows an exported run, and ends with it."""

import json
import re
import signal
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import group
from tests.support.exported_runs import ExportedRun, export_run
from tests.support.fetch import fetch_bytes
from tests.support.processes import Process, start
from tests.support.site_client import SiteClient

REPORT = {"ordeal": 1, "cases": [{"case": "clean", "reason": "\u00fc"}]}
HEADING = '{"journal": 2, "version": "0.1.0"}'


@pytest.fixture
def run(site: SiteClient, tmp_path: Path) -> ExportedRun:
    return export_run(site, tmp_path)


def read_page(process: Process, name: str) -> str:
    """Read the line that tells where the file is shown, and return the URL of the page."""
    assert process.stdout
    line = process.stdout.readline()
    match = re.fullmatch(rf"mockserver shows {name} on (http://127\.0\.0\.1:\d+/_mock/ui/)\n", line)
    assert match
    return match[1]


def read_lines(page: str) -> list[str]:
    return fetch_bytes(page.replace("ui/", "file.jsonl")).decode().splitlines()


def test_a_journal_is_shown_until_the_command_is_ended(run: ExportedRun) -> None:
    with start("ui", str(run.journal)) as process:
        page = read_page(process, "journal.jsonl")
        assert 'data-file="journal.jsonl"' in fetch_bytes(page).decode()
        assert read_lines(page) == run.lines
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def test_a_log_of_inputs_is_played_and_its_journal_shown(run: ExportedRun) -> None:
    with start("ui", str(run.inputs)) as process:
        assert read_lines(read_page(process, "run.jsonl")) == run.lines


def test_a_run_that_plays_otherwise_is_shown_and_the_difference_reported(run: ExportedRun) -> None:
    *lines, end = run.inputs.read_text("utf-8").splitlines()
    other = json.dumps({**json.loads(end), "journal": "other"})
    run.inputs.write_text("\n".join([*lines, other]), "utf-8")
    with start("ui", str(run.inputs)) as process:
        assert len(read_lines(read_page(process, "run.jsonl"))) == len(run.lines)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    expected = "mockserver: all inputs do what they did, but the journals differ\n"
    assert (process.returncode, errors) == (0, expected)


def test_the_report_of_an_ordeal_is_shown_as_one_line(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(REPORT, indent=2))
    with start("ui", str(file)) as process:
        [line] = read_lines(read_page(process, "report.json"))
    assert json.loads(line) == REPORT


def test_the_page_is_opened_by_the_browser_of_the_user(run: ExportedRun) -> None:
    with start("ui", str(run.journal), "--open", BROWSER="echo opened %s") as process:
        page = read_page(process, "journal.jsonl")
        assert process.stdout
        assert process.stdout.readline() == f"opened {page}\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "it is not text in UTF-8"),
        (
            b"",
            "the first line is not the heading of a log of inputs: GET /_mock/inputs exports one",
        ),
        (b"{", "line 1 is not JSON: GET /_mock/inputs exports one"),
        (b"[]", "line 1 is not a JSON object: GET /_mock/inputs exports one"),
        (b'{"journal": 1}', "it is a journal in format 1, and this version shows 2"),
        (
            b'{"cases": [], "ordeal": 7}',
            "it is an ordeal's report in format 7, and this version shows 1",
        ),
        (
            b'{\n  "ordeal": 1,\n  "cases": [',
            "it is a part of an ordeal's report: `mockserver ordeal --format json` writes one",
        ),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_bytes(content)
    result = CliRunner().invoke(group, ["ui", str(file)])
    expected = f"mockserver: {file} cannot be shown: {reason}\n"
    assert (result.exit_code, result.output) == (2, expected)


def test_a_missing_file_of_credentials_is_named(run: ExportedRun) -> None:
    result = CliRunner().invoke(group, ["ui", str(run.inputs), "--scenarios", "no.yaml"])
    assert (result.exit_code, result.output.startswith("mockserver: ")) == (2, True)
    assert "no.yaml" in result.output


def test_a_taken_port_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text(HEADING)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        result = CliRunner().invoke(group, ["ui", str(file), "--port", port])
    reason = "cannot be bound (Address already in use): choose another by --port"
    assert (result.exit_code, result.output) == (3, f"mockserver: port {port} {reason}\n")
