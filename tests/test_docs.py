"""The documentation is true: its commands print what it shows, and its tests pass."""

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
from mockserver.compiler import build_configuration
from mockserver.config.registry import load_providers
from mockserver.core.evidence_outline import count_documented, undocumented_rows
from mockserver.core.provider import all_faults
from mockserver.settings import OPTIONS, parse_settings
from mockserver.web.control.app import ROUTE_MODULES
from mockserver.web.problem_kinds import PROBLEM_KINDS

DOCS = Path(__file__).parent.parent / "docs"
TUTORIAL = (DOCS / "tutorial.md").read_text("utf-8")
BASH = shutil.which("bash") or ""
FLAGS = {"clock": "manual", "seed": "tutorial", "start_at": "2026-01-01T12:00:00Z"}
STEP = re.compile(r"```bash\n(.*?)```\n(?:\n```(?:text|mermaid)\n(.*?)```\n)?", re.DOTALL)


def run_command(command: str, origin: str, folder: Path) -> str:
    """Run a command of the tutorial and return its output with the default port."""
    path_prefix = f"PATH={Path(sys.executable).parent}:$PATH\n"
    result = subprocess.run(  # noqa: S603 - the tutorial's own text
        [BASH, "-c", path_prefix + command.replace("http://localhost:8080", origin)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=folder,
    )
    printed = (result.stdout + result.stderr).replace(origin, "http://localhost:8080")
    return f"{printed.strip()}\n" if printed.strip() else ""


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the snippets need bash and curl")
def test_the_commands_of_the_tutorial_print_what_it_shows(tmp_path: Path) -> None:
    start = re.findall(r"mockserver (--clock .*)\n", TUTORIAL)
    assert start == [" ".join(f"--{key.replace('_', '-')} {value}" for key, value in FLAGS.items())]
    with run_server(parse_settings({**FLAGS, "port": "0", "quiet": True}, {})) as origin:
        for command, expected in STEP.findall(TUTORIAL):
            assert run_command(command, origin, tmp_path) == expected, command


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the snippets need bash and curl")
def test_the_commands_for_a_shell_print_what_their_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (DOCS / "how-to" / "shell.md").read_text("utf-8")
    with run_server(parse_settings({**FLAGS, "port": "0", "quiet": True}, {})) as origin:
        monkeypatch.setenv("MOCKSERVER_PORT", origin.rpartition(":")[2])
        for command, expected in STEP.findall(page):
            assert run_command(command, origin, tmp_path) == expected, command


def suites() -> Iterator[tuple[str, str]]:
    for page in ("tutorial", "how-to/pytest", "how-to/asyncio", "how-to/property-tests"):
        text = (DOCS / f"{page}.md").read_text("utf-8")
        for number, suite in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL)):
            yield f"{page} {number}", suite


