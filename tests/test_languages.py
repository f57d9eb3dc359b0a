"""The documented example clients in three languages work without an SDK."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
EXEC_COMMAND = (
    sys.executable,
    "-m",
    "mockserver",
    "exec",
    "--clock",
    "manual",
    "--seed",
    "docs",
    "--",
)


def run_example(*command: str) -> list[str]:
    """Run a command beside a server and return the lines that it prints."""
    program = shutil.which(command[0])
    if program is None:
        pytest.skip(f"{command[0]} is not on this machine")
    result = subprocess.run(  # noqa: S603 - our own examples
        [*EXEC_COMMAND, program, *command[1:]],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_the_python_example_places_an_innocalls_call() -> None:
    assert run_example(sys.executable, str(EXAMPLES / "innocalls_client.py")) == [
        "placed: 200",
        "webhook: GET action=GetDigits&callId=GmKWpAHKBrrgIjd&clicked=1 500",
        ("webhook: GET action=CDR&callId=GmKWpAHKBrrgIjd&disposition=Answered&to=201001234567 200"),
    ]


def test_the_node_example_places_an_effebot_call() -> None:
    assert run_example("node", str(EXAMPLES / "effebot_client.mjs")) == [
        "placed: 200",
        "webhook: POST processed",
        "webhook: POST started",
        "webhook: POST canceled",
    ]


def test_the_java_example_places_a_phonon_call() -> None:
    placed, webhook = run_example("java", str(EXAMPLES / "PhononClient.java"))
    assert placed == "placed: 200"
    assert webhook.startswith('webhook: {"name":"mine","received":[{')
