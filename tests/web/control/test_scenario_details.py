"""GET /_mock/scenarios/{name}: what a scenario says, what it leads to, and where it can play."""

from pathlib import Path
from typing import Any

import pytest

from mockserver.app import scenarios_as_json
from mockserver.core.configuration import Configuration
from tests.support.edge_site import build_edge_site
from tests.support.site import read_problem
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

FILE = """\
scenarios:
  mine:
    description: It is chosen.
    needs: {provider: mobtexting}
    match: {callee: "91*", headers: {Authorization: "x*", X-Team: red}}
    choose: [{weight: 1, use: callee-busy}, {weight: 3, webhooks: {any: {after: 1s}}, use: inner}]
  inner: {responses: [{refuse: teapot}, pass], webhooks: {completed: {drop: all}}}
  steps: {needs: {provider: effebot}, steps: [{wait: control}, {hangup: a}]}
  by-number: {numbers: [busy, answered]}
  by-attempt: {attempts: [busy, answered]}
  cycling: {match: {from: "09:00", until: "17:00"}, responses: {cycle: [pass, {refuse: conflict}]}}
"""
SILENT: dict[str, Any] = {
    "description": "", "needs": {}, "match": None, "responses": [], "cycles": False,
    "legs": {}, "steps": [], "webhooks": {}, "leads_to": [],
}  # fmt: skip
CHOICE = {"by": "choose", "scenario": "callee-busy", "position": 1, "percent": 25.0}


@pytest.fixture
def site_with_file(tmp_path: Path) -> SiteClient:
    return build_site_client(configuration_with_scenarios(tmp_path, FILE))


def read(site: SiteClient, name: str) -> Any:
    return site.get_json(f"/_mock/scenarios/{name}")


def test_a_scenario_has_its_entry_of_the_list(site_with_file: SiteClient) -> None:
    listed = site_with_file.get_json("/_mock/scenarios")["scenarios"]
    for scenario in listed:
        whole = read(site_with_file, scenario["name"])
        assert {key: whole[key] for key in scenario} == scenario


def test_the_parts_are_all_to_which_a_scenario_leads_from_outside_to_inside(
    site_with_file: SiteClient,
) -> None:
    mine, busy, item, inner = read(site_with_file, "mine")["parts"]
    assert mine == {
        **SILENT,
        "scenario": "mine",
        "description": "It is chosen.",
        "needs": {"provider": "mobtexting"},
        "match": {"callee": "91*", "headers": {"authorization": "(hidden)", "x-team": "red"}},
        "leads_to": [CHOICE, CHOICE | {"scenario": "mine/choose/2", "position": 2, "percent": 75}],
    }
    assert (busy["scenario"], busy["legs"]) == ("callee-busy", {"callee": "rings 3 s, busy"})
    assert item == {
        **SILENT,
        "scenario": "mine/choose/2",
        "webhooks": {"any": "after: 1 s"},
        "leads_to": [{"by": "use", "scenario": "inner", "position": None, "percent": None}],
    }
    assert inner == {
        **SILENT,
        "scenario": "inner",
        "responses": ["refuse teapot", "as the vendor responds"],
        "webhooks": {"completed": "drop: all"},
    }


def test_an_operation_says_what_of_the_parts_applies_there(site_with_file: SiteClient) -> None:
    """Mobtexting has no fault `teapot`, so that response of `inner` is not there."""
    whole = read(site_with_file, "mine")
    busy = [{"scenario": "callee-busy", "behavior": "rings 3 s, busy"}]
    names = {"scenario": "mine", "by": "choose", "items": ["callee-busy", "mine/choose/2"]}
    said = [
        {"scenario": "mine/choose/2", "delivery": "after: 1 s"},
        {"scenario": "inner", "delivery": "drop: all"},
    ]
    assert whole["operations"][0] == {
        "provider": "mobtexting",
        "operation": "c2c",
        "legs": [
            {"leg": "a", "names": ["a", "from"], "said": []},
            {"leg": "b", "names": ["callee", "b", "to"], "said": busy},
        ],
        "lists": [names],
        "webhooks": [{"kind": "completed", "said": said}],
        "responses": [{"scenario": "inner", "responses": ["as the vendor responds"]}],
    }
    assert whole["operations"][1]["legs"] == [
        {"leg": "a", "names": ["callee", "a", "from"], "said": busy}
    ]
    assert whole["accounts"] == [{"provider": "mobtexting", "account": "mobtexting-default"}]


def test_steps_say_what_the_legs_do_that_they_move(site_with_file: SiteClient) -> None:
    whole = read(site_with_file, "steps")
    assert whole["parts"][0]["steps"] == ["wait for control", "hangup a, cause: normal"]
    assert whole["operations"][0]["legs"][0]["said"] == [
        {"scenario": "steps", "behavior": "its steps say what it does"}
    ]


def test_a_match_has_the_words_of_a_file(site_with_file: SiteClient) -> None:
    [part] = read(site_with_file, "cycling")["parts"]
    assert (part["match"], part["cycles"]) == ({"from": "09:00", "until": "17:00"}, True)


@pytest.mark.parametrize(
    ("name", "provider", "items"),
    [
        ("by-number", "ccai", ["busy", "answered"]),
        ("by-number", "mobtexting", ["busy"]),
        ("by-attempt", "phonon", ["busy", "answered"]),
        ("by-attempt", "ccai", ["busy"]),
    ],
)
def test_a_list_has_the_items_that_a_call_can_reach(
    site_with_file: SiteClient, name: str, provider: str, items: list[str]
) -> None:
    key = name.removeprefix("by-") + "s"
    operations = read(site_with_file, name)["operations"]
    lists = [each["lists"] for each in operations if each["provider"] == provider]
    assert [{"scenario": name, "by": key, "items": items}] in lists


def test_an_account_that_is_put_is_one_on_which_a_scenario_can_play(
    configuration: Configuration,
) -> None:
    edge = build_edge_site(configuration)
    edge.request("PUT", "/_mock/accounts/phonon/shop", json={})
    found = edge.get_json("/_mock/scenarios/phonon-reattempt")["accounts"]
    assert found[-1] == {"provider": "phonon", "account": "shop"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("answerd", "did you mean 'answered'?"), ("zzz", "GET /_mock/scenarios lists all")],
)
def test_an_unknown_scenario_is_a_404_with_the_nearest_name(
    site: SiteClient, name: str, hint: str
) -> None:
    response = site.request("GET", f"/_mock/scenarios/{name}")
    assert read_problem(response) == (
        404,
        "scenario-not-found",
        f"no scenario is named {name!r}: {hint}",
    )


def test_the_command_line_describes_scenarios_as_the_control_api(
    configuration: Configuration,
) -> None:
    site = build_site_client(configuration)
    for name in configuration.scenarios.public_names:
        served = read(site, name)
        assert {**scenarios_as_json(configuration, name), "source": served["source"]} == served
    assert scenarios_as_json(configuration, None) == site.get_json("/_mock/scenarios")