@pytest.mark.parametrize(("name", "suite"), [pytest.param(*item, id=item[0]) for item in suites()])
def test_test_suites_of_the_documentation_pass(name: str, suite: str, tmp_path: Path) -> None:
    assert "def test_" in suite, name
    (tmp_path / "test_shown.py").write_text(suite, "utf-8")
    arguments = ("-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path))
    result = subprocess.run(  # noqa: S603 - the documentation's own text
        [sys.executable, "-m", "pytest", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
    )
    assert (result.returncode, " passed" in result.stdout) == (0, True), result.stdout


def test_the_service_examples_use_existing_variables() -> None:
    text = (DOCS / "how-to" / "ci.md").read_text("utf-8")
    variables = {*re.findall(r"MOCKSERVER_[A-Z_]+", text)} - {"MOCKSERVER_URL"}
    assert variables <= {item.variable for item in OPTIONS}
    github, gitlab = (
        yaml.safe_load(item) for item in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    )
    assert github["jobs"]["test"]["services"]["calls"]["env"]["MOCKSERVER_CLOCK"] == "manual"
    settings = parse_settings(
        {}, {key: str(value) for key, value in gitlab["test"]["variables"].items()}
    )
    assert settings.allow_host == ("calls",)
    assert settings.webhook_rewrite == (("localhost", "build"),)


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    return pages()


def test_the_reference_has_every_command_option_and_route(reference: dict[str, str]) -> None:
    titles = re.findall(r"^## mockserver (.+)$", reference["cli"], re.MULTILINE)
    assert titles == list(COMMANDS)
    assert [item.variable for item in OPTIONS if f"`{item.variable}`" not in reference["cli"]] == []
    routes = [f"/_mock{route.path}" for module in ROUTE_MODULES for route in module.ROUTES]
    assert [item for item in routes if f"## {item}\n" not in reference["control-api"]] == []


def test_the_reference_has_every_problem_type(reference: dict[str, str]) -> None:
    rows = [
        f"| `urn:call-mockserver:problem:{name}` | {kind.status} | {kind.meaning} |"
        for name, kind in PROBLEM_KINDS.items()
    ]
    assert [row for row in rows if row not in reference["control-api"]] == []


@pytest.mark.parametrize("name", sorted(load_providers()))
def test_the_reference_has_every_fault_with_its_evidence(
    reference: dict[str, str], name: str
) -> None:
    for fault in all_faults(load_providers()[name].provider):
        assert re.search(
            rf"\| `{fault.name}` \| \d+ \| {re.escape(str(fault.evidence))} \|", reference[name]
        ), fault.name


@pytest.mark.parametrize("name", sorted(load_providers()))
def test_the_reference_lists_all_that_is_assumed_or_observed(
    reference: dict[str, str], name: str
) -> None:
    provider = load_providers()[name].provider
    section = reference["evidence"].partition(f"## {provider.title}\n")[2].partition("\n## ")[0]
    assert f"Documented: {count_documented(provider)}." in section
    for row in undocumented_rows(provider):
        assert f"| {row.kind} | {row.what} | {row.evidence} | {row.note} |" in section


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
def test_the_reference_shows_the_statuses_that_a_scenario_plays(
    reference: dict[str, str], name: str, row: str
) -> None:
    assert row in reference[name]


def test_unchanged_reference_pages_are_not_written_again(tmp_path: Path) -> None:
    write(tmp_path)
    times = {file.stem: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert set(times) == set(pages())
    write(tmp_path)
    assert {file.stem: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == times


def test_the_reference_index_names_every_page(reference: dict[str, str]) -> None:
    text = (DOCS / "reference" / "index.md").read_text("utf-8")
    named = re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL)[0].split()
    assert sorted(named) == sorted(reference)


def test_the_how_tos_include_every_example() -> None:
    """A folder is an application with its tests: all that people write in it is shown."""
    texts = [page.read_text("utf-8") for page in (DOCS / "how-to").glob("*.md")]
    named = [
        name for text in texts for name in re.findall(r"literalinclude\} \.\./examples/(\S+)", text)
    ]
    examples = DOCS / "examples"
    files = [path.relative_to(examples) for path in examples.rglob("*") if path.is_file()]
    hidden = ("node_modules", "package-lock.json", ".npmrc", "__pycache__")
    shown = [path.as_posix() for path in files if not {*hidden} & {*path.parts}]
    assert sorted(named) == sorted(shown)


def test_the_scenarios_of_the_how_tos_load(tmp_path: Path) -> None:
    text = (DOCS / "how-to" / "api-behavior.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 3
    for number, block in enumerate(blocks):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, "utf-8")
        build_configuration(parse_settings({"scenarios": (str(file),)}, {}))


@pytest.mark.parametrize("name", sorted(load_providers()))
def test_the_reference_has_every_parameter_of_every_operation(
    reference: dict[str, str], name: str
) -> None:
    bound = load_providers()[name]
    for endpoint in bound.provider.endpoints:
        section = reference[name].partition(f"\n### {endpoint.operation}\n")[2]
        section = re.split(r"\n##+ ", section)[0]
        assert f"| {endpoint.method} | `{endpoint.host}` | `{endpoint.path}` |" in section
        for parameter in bound.form(endpoint.operation).names:
            assert f"| `{parameter}` | " in section, (endpoint.operation, parameter)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("mobtexting", "| `bridge` | string or integer | yes | body | 10 to 15 digits"),
        (
            "effebot",
            "| `ivrs[].record.id` | string or integer or null | no | body | a whole number |",
        ),
        (
            "effebot",
            "| `phones` | array | no | body | a list of numbers, at least 1 items, at most 5",
        ),
        ("innocalls", "| `call_id` | string or integer | yes | query |"),
        ("ccai", "| `recording_permission` | one of `recording_permission_not_asked`, "),
    ],
)
def test_the_reference_says_what_a_parameter_is_and_where_it_stands(
    reference: dict[str, str], name: str, row: str
) -> None:
    assert row in reference[name]


@pytest.mark.parametrize("name", sorted(load_providers()))
def test_the_reference_prints_a_webhook_of_each_kind(reference: dict[str, str], name: str) -> None:
    printed = re.findall(
        r"^`([\w-]+)` of `[\w-]+` with the scenario", reference[name], re.MULTILINE
    )
    assert printed == list(load_providers()[name].provider.webhooks)


def test_a_printed_webhook_is_that_of_a_simulated_call(reference: dict[str, str]) -> None:
    assert (
        "POST http://app.test/calls\n\n"
        '{\n  "call": {\n    "phone": "99999999999",\n    "answer": 1\n  }\n}\n'
    ) in reference["effebot"]
    assert "GET http://app.test/calls?action=GetDigits&callId=" in reference["innocalls"]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("phonon", "| `wrong-method` | method PUT | `create`, `create-bulk` |"),
        (
            "phonon",
            '| `insufficient-balance` | account `{"balance": "0"}` | `create`, `create-bulk` |',
        ),
        ("phonon", "| `failure` | only a scenario: `refuse` | `create`, `create-bulk` |"),
        ("mobtexting", "| `malformed-body` | body `{` | `c2c` |"),
        ("ccai", "| `call-not-found` | none | `read-flags`, `write-flags`,"),
    ],
)
def test_the_reference_says_what_provokes_a_fault(
    reference: dict[str, str], name: str, row: str
) -> None:
    assert row in reference[name]
