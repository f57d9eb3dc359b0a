"""The files that a project needs: license, packages, how to contribute, decisions, issue forms."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DISTRIBUTIONS = (ROOT, ROOT / "clients" / "python")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

OF_EVERY_SDIST = ("/pyproject.toml", "/LICENSE")
"""What the build backend adds by itself."""


def pyproject(folder: Path) -> Any:
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))


def copied_into_the_image() -> list[str]:
    """The paths that the Dockerfile copies out of the project."""
    lines = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    return [name for line in lines for name in line.split()]


def read_by_printed_commands() -> list[str]:
    """The files that commands of README and CONTRIBUTING read."""
    text = (ROOT / "README.md").read_text("utf-8") + CONTRIBUTING
    return [*dict.fromkeys(re.findall(r"-r (\S+\.lock)", text)), ".ci/run"]


@pytest.mark.parametrize("folder", DISTRIBUTIONS)
def test_a_distribution_has_its_license(folder: Path) -> None:
    project = pyproject(folder)["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    assert (folder / "LICENSE").read_text("utf-8").startswith("MIT License\n")


@pytest.mark.parametrize("client", ["python", "typescript"])
def test_a_client_has_the_license_of_the_server(client: str) -> None:
    text = (ROOT / "clients" / client / "LICENSE").read_text("utf-8")
    assert text == (ROOT / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("name", [*copied_into_the_image(), *read_by_printed_commands()])
def test_the_source_distribution_has_what_the_image_and_the_readme_need(name: str) -> None:
    patterns = pyproject(ROOT)["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    held = [*patterns, *(f"{pattern}/*" for pattern in patterns), *OF_EVERY_SDIST]
    assert any(fnmatch(f"/{name}", pattern) for pattern in held)
    assert (ROOT / name).exists()


def test_the_commands_for_contributors_name_tests_that_exist() -> None:
    named = re.findall(r"\btests/[\w/.]+", CONTRIBUTING)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_a_date_a_state_and_alternatives(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {int(path.stem[:4])}. ")
    assert re.search(r"^Date: 20\d\d-\d\d-\d\d\. Status: \w.*\.$", text, re.MULTILINE)
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Alternatives",
        "Consequences",
    ]
    assert text.partition("## Alternatives\n\n")[2].startswith("- ")


def test_the_list_of_decisions_has_each_with_its_title_and_date() -> None:
    index = (ROOT / "docs" / "decisions" / "index.md").read_text("utf-8")
    for path in DECISIONS:
        number, title = path.read_text("utf-8").split("\n")[0].removeprefix("# ").split(". ")
        [date] = re.findall(r"^Date: (\S+)\.", path.read_text("utf-8"), re.MULTILINE)
        assert f"| {number} | [{title}]({path.name}) | {date} |" in index
        assert f"\n{path.stem}\n" in index


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_says_what_it_is_for_and_asks_for_what_is_needed(path: Path) -> None:
    form = yaml.safe_load(path.read_text("utf-8"))
    if path.stem == "config":
        assert form == {"blank_issues_enabled": True}
        return
    assert {"name", "description", "labels", "body"} == form.keys()
    ids = [item["id"] for item in form["body"]]
    assert len(set(ids)) == len(ids) > 0
    assert all(item["attributes"]["label"] for item in form["body"])
    assert any(item.get("validations") == {"required": True} for item in form["body"])
