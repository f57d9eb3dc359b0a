"""The schema of scenario files as `mockserver schema` prints it."""

import json
from pathlib import Path

from click.testing import CliRunner

from mockserver.cli import group
from mockserver.config.registry import bundled_folder


def test_schema_is_the_file() -> None:
    file: Path = bundled_folder("schemas") / "scenario.schema.json"
    done = CliRunner().invoke(group, ["schema"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == json.loads(file.read_text("utf-8"))
