"""The scenarios that are loaded, and where they stand."""

from pathlib import Path

import pytest

from tests.support.site_client import (
    SiteClient,
    build_site_client,
    configuration_with_scenarios,
    read_problem,
)

FILE = """\
default: mine
scenarios:
  mine: {legs: {callee: busy}}
  down:
    match: {fields: {mid: "chaos-*"}}
    answers: [{refuse: conflict}, pass]
    play: mine
    webhooks: {any: {duplicate: 2}}
  twice: {attempts: [no-answer, {callee: busy}]}
"""


@pytest.fixture
def told(tmp_path: Path) -> SiteClient:
    return build_site_client(configuration_with_scenarios(tmp_path, FILE))


def test_scenarios_of_the_user_s_file(told: SiteClient, tmp_path: Path) -> None:
    shown = told.get_json("/_mock/scenarios")
    named = {one["name"]: one for one in shown["scenarios"]}
    file = str(tmp_path / "mine.yaml")
    assert (list(shown), shown["default"]) == (["default", "scenarios"], "mine")
    assert named["mine"] == {
        "name": "mine",
        "file": file,
        "line": 3,
        "speaks_to": ["phones"],
        "matches": False,
    }
    assert list(named["mine"]) == ["name", "file", "line", "speaks_to", "matches"]
    down = {"name": "down", "file": file, "line": 5, "matches": True}
    assert named["down"] == {**down, "speaks_to": ["api", "phones", "webhooks"]}


def test_what_has_no_name_is_not_listed(told: SiteClient) -> None:
    names = [one["name"] for one in told.get_json("/_mock/scenarios")["scenarios"]]
    assert "twice" in names
    assert [name for name in names if "/" in name] == []
    assert len(told.sandbox.state.configuration.scenarios.by_name) > len(names)


def test_bundled_scenarios(site: SiteClient) -> None:
    shown = site.get_json("/_mock/scenarios")
    assert shown["default"] == "answered"
    assert {one["file"] for one in shown["scenarios"]} == {"bundled"}
    assert {"callee-busy", "report-before-reply", "rush-hour"} <= {
        one["name"] for one in shown["scenarios"]
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_scenarios_are_read(site: SiteClient, method: str) -> None:
    assert read_problem(site.request(method, "/_mock/scenarios"))[:2] == (
        405,
        "method not allowed",
    )
