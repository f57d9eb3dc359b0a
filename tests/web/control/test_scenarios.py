"""The control API lists the loaded scenarios with their locations."""

from pathlib import Path

import pytest

from tests.support.site import read_problem
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

FILE = """\
default: mine
scenarios:
  mine: {legs: {callee: busy}}
  down:
    match: {fields: {mid: "chaos-*"}}
    responses: [{refuse: conflict}, pass]
    use: mine
    webhooks: {any: {duplicate: 2}}
  twice: {attempts: [no-answer, {callee: busy}]}
"""


@pytest.fixture
def site_with_file(tmp_path: Path) -> SiteClient:
    return build_site_client(configuration_with_scenarios(tmp_path, FILE))


def test_the_scenarios_of_a_user_file_are_listed_with_location_and_aspects(
    site_with_file: SiteClient, tmp_path: Path
) -> None:
    body = site_with_file.get_json("/_mock/scenarios")
    by_name = {scenario["name"]: scenario for scenario in body["scenarios"]}
    file = str(tmp_path / "mine.yaml")
    assert (list(body), body["default"]) == (["default", "scenarios"], "mine")
    assert by_name["mine"] == {
        "name": "mine",
        "description": "",
        "file": file,
        "line": 3,
        "aspects": ["legs"],
        "matches": False,
        "needs": {},
        "notes": [],
    }
    assert list(by_name["mine"]) == [
        *("name", "description", "file", "line", "aspects", "matches", "needs", "notes")
    ]
    common = {"name": "down", "description": "", "file": file, "line": 5, "matches": True}
    common |= {"needs": {}, "notes": []}
    assert by_name["down"] == {**common, "aspects": ["api", "legs", "webhooks"]}


def test_unnamed_scenarios_are_not_listed(site_with_file: SiteClient) -> None:
    names = [
        scenario["name"] for scenario in site_with_file.get_json("/_mock/scenarios")["scenarios"]
    ]
    assert "twice" in names
    assert [name for name in names if "/" in name] == []
    assert len(site_with_file.sandbox.state.configuration.scenarios.by_name) > len(names)


def test_bundled_scenarios_are_listed_as_bundled(site: SiteClient) -> None:
    body = site.get_json("/_mock/scenarios")
    assert body["default"] == "answered"
    assert {scenario["file"] for scenario in body["scenarios"]} == {"bundled"}
    assert {"callee-busy", "report-before-reply", "rush-hour"} <= {
        scenario["name"] for scenario in body["scenarios"]
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_scenario_list_is_read_only(site: SiteClient, method: str) -> None:
    assert read_problem(site.request(method, "/_mock/scenarios"))[:2] == (
        405,
        "method-not-allowed",
    )


def test_every_bundled_scenario_has_a_description_of_one_sentence(site: SiteClient) -> None:
    scenarios = site.get_json("/_mock/scenarios")["scenarios"]
    assert len(scenarios) > 30
    assert [
        scenario["name"]
        for scenario in scenarios
        if not (scenario["description"].endswith(".") and scenario["description"][0].isupper())
    ] == []
