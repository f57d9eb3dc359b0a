"""The documented example clients in three languages work without an SDK."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import __version__

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
CLIENT = Path(__file__).parent.parent / "clients" / "typescript"
NODE_PACKAGES = (CLIENT, EXAMPLES / "node")
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


def test_the_loop_in_curl_runs_its_tests_in_sandboxes_of_their_own() -> None:
    assert run_example("bash", str(EXAMPLES / "test_loop.sh")) == [
        "passed: test_customer_who_answers",
        "passed: test_busy_customer",
    ]


def test_the_java_example_places_a_phonon_call() -> None:
    placed, webhook = run_example("java", str(EXAMPLES / "PhononClient.java"))
    assert placed == "placed: 200"
    assert webhook.startswith('webhook: {"name":"mine","received":[{')


@pytest.mark.parametrize("folder", NODE_PACKAGES, ids=lambda folder: folder.name)
def test_a_node_package_needs_exact_versions_of_no_registry_in_particular(folder: Path) -> None:
    package = json.loads((folder / "package.json").read_text("utf-8"))
    assert "dependencies" not in package
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+|file:[./]+clients/typescript", version), name
    locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    assert {entry["resolved"] for entry in locked.values() if "resolved" in entry} <= {
        "../../../clients/typescript"
    }


def test_the_typescript_client_has_the_version_of_the_server() -> None:
    package = json.loads((CLIENT / "package.json").read_text("utf-8"))
    assert package["version"] == __version__
