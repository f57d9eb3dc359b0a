"""The applications of the how-tos, with their own tests and the packages that these name."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.environments.environment import ROOT, Environment, Failed, attempt

DOCS: Final = ROOT / "docs"
EXAMPLES: Final = ("fastapi", "flask", "django", "respx")
"""Folders of `docs/examples`, with requirements that fit into one environment."""

APPLICATION: Final = "app.py"
RACE: Final = "test_a_report_that_arrives_before_the_reply_is_not_lost"
COPY: Final = "test_a_report_that_arrives_twice_counts_once"


class Variant(NamedTuple):
    """An example with a mistake in its application, and the tests that have to fail for it."""

    example: str
    application: str
    failed: frozenset[str]
    printed: tuple[str, ...] = ()  # what the page shows of the failure


def requirements() -> list[str]:
    """Return what the examples need, each package once."""
    files = [DOCS / "examples" / name / "requirements.txt" for name in EXAMPLES]
    lines = [line for file in files for line in file.read_text("utf-8").split()]
    return [*dict.fromkeys(lines)]


def variants() -> Iterator[Variant]:
    """Yield the applications for FastAPI that the last two of its tests find wrong."""
    right = (DOCS / "examples" / "fastapi" / APPLICATION).read_text("utf-8")
    page = (DOCS / "how-to" / "fastapi.md").read_text("utf-8")
    [late] = re.findall(r"```py\n(.*?)```", page, re.DOTALL)
    function = re.compile(r"def call_back\(.*?(?=\n\n\ndef )", re.DOTALL)
    racy = function.sub(late.strip(), right)
    lines = "".join(re.findall(r"```text\n(.*?)```", page, re.DOTALL)).splitlines()
    yield Variant("fastapi", racy, frozenset({RACE}), tuple(lines))
    yield Variant("fastapi", right.replace(" AND state = 'calling'", ""), frozenset({COPY}))


def check_examples(environment: Environment) -> None:
    """Run the tests of each example as it is, and with each mistake.

    Raises:
        Failed: other tests fail than those that have to.
    """
    for name in EXAMPLES:
        _check(environment, copy_example(name, environment.folder / name), frozenset())
    for number, variant in enumerate(variants()):
        folder = copy_example(variant.example, environment.folder / f"mistake-{number}")
        (folder / APPLICATION).write_text(variant.application, "utf-8")
        printed = _check(environment, folder, variant.failed)
        if missing := [line for line in variant.printed if line not in printed]:
            raise Failed(f"{folder.name}: the page shows {missing}\n{printed}")


def copy_example(name: str, folder: Path) -> Path:
    return Path(shutil.copytree(DOCS / "examples" / name, folder))


def _check(environment: Environment, folder: Path, expected: frozenset[str]) -> str:
    """Run the tests of an application; return what pytest has printed."""
    command = [environment.python, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider"]
    result = attempt([*command, "--rootdir", str(folder)], folder)
    failed = frozenset(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", result.stdout, re.MULTILINE))
    if failed != expected or result.returncode != bool(expected):
        raise Failed(f"{folder.name}: failed were {sorted(failed)}\n{result.stdout}")
    return result.stdout
