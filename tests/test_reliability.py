"""The table of reliability claims covers every hazard and names existing tests."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TEXT = (TESTS.parent / "docs" / "reliability.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
WITHOUT_SUBJECT = {39}
"""The hazard of a dashboard, which does not exist."""


def test_every_hazard_has_a_row() -> None:
    assert [int(row[0]) for row in ROWS] == sorted({*range(1, 61)} - WITHOUT_SUBJECT)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_names_existing_tests(row: tuple[str, ...]) -> None:
    named = re.findall(r"`(\S+?)::(\w+)`", row[2])
    assert named != []
    texts = {file: (TESTS / file).read_text("utf-8") for file, _ in named}
    assert [test for file, test in named if not re.search(rf"def {test}\b", texts[file])] == []
