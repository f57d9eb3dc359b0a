"""The recipes for https: what can run here runs, the others name what there is."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.config.registry import load_providers
from mockserver.settings import OPTIONS, Settings, parse_settings
from mockserver.web.hosts import has_host, hosts_by_provider
from tests.support.suites import RunSuite
from tests.test_docs import BASH, STEP, run_command

PAGE = (Path(__file__).parent.parent / "docs" / "how-to" / "https.md").read_text("utf-8")
HOSTS = [host for hosts in hosts_by_provider(load_providers()).values() for host in hosts]


def recipe(name: str) -> Any:
    [text] = re.findall(rf"```yaml {name}\n(.*?)```", PAGE, re.DOTALL)
    return yaml.safe_load(text)


def settings_of(words: list[str], variables: dict[str, str]) -> Settings:
    """The settings of `serve` with these words and variables."""
    flags: dict[str, object] = {}
    options = {option.flag: option for option in OPTIONS}
    rest = iter(words[1:])
    for word in rest:
        option = options[word]
        flags[option.name] = True if option.kind == "flag" else next(rest)
    return parse_settings(flags, variables)


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the snippets need bash and curl")
@pytest.mark.parametrize(("command", "expected"), STEP.findall(PAGE))
def test_the_commands_of_the_page_print_what_it_shows(
    command: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert run_command(command, "http://localhost:8080", tmp_path) == expected


def test_the_suite_of_the_page_passes(suite: RunSuite) -> None:
    [source] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    suite(source, "--mock-calls-https").assert_outcomes(passed=2)


def test_the_containers_have_every_host_of_the_vendors() -> None:
    services = recipe("compose")["services"]
    aliases = services["calls"]["networks"]["default"]["aliases"]
    assert [host for host in HOSTS if not any(has_host((host,), each) for each in aliases)] == []
    pod = recipe("kubernetes")["spec"]
    [names] = [entry["hostnames"] for entry in pod["hostAliases"]]
    assert [name for name in (*aliases, *names) if not has_host(HOSTS, name)] == []


def test_the_containers_serve_by_options_that_there_are() -> None:
    calls = recipe("compose")["services"]["calls"]
    settings = settings_of(calls["command"], calls["environment"])
    assert (settings.https, settings.https_port, settings.ca_dir) == (True, 443, "/ca")
    container = recipe("kubernetes")["spec"]["containers"][0]
    variables = {entry["name"]: entry["value"] for entry in container["env"]}
    settings = settings_of(container["args"], variables)
    assert (settings.https, settings.https_port, settings.token) == (True, 443, "none")
    service = recipe("actions")["jobs"]["test"]["services"]["calls"]
    assert settings_of(["serve"], service["env"]).https
