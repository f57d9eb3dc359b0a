"""The workflows name what exists, and the check of them finds the examples of the pages."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from distribution.check_workflows import FILES, PAGES, schema_of, write_examples, yaml_blocks

ROOT = Path(__file__).parent.parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NOXFILE = (ROOT / "noxfile.py").read_text("utf-8")
SESSIONS = set(re.findall(r"^@nox\.session.*\ndef (\w+)", NOXFILE, re.MULTILINE))


def steps(path: Path) -> list[Any]:
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def sessions_named(text: str) -> set[str]:
    """The sessions that a script or a page calls; `tests-3.12` is `tests` with one Python."""
    named = re.findall(r"(?:--session|^check|[`&] ?check) ([a-z -]+[a-z])", text, re.MULTILINE)
    return {name.removesuffix("-") for names in named for name in names.partition(" --")[0].split()}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_says_that_it_has_not_run_yet(path: Path) -> None:
    assert path.read_text("utf-8").startswith("# GitHub has not run this workflow yet: ")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_sessions_and_files_that_exist(path: Path) -> None:
    runs = "\n".join(step["run"] for step in steps(path) if "run" in step)
    assert sessions_named(runs) <= SESSIONS
    files = re.findall(r"requirements-\w+\.lock|\.ci/\w+", runs)
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_ci_runs_every_session() -> None:
    runs = "\n".join(
        step["run"] for step in steps(ROOT / ".github/workflows/ci.yml") if "run" in step
    )
    assert sessions_named(runs) == SESSIONS


def test_the_script_of_ci_calls_sessions_that_exist() -> None:
    named = sessions_named((ROOT / ".ci" / "run").read_text("utf-8"))
    assert (
        {"lint", "types", "coverage", "lowest", "contract", "wheel", "image"} <= named <= SESSIONS
    )


def test_ci_tests_each_python_that_the_package_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = [name[-4:] for name in project["classifiers"] if re.search(r":: 3\.\d+$", name)]
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    assert jobs["tests"]["strategy"]["matrix"]["python"] == said
    assert re.findall(r'"(3\.\d+)"', NOXFILE.partition("PYTHONS = ")[2].partition("\n")[0]) == said


def test_each_pattern_of_the_check_finds_files() -> None:
    assert [pattern for pattern in FILES if not list(ROOT.glob(pattern))] == []


def test_the_examples_for_github_gitlab_and_compose_are_found(tmp_path: Path) -> None:
    found = [schema for _, schema in write_examples(tmp_path)]
    assert {"github-workflows", "gitlab-ci", "compose-spec"} == {*found}
    assert all((ROOT / page).exists() for page in PAGES)


def test_an_example_for_the_server_itself_has_no_schema() -> None:
    [scenario, service] = yaml_blocks("```yaml\nscenarios: {}\n```\n```yaml x\nservices: {}\n```\n")
    assert schema_of(yaml.safe_load(scenario)) is None
    assert schema_of(yaml.safe_load(service)) == "compose-spec"
