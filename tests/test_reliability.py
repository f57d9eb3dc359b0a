"""The table of promises names tests that exist, and leaves no hazard out."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TEXT = (HERE.parent / "docs" / "reliability.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
WITHOUT_SUBJECT = {39, 41}
"""A dashboard and snapshots, which there are none of."""


def test_every_hazard_has_a_row() -> None:
    assert [int(row[0]) for row in ROWS] == sorted({*range(1, 48)} - WITHOUT_SUBJECT)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_names_tests_that_exist(row: tuple[str, ...]) -> None:
    named = re.findall(r"`(\S+?)::(\w+)`", row[2])
    assert named != []
    texts = {file: (HERE / file).read_text("utf-8") for file, _ in named}
    assert [one for file, one in named if not re.search(rf"def {one}\b", texts[file])] == []
