"""Clients without any SDK, in three languages, as the documentation shows them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
BESIDE = (sys.executable, "-m", "mockserver", "exec", "--clock", "manual", "--seed", "docs", "--")


def printed(*words: str) -> list[str]:
    """What a command prints with a server beside it, line by line."""
    found = shutil.which(words[0])
    if found is None:
        pytest.skip(f"{words[0]} is not on this machine")
    done = subprocess.run(  # noqa: S603 - our own examples
        [*BESIDE, found, *words[1:]], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_python_drives_innocalls() -> None:
    assert printed(sys.executable, str(EXAMPLES / "innocalls_client.py")) == [
        "placed: 200",
        "webhook: GET action=GetDigits&callId=GmKWpAHKBrrgIjd&clicked=1 500",
        ("webhook: GET action=CDR&callId=GmKWpAHKBrrgIjd&disposition=Answered&to=201001234567 200"),
    ]


def test_node_drives_effebot() -> None:
    assert printed("node", str(EXAMPLES / "effebot_client.mjs")) == [
        "placed: 200",
        "webhook: POST processed",
        "webhook: POST started",
        "webhook: POST canceled",
    ]


def test_java_drives_phonon() -> None:
    placed, webhook = printed("java", str(EXAMPLES / "PhononClient.java"))
    assert placed == "placed: 200"
    assert webhook.startswith('webhook: {"name":"mine","received":[{')
