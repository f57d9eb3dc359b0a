"""The README is true: its snippets run, and its tables name what exists."""

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
from mockserver.cli import COMMANDS
from mockserver.compiler import build_configuration
from mockserver.settings import OPTIONS, parse_settings
from mockserver.web.control.app import ROUTE_MODULES
from tests.support.processes import CLEAN_ENVIRONMENT
from tests.support.sockets import free_port
from tests.support.suites import RunSuite

README = Path(__file__).parent.parent / "README.md"
TEXT = README.read_text("utf-8")
FIRST_CALL = TEXT.partition("## A first call\n")[2].partition("\n## ")[0]
SNIPPETS = re.findall(r"```bash\n(.*?)```", FIRST_CALL, re.DOTALL)
BASH = shutil.which("bash") or ""


def run_snippet(snippet: str, origin: str) -> str:
    """Run a snippet as printed, but with the port of `origin`, and return its output."""
    command = snippet.replace("http://localhost:8080", origin).replace("curl ", "curl -sS ")
    done = subprocess.run([BASH, "-c", command], capture_output=True, check=True, timeout=20)  # noqa: S603 - the README's own text
    return done.stdout.decode()


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the snippets need bash and curl")
def test_the_snippets_of_the_first_call_work_as_printed() -> None:
    with run_server(parse_settings({"port": "0", "seed": "readme"}, {})) as origin:
        placed, advanced, inbox, busy, refused = [
            run_snippet(snippet, origin) for snippet in SNIPPETS
        ]
    assert placed.endswith('{"status":200,"message":"Call initiated successfully"}')
    assert "x-mock-call: c1" in placed
    assert json.loads(advanced)["attempts"] == 1
    [report] = json.loads(inbox)["received"]
    assert report["body"]["status"] == "COMPLETED"
    assert busy == '{"status":200,"message":"Call initiated successfully"}'
    assert "x-mock-fault: from-malformed" in refused
    assert "would pass: 10 to 15 digits" in refused


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the snippets need bash and curl")
def test_the_snippet_of_the_sandbox_works_as_printed() -> None:
    section = TEXT.partition("## Sandboxes\n")[2].partition("\n## ")[0]
    [snippet] = re.findall(r"```bash\n(.*?)```", section, re.DOTALL)
    with run_server(parse_settings({"port": "0", "seed": "readme"}, {})) as origin:
        sandbox = json.loads(run_snippet(snippet, origin))
    assert (sandbox["name"], sandbox["clock"], sandbox["seed"]) == ("t1", "manual", "t1")


def test_the_readme_names_exactly_the_bundled_neutral_scenarios() -> None:
    sentence = TEXT.partition("These are bundled:")[2].partition(".")[0]
    assert re.findall(r"`([a-z-]+)`", sentence) == [
        name
        for name, scenario in build_configuration(parse_settings({}, {})).scenarios.by_name.items()
        if "/" not in name and "provider" not in scenario.needs
    ]


def test_the_scenario_file_of_the_readme_is_valid(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    configuration = build_configuration(
        parse_settings({"scenarios": (str(tmp_path / "mine.yaml"),)}, {})
    )
    assert configuration.scenarios.by_name["busy-then-answers"].attempts[1] == "answered"


def test_the_container_examples_use_existing_variables_and_commands() -> None:
    compose, actions = re.findall(r"```yaml (?:compose|actions)\n(.*?)```", TEXT, re.DOTALL)
    variables = set(re.findall(r"MOCKSERVER_[A-Z_]+", compose + actions))
    assert variables <= {option.variable for option in OPTIONS}
    service = yaml.safe_load(compose)["services"]["calls"]
    assert service["command"][0] in COMMANDS
    assert service["command"][1] in {option.flag for option in OPTIONS}
    assert service["volumes"][0].split(":")[1] == service["command"][2]
    settings = parse_settings(
        {}, {key: str(value) for key, value in service["environment"].items()}
    )
    assert settings.webhook == {"mobtexting": "http://app:3000/report"}
    runs = [
        step["run"] for step in yaml.safe_load(actions)["jobs"]["test"]["steps"] if "run" in step
    ]
    commands = re.findall(r"mockserver ([a-z]+)", "\n".join(runs))
    assert set(commands) <= set(COMMANDS)


@pytest.mark.parametrize(
    "route", [route.path for module in ROUTE_MODULES for route in module.ROUTES]
)
def test_the_readme_names_every_control_route(route: str) -> None:
    assert f"/_mock{route.replace('{name}.json', '{provider}.json')}" in TEXT


def test_the_architecture_page_names_every_package() -> None:
    package = README.parent / "mockserver"
    present = {
        path.name.removesuffix(".py") for path in package.iterdir() if path.suffix != ".typed"
    }
    page = (README.parent / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)(?:/\*?)?`", page.partition("## Packages")[2]))
    assert present - named - {"__init__", "__pycache__"} == set()


def test_the_innocalls_account_of_the_readme_is_valid(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml innocalls\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    configuration = build_configuration(
        parse_settings({"scenarios": (str(tmp_path / "mine.yaml"),)}, {})
    )
    assert set(configuration.accounts["innocalls", "shop"].records["flows"]) == {
        "3815e7b721000000000000000",
        "old",
    }


def test_the_effebot_account_of_the_readme_is_valid(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml effebot\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    configuration = build_configuration(
        parse_settings({"scenarios": (str(tmp_path / "mine.yaml"),)}, {})
    )
    assert str(configuration.accounts["effebot", "shop"].balance) == "2.50"


def test_the_pytest_example_of_the_readme_passes_and_is_short(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    [text] = re.findall(r"```python pytest\n(.*?)```", TEXT, re.DOTALL)
    assert len([line for line in text.splitlines() if line.strip()]) <= 10
    pytester.makepyfile(test_readme_example=text)
    suite("").assert_outcomes(passed=1)


def recipes_that_wait() -> list[str]:
    """The lines of README and docs that start a server in the background and wait for it."""
    files = [README, *sorted((README.parent / "docs").rglob("*.md"))]
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
    ci = (README.parent / "docs" / "how-to" / "ci.md").read_text("utf-8")
    option = "--add-host host.docker.internal:host-gateway"
    [run] = [line for line in TEXT.splitlines() if line.startswith("docker run")]
    [service] = [
        job["services"]["calls"]
        for block in re.findall(r"```yaml\n(.*?)```", ci, re.DOTALL)
        for job in yaml.safe_load(block).get("jobs", {}).values()
    ]
    assert (option in run, option in service["options"]) == (True, True)
