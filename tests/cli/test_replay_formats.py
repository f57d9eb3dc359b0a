"""`mockserver replay` refuses the export of another version, and one of another kind."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver import __version__
from mockserver.cli import group

JOURNAL = "it is a journal, which cannot be played: GET /_mock/inputs exports one"
OTHER_VERSION = (
    f"mockserver 0.0.1 has written it in format 1, and this is {__version__} with format 1: "
    "use the same version"
)


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ('{"journal": 1, "dropped": 0}', JOURNAL),
        ('{"journal": 2, "evicted": 7}', JOURNAL),
        ('{"inputs": 1, "version": "0.0.1"}', OTHER_VERSION),
        ("[]", "line 1 is not a JSON object: GET /_mock/inputs exports one"),
        ("[" * 100_000, "line 1 is not JSON: GET /_mock/inputs exports one"),
    ],
)
def test_an_export_of_another_format_is_refused(tmp_path: Path, heading: str, reason: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(heading, "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file)])
    expected = f"mockserver: {file} cannot be replayed: {reason}\n"
    assert (result.exit_code, result.output) == (2, expected)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    file.write_bytes(bytes(range(256)))
    result = CliRunner().invoke(group, ["replay", str(file)])
    expected = f"mockserver: {file} cannot be replayed: it is not text in UTF-8\n"
    assert (result.exit_code, result.output) == (2, expected)
