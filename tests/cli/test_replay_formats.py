"""`mockserver replay` refuses an export of an older version."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import group

OLD_FORMAT = (
    "its format is 1, of an older version of mockserver, and this one replays format 2: "
    "export it again"
)
NO_HEADING = "the first line is no heading: GET /_mock/journal?format=jsonl gives one"


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ('{"journal": 1, "dropped": 0}', OLD_FORMAT),
        ('{"journal": 1, "dropped": 7}', OLD_FORMAT),
        ('{"journal": 3, "evicted": 0}', NO_HEADING),
        ("[]", NO_HEADING),
    ],
)
def test_a_journal_of_another_format_is_refused(tmp_path: Path, heading: str, reason: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(heading, "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file)])
    expected = f"mockserver: {file} is not a journal that can be replayed: {reason}\n"
    assert (result.exit_code, result.output) == (2, expected)
