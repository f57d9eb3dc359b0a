"""The documentation says the truth: its commands print what is printed there, its tests pass."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from from_code import pages, write
from mockserver.app import run_server
from mockserver.cli import COMMANDS
from mockserver.config.registry import load_providers
from mockserver.core.provider import all_faults
from mockserver.settings import OPTIONS, parse_settings
from mockserver.web.control.app import ROUTE_MODULES

DOCS = Path(__file__).parent.parent / "docs"
TUTORIAL = (DOCS / "tutorial.md").read_text("utf-8")
BASH = shutil.which("bash") or ""
FLAGS = {"clock": "manual", "seed": "tutorial", "start_at": "2026-01-01T12:00:00Z"}
STEP = re.compile(r"```bash\n(.*?)```\n(?:\n```(?:text|mermaid)\n(.*?)```\n)?", re.DOTALL)


def shown(command: str, origin: str, place: Path) -> str:
    """What a command of the tutorial prints, as if the server had its usual port."""
    here = f"PATH={Path(sys.executable).parent}:$PATH\n"
    done = subprocess.run(  # noqa: S603 - the tutorial's own text
        [BASH, "-c", here + command.replace("http://localhost:8080", origin)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=place,
    )
    printed = (done.stdout + done.stderr).replace(origin, "http://localhost:8080")
    return f"{printed.strip()}\n" if printed.strip() else ""


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the snippets need bash and curl")
def test_tutorial_prints_what_it_says(tmp_path: Path) -> None:
    start = re.findall(r"mockserver (--clock .*)\n", TUTORIAL)
    assert start == [" ".join(f"--{key.replace('_', '-')} {value}" for key, value in FLAGS.items())]
    with run_server(parse_settings({**FLAGS, "port": "0", "quiet": True}, {})) as origin:
        for command, told in STEP.findall(TUTORIAL):
            assert shown(command, origin, tmp_path) == told, command


def suites() -> Iterator[tuple[str, str]]:
    for page in ("tutorial", "how-to/pytest", "how-to/asyncio"):
        text = (DOCS / f"{page}.md").read_text("utf-8")
        for nth, suite in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL)):
            yield f"{page} {nth}", suite


@pytest.mark.parametrize(("name", "suite"), [pytest.param(*one, id=one[0]) for one in suites()])
def test_tests_of_the_documentation_pass(name: str, suite: str, tmp_path: Path) -> None:
    assert "def test_" in suite, name
    (tmp_path / "test_shown.py").write_text(suite, "utf-8")
    words = ("-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path))
    done = subprocess.run(  # noqa: S603 - the documentation's own text
        [sys.executable, "-m", "pytest", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
    )
    assert (done.returncode, " passed" in done.stdout) == (0, True), done.stdout


def test_services_name_variables_that_there_are() -> None:
    text = (DOCS / "how-to" / "ci.md").read_text("utf-8")
    assert set(re.findall(r"MOCKSERVER_[A-Z_]+", text)) <= {one.variable for one in OPTIONS}
    github, gitlab = (
        yaml.safe_load(one) for one in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    )
    assert github["jobs"]["test"]["services"]["calls"]["env"]["MOCKSERVER_CLOCK"] == "manual"
    variables = gitlab["test"]["variables"]
    assert parse_settings({}, {key: str(value) for key, value in variables.items()}).allow_host == (
        "calls",
    )


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    return pages()


def test_reference_has_every_command_option_and_route(reference: dict[str, str]) -> None:
    titles = re.findall(r"^## mockserver (.+)$", reference["cli"], re.MULTILINE)
    assert titles == list(COMMANDS)
    assert [one.variable for one in OPTIONS if f"`{one.variable}`" not in reference["cli"]] == []
    routes = [f"/_mock{route.path}" for noun in ROUTE_MODULES for route in noun.ROUTES]
    assert [one for one in routes if f"## {one}\n" not in reference["control-api"]] == []


@pytest.mark.parametrize("name", sorted(load_providers()))
def test_reference_has_every_fault_with_its_source(reference: dict[str, str], name: str) -> None:
    for fault in all_faults(load_providers()[name].provider):
        assert re.search(
            rf"\| `{fault.name}` \| \d+ \| {re.escape(str(fault.evidence))} \|", reference[name]
        ), fault.name


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("mobtexting", "| `c2c` | `callee-busy` | busy | `queued` → `RECEIVED` → `MISSED` |"),
        ("ccai", "| `create-outbound` | `callee-busy` | busy | `assigned` → `connecting` →"),
        ("phonon", "| `create` | `callee-busy` | busy |"),
        ("innocalls", "| `dispatch` | `presses-one` | completed |"),
        ("effebot", "| `create` | `callee-busy` | busy | `created` → `processed` → `started` →"),
    ],
)
def test_statuses_are_played(reference: dict[str, str], name: str, row: str) -> None:
    assert row in reference[name]


def test_pages_are_written_once(tmp_path: Path) -> None:
    write(tmp_path)
    written = {file.stem: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert set(written) == set(pages())
    write(tmp_path)
    assert {file.stem: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == written


def test_index_names_every_page(reference: dict[str, str]) -> None:
    text = (DOCS / "reference" / "index.md").read_text("utf-8")
    named = re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL)[0].split()
    assert sorted(named) == sorted(reference)


def test_examples_are_shown_where_they_are() -> None:
    text = (DOCS / "how-to" / "languages.md").read_text("utf-8")
    named = re.findall(r"literalinclude\} \.\./examples/(\S+)", text)
    assert sorted(named) == sorted(one.name for one in (DOCS / "examples").iterdir())
