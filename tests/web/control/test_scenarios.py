"""The scenarios that are loaded, and where they stand."""

from pathlib import Path

import pytest

from tests.web.conftest import House, build, refusal, with_scenarios

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
def told(tmp_path: Path) -> House:
    return build(with_scenarios(tmp_path, FILE))


def test_scenarios_of_the_user_s_file(told: House, tmp_path: Path) -> None:
    shown = told.read("/_mock/scenarios")
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


def test_what_has_no_name_is_not_listed(told: House) -> None:
    names = [one["name"] for one in told.read("/_mock/scenarios")["scenarios"]]
    assert "twice" in names
    assert [name for name in names if "/" in name] == []
    assert len(told.sandbox.state.configuration.scenarios.by_name) > len(names)


def test_bundled_scenarios(house: House) -> None:
    shown = house.read("/_mock/scenarios")
    assert shown["default"] == "answered"
    assert {one["file"] for one in shown["scenarios"]} == {"bundled"}
    assert {"callee-busy", "report-before-reply", "rush-hour"} <= {
        one["name"] for one in shown["scenarios"]
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_scenarios_are_read(house: House, method: str) -> None:
    assert refusal(house.ask(method, "/_mock/scenarios"))[:2] == (405, "method not allowed")
