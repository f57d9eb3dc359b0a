"""The README is true and short: its commands run, its example passes, its links lead somewhere."""

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mockserver.app import run_server
from mockserver.settings import parse_settings
from tests.support.printed_commands import BASH, run_printed
from tests.support.processes import CLEAN_ENVIRONMENT
from tests.support.sockets import free_port
from tests.support.suites import is_plugin_installed

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEXT = README.read_text("utf-8")
FIRST_CALL = TEXT.partition("## A first call\n")[2].partition("\n## ")[0]
SNIPPETS = re.findall(r"```bash\n(.*?)```", FIRST_CALL, re.DOTALL)
MAX_LINES = 150
ENTRY_PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
"""Pages that people read in the checkout, where nothing is generated."""


def test_the_readme_is_short() -> None:
    assert len(TEXT.splitlines()) <= MAX_LINES


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize(
    ("name", "link"),
    [
        (name, link)
        for name in ENTRY_PAGES
        for link in re.findall(r"\]\((?!https?:)([^)]+)\)", (ROOT / name).read_text("utf-8"))
    ],
)
def test_a_link_leads_to_a_file_of_the_checkout(name: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    page = ROOT / (path or name)
    assert page.exists()
    assert not anchor or anchor in anchors(page)


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the snippets need bash and curl")
def test_the_snippets_of_the_first_call_work_as_printed() -> None:
    with run_server(parse_settings({"port": "0", "seed": "readme"}, {})) as origin:
        placed, advanced, inbox, busy = [run_printed(snippet, origin) for snippet in SNIPPETS]
    assert placed.endswith('{"status":200,"message":"Call initiated successfully"}')
    assert "x-mock-call: c1" in placed
    assert json.loads(advanced)["attempts"] == 1
    [report] = json.loads(inbox)["received"]
    assert report["body"]["status"] == "COMPLETED"
    assert busy == '{"status":200,"message":"Call initiated successfully"}'


def test_the_architecture_page_names_every_package() -> None:
    package = ROOT / "mockserver"
    present = {
        path.name.removesuffix(".py") for path in package.iterdir() if path.suffix != ".typed"
    }
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)(?:/\*?)?`", page.partition("## Packages")[2]))
    assert present - named - {"__init__", "__pycache__"} == set()


def without_time(output: str) -> list[str]:
    """The lines that have text, without how long the run took and without the rules around it."""
    lines = (re.sub(r" in \d+\.\d+s", "", line).strip("= ") for line in output.splitlines())
    return [line for line in lines if line]


def test_the_pytest_example_of_the_readme_has_six_lines_and_prints_what_it_shows(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    [text] = re.findall(r"```python pytest\n(.*?)```", TEXT, re.DOTALL)
    command, _, expected = TEXT.partition("```text pytest\n$ pytest ")[2].partition("\n")
    assert len([line for line in text.splitlines() if line.strip()]) == 6
    monkeypatch.setenv("COLUMNS", "80")
    pytester.makepyfile(test_busy=text)
    plugin = () if is_plugin_installed() else ("-p", "mock_calls.pytest_plugin")
    arguments = (*plugin, "-W", "error", "-p", "no:cacheprovider", *command.split())
    result = pytester.runpytest_subprocess(*arguments, timeout=60)
    assert without_time("\n".join(result.outlines)) == without_time(expected.partition("```")[0])


def recipes_that_wait() -> list[str]:
    """The lines of README and docs that start a server in the background and wait for it."""
    files = [README, *sorted((ROOT / "docs").rglob("*.md"))]
    lines = "\n".join(file.read_text("utf-8") for file in files).splitlines()
    return [line.partition("run: ")[2] or line for line in lines if "serve --quiet &" in line]


def run_recipe(recipe: str, port: int, folder: Path) -> int:
    """Run a recipe with this port, then end the server; return the recipe's exit code.

    The command `mockserver` is put into the folder.
    """
    file = folder / "mockserver"
    file.write_text(f'#!{BASH}\nexec "{sys.executable}" -m mockserver "$@"\n', "utf-8")
    file.chmod(0o700)
    script = f"{recipe}\ncode=$?\nkill $! 2>/dev/null\nwait\nexit $code"
    path = f"{folder}:{CLEAN_ENVIRONMENT['PATH']}"
    variables = {**CLEAN_ENVIRONMENT, "MOCKSERVER_PORT": str(port), "PATH": path}
    command = [BASH, "-c", script]
    return subprocess.run(  # noqa: S603 - a recipe of the documents
        command, env=variables, capture_output=True, check=False, timeout=60
    ).returncode


@pytest.mark.skipif(not BASH, reason="the recipes need bash")
def test_a_recipe_that_waits_for_a_server_ends_if_the_server_has_failed(tmp_path: Path) -> None:
    recipes = recipes_that_wait()
    assert len(recipes) == 2
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert [run_recipe(recipe, port, tmp_path) for recipe in recipes] == [1, 1]


@pytest.mark.skipif(not BASH, reason="the recipes need bash")
def test_a_recipe_that_waits_for_a_server_ends_when_it_is_ready(tmp_path: Path) -> None:
    recipes = recipes_that_wait()
    assert [run_recipe(recipe, free_port(), tmp_path) for recipe in recipes] == [0, 0]


def test_each_recipe_with_a_container_works_on_linux() -> None:
    """Docker there knows the name of the host machine only if it is told."""
    ci, docker = (
        (ROOT / "docs" / "how-to" / f"{page}.md").read_text("utf-8") for page in ("ci", "docker")
    )
    option = "--add-host host.docker.internal:host-gateway"
    [run] = [line for line in docker.splitlines() if line.startswith("docker run")]
    [service] = [
        job["services"]["calls"]
        for block in re.findall(r"```yaml\n(.*?)```", ci, re.DOTALL)
        for job in yaml.safe_load(block).get("jobs", {}).values()
    ]
    assert (option in run, option in service["options"]) == (True, True)
