"""`mockserver schema` prints the schema of scenario files."""

import json
from pathlib import Path

from click.testing import CliRunner

from mockserver.cli import group
from mockserver.config.registry import bundled_folder


def test_schema_prints_the_bundled_schema() -> None:
    file: Path = bundled_folder("schemas") / "scenario.schema.json"
    result = CliRunner().invoke(group, ["schema"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == json.loads(file.read_text("utf-8"))
