"""The pages about the server and containers are true: their commands run, their tables are full."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mockserver.app import run_server
from mockserver.cli import COMMANDS, group
from mockserver.compiler import build_configuration
from mockserver.settings import OPTIONS, parse_settings
from mockserver.web.control.app import ROUTE_MODULES
from tests.support.printed_commands import BASH, run_printed

DOCS = Path(__file__).parent.parent / "docs"
CONTROL_API = (DOCS / "server" / "control-api.md").read_text("utf-8")
STORE = (DOCS / "server" / "store.md").read_text("utf-8")
DOCKER = (DOCS / "how-to" / "docker.md").read_text("utf-8")
CI = (DOCS / "how-to" / "ci.md").read_text("utf-8")
SCENARIOS = (DOCS / "how-to" / "scenarios.md").read_text("utf-8")
FLAG = re.compile(r"`(--[a-z]+(?:-[a-z]+)*)")
needs_curl = pytest.mark.skipif(
    not (BASH and shutil.which("curl")), reason="the commands need bash and curl"
)


@needs_curl
def test_the_command_that_makes_a_sandbox_works_as_printed() -> None:
    text = (DOCS / "server" / "sandboxes.md").read_text("utf-8")
    [command] = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    with run_server(parse_settings({"port": "0", "seed": "docs"}, {})) as origin:
        sandbox = json.loads(run_printed(command, origin))
    assert (sandbox["name"], sandbox["clock"], sandbox["seed"]) == ("t1", "manual", "t1")


@needs_curl
def test_the_call_of_the_page_about_the_store_is_there_after_a_restart(tmp_path: Path) -> None:
    place, look = re.findall(r"```bash\n(.*?)```", STORE, re.DOTALL)
    settings = parse_settings({"port": "0", "store": f"sqlite:{tmp_path / 'calls.db'}"}, {})
    with run_server(settings) as origin:
        run_printed(place, origin)
    with run_server(settings) as origin:
        calls = json.loads(run_printed(look, origin))["calls"]
    assert [call["id"] for call in calls] == ["c1"]


def test_the_commands_that_change_a_key_work_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("calls.key", "new.key"):
        Path(name).write_bytes(name.encode() * 5)
    with run_server(parse_settings({"port": "0", "store": "sqlite:calls.db"}, {})):
        pass
    commands = re.findall(r"^mockserver (rekey .*)$", STORE, re.MULTILINE)
    results = [CliRunner().invoke(group, shlex.split(command)) for command in commands]
    assert [result.output for result in results] == [
        "calls.db has the key in calls.key now, and 1 sandbox\n",
        "calls.db has the key in new.key now, and 1 sandbox\n",
        "calls.db has no key now, and 1 sandbox\n",
    ]


def test_the_compose_file_with_a_volume_uses_a_folder_of_the_image() -> None:
    [text] = re.findall(r"```yaml store\n(.*?)```", DOCKER, re.DOTALL)
    compose = yaml.safe_load(text)
    service = compose["services"]["calls"]
    settings = parse_settings({}, service["environment"])
    [volume], [secret] = service["volumes"], service["secrets"]
    name, folder = volume.split(":")
    assert [*compose["volumes"]] == [name]
    assert Path(settings.store).parent == Path(folder)
    assert settings.store_key == f"/run/secrets/{secret}"
    assert [*compose["secrets"]] == [secret]
    dockerfile = (DOCS.parent / "Dockerfile").read_text("utf-8")
    assert f"mkdir {folder} && chown 10001 {folder}" in dockerfile


@pytest.mark.parametrize(
    "route", [route.path for module in ROUTE_MODULES for route in module.ROUTES]
)
def test_the_table_of_the_control_api_has_every_route(route: str) -> None:
    assert f"/_mock{route.replace('{name}.json', '{provider}.json')}" in CONTROL_API


@pytest.mark.parametrize("page", sorted((DOCS / "server").glob("*.md")), ids=lambda page: page.stem)
def test_the_pages_about_the_server_use_options_that_exist(page: Path) -> None:
    named = set(FLAG.findall(page.read_text("utf-8")))
    assert named <= {option.flag for option in OPTIONS}


def test_the_page_about_scenarios_names_exactly_the_bundled_neutral_ones() -> None:
    sentence = SCENARIOS.partition("These scenarios are bundled:")[2].partition(".\n")[0]
    assert re.findall(r"`([a-z-]+)`", sentence) == [
        name
        for name, scenario in build_configuration(parse_settings({}, {})).scenarios.by_name.items()
        if "/" not in name and "provider" not in scenario.needs
    ]


@pytest.mark.parametrize("block", re.findall(r"```yaml(?: shop)?\n(.*?)```", SCENARIOS, re.DOTALL))
def test_the_examples_of_the_page_about_scenarios_are_valid(block: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(block, "utf-8")
    configuration = build_configuration(
        parse_settings({"scenarios": (str(tmp_path / "mine.yaml"),)}, {})
    )
    assert yaml.safe_load(block)["scenarios"].keys() <= configuration.scenarios.by_name.keys()


def test_the_compose_file_uses_existing_variables_and_commands() -> None:
    [compose] = re.findall(r"```yaml compose\n(.*?)```", DOCKER, re.DOTALL)
    service = yaml.safe_load(compose)["services"]["calls"]
    assert set(re.findall(r"MOCKSERVER_[A-Z_]+", compose)) <= {item.variable for item in OPTIONS}
    assert service["command"][0] in COMMANDS
    assert service["command"][1] in {option.flag for option in OPTIONS}
    assert service["volumes"][0].split(":")[1] == service["command"][2]
    settings = parse_settings(
        {}, {key: str(value) for key, value in service["environment"].items()}
    )
    assert settings.webhook == {"mobtexting": "http://app:3000/report"}


def test_the_job_without_a_container_uses_existing_variables_and_commands() -> None:
    [actions] = re.findall(r"```yaml actions\n(.*?)```", CI, re.DOTALL)
    assert set(re.findall(r"MOCKSERVER_[A-Z_]+", actions)) <= {item.variable for item in OPTIONS}
    runs = [
        step["run"] for step in yaml.safe_load(actions)["jobs"]["test"]["steps"] if "run" in step
    ]
    commands = re.findall(r"mockserver ([a-z]+)", "\n".join(runs))
    assert set(commands) == {"serve", "ready"}
    assert set(commands) <= set(COMMANDS)
