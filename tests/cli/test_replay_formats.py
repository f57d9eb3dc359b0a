"""`mockserver replay` refuses an export of an older version."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import group

OLD_FORMAT = (
    "its format is 1, of an older version of mockserver, and this one replays format 2: "
    "export it again"
)
FIELDS = ("seed", "start_at", "sandbox", "evicted")
HEADING = (
    '{"journal": 2, "seed": "x", "start_at": "2026-01-01T00:00:00Z", "sandbox": "a", "evicted": 0}'
)
NO_HEADING = "the first line is no heading: GET /_mock/journal?format=jsonl gives one"


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ('{"journal": 1, "dropped": 0}', OLD_FORMAT),
        ('{"journal": 1, "dropped": 7}', OLD_FORMAT),
        ('{"journal": 3, "evicted": 0}', NO_HEADING),
        ("[]", NO_HEADING),
        ("[" * 100_000, "a line is nested too deeply"),
        (
            '{"journal": 2}',
            f"the first line has no valid {' and no valid '.join(FIELDS)}",
        ),
        (
            '{"journal": 2, "seed": "x", "start_at": "now", "sandbox": "a", "evicted": 0}',
            "the first line has no valid start_at",
        ),
        (
            HEADING.replace('"x"', "1").replace("Z", ""),
            "the first line has no valid seed and no valid start_at",
        ),
        (f"{HEADING}\n[]", "line 2 is no entry"),
    ],
)
def test_a_journal_of_another_format_is_refused(tmp_path: Path, heading: str, reason: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(heading, "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file)])
    expected = f"mockserver: {file} is no journal that can be replayed: {reason}\n"
    assert (result.exit_code, result.output) == (2, expected)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    file.write_bytes(bytes(range(256)))
    result = CliRunner().invoke(group, ["replay", str(file)])
    expected = f"mockserver: {file} is no journal: it is not text in UTF-8\n"
    assert (result.exit_code, result.output) == (2, expected)
