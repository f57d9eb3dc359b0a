"""An activation puts a scenario in force for the next matching requests."""

from typing import Any

import httpx
import pytest

from mockserver.compiler import build_configuration
from mockserver.core.time_window import EXPECTED
from mockserver.settings import parse_settings
from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.site import read_problem
from tests.support.site_client import SiteClient

PATH = "/_mock/activations"
FORM = '{"scenario": "callee-busy", "match": {"provider": "mobtexting"}, "times": 1}'
KNOWN = "known: " + ", ".join(
    sorted(build_configuration(parse_settings({"seed": "x"}, {})).scenarios.public_names)
)
TIMES = "times is a whole number from 1 on, not {}; without it, for all"
MATCH_KEYS = (
    "provider, operation, account, credential, a, b, callee, agent, end_user, phone, manager, "
    "first_callee, second_callee, extension, from, to, contact, bridge, fields, headers, until"
)


def post(site: SiteClient, **body: object) -> httpx.Response:
    return site.request("POST", PATH, json=body)


def list_activations(site: SiteClient) -> Any:
    return site.get_json(PATH)["activations"]


def place_calls(site: SiteClient, count: int, **fields: object) -> list[str]:
    """Place `count` calls and return the scenarios of their legs."""
    call_ids = [site.click_to_call(**fields).headers["x-mock-call"] for _ in range(count)]
    return [read.leg_scenarios(site.sandbox.state)[call_id].scenario.name for call_id in call_ids]


def test_the_activation_list_is_empty_at_first(site: SiteClient) -> None:
    assert site.get_json(PATH) == {"activations": []}


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"scenario": "callee-busy"}, {"match": {}, "remaining": None}),
        ({"scenario": "callee-busy", "times": 2}, {"match": {}, "remaining": 2}),
        ({"scenario": "callee-busy", "times": None}, {"match": {}, "remaining": None}),
        (
            {"scenario": "callee-busy", "match": {"provider": "mobtexting", "callee": "*9"}},
            {"match": {"provider": "mobtexting", "callee": "*9"}, "remaining": None},
        ),
        (
            {"scenario": "callee-busy", "match": {"a": 91, "fields": {"mid": 7}}},
            {"match": {"a": "91", "fields": {"mid": "7"}}, "remaining": None},
        ),
        (
            {
                "scenario": "callee-busy",
                "match": {"from": "10:00", "until": "10:05", "headers": {"X-Test": 7}},
            },
            {
                "match": {"from": "10:00", "until": "10:05", "headers": {"x-test": "7"}},
                "remaining": None,
            },
        ),
        (
            {"scenario": "callee-busy", "match": {"from": "9188*"}},
            {"match": {"from": "9188*"}, "remaining": None},
        ),
    ],
)
def test_a_created_activation_is_returned_and_listed(
    site: SiteClient, body: dict[str, object], details: dict[str, object]
) -> None:
    response = post(site, **body)
    expected = {"id": "a1", "scenario": "callee-busy", **details}
    assert (response.status_code, response.json()) == (201, expected)
    assert list(response.json()) == ["id", "scenario", "match", "remaining"]
    assert list_activations(site) == [expected]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, ["callee-busy", "answered", "answered"]),
        (2, ["callee-busy", "callee-busy", "answered"]),
        (None, ["callee-busy"] * 3),
    ],
)
def test_an_activation_is_in_force_for_the_given_number_of_requests(
    site: SiteClient, times: int | None, expected: list[str]
) -> None:
    post(site, scenario="callee-busy", times=times)
    assert place_calls(site, 3) == expected
    assert [activation["remaining"] for activation in list_activations(site)] == (
        [None] if times is None else []
    )


@pytest.mark.parametrize("leg", ["b", "callee", "to"])
def test_an_activation_counts_only_the_requests_that_match(site: SiteClient, leg: str) -> None:
    post(site, scenario="callee-busy", match={leg: "*6001"}, times=2)
    assert place_calls(site, 1) == ["answered"]
    assert place_calls(site, 1, to="918867136001") == ["callee-busy"]
    assert [activation["remaining"] for activation in list_activations(site)] == [1]
    assert place_calls(site, 2, to="918867136001") == ["callee-busy", "answered"]


@pytest.mark.parametrize(
    "match",
    [
        {"provider": "phonon"},
        {"operation": "dial"},
        {"account": "shop"},
        {"credential": "another"},
        {"a": "1*"},
        {"b": "1*"},
        {"to": "1*"},
        {"manager": "1*"},
        {"callee": "1*"},
        {"fields": {"mid": "chaos-*"}},
        {"provider": "mobtexting", "fields": {"mid": "chaos-*"}},
        {"headers": {"x-test": "7"}},
        {"from": "10:00"},
        {"until": "09:00"},
        {"from": "1*", "until": "10:00"},
    ],
)
def test_an_activation_ignores_a_request_that_does_not_match(
    site: SiteClient, match: dict[str, object]
) -> None:
    post(site, scenario="callee-busy", match=match, times=1)
    assert place_calls(site, 1) == ["answered"]
    assert [activation["remaining"] for activation in list_activations(site)] == [1]


def test_an_activation_matches_the_window_and_the_headers_of_a_request(site: SiteClient) -> None:
    """The sandbox starts at 09:00 UTC."""
    match = {"from": "09:00", "until": "09:01", "headers": {"Accept": "application/*"}}
    post(site, scenario="callee-busy", match=match)
    assert place_calls(site, 1) == ["callee-busy"]
    site.request("POST", "/_mock/clock/advance", json={"by": "1m"})
    assert place_calls(site, 1) == ["answered"]


def test_the_value_of_a_secret_header_is_masked_where_activations_are_listed(
    site: SiteClient,
) -> None:
    post(site, scenario="callee-busy", match={"headers": {"x-api-key": "abcdef"}})
    [activation] = list_activations(site)
    assert activation["match"]["headers"]["x-api-key"].startswith("***")


def test_the_oldest_matching_activation_is_used_and_the_next_one_waits(
    site: SiteClient,
) -> None:
    post(site, scenario="callee-busy", times=1)
    post(site, scenario="rejected", times=2)
    assert place_calls(site, 2) == ["callee-busy", "rejected"]
    assert [(each["id"], each["remaining"]) for each in list_activations(site)] == [("a2", 1)]


def test_the_scenario_header_takes_precedence_over_an_activation(site: SiteClient) -> None:
    post(site, scenario="callee-busy")
    assert site.click_to_call("rejected").status_code == 200
    assert read.leg_scenarios(site.sandbox.state)["c1"].scenario.name == "rejected"


def test_an_activation_can_set_the_delivery_behavior(site: SiteClient) -> None:
    post(site, scenario="doubled-report", times=1)
    site.click_to_call("callee-busy")
    site.advance()
    assert [delivery.webhook.call_id for delivery in site.dispatcher.deliveries] == ["c1", "c1"]
    assert site.get_json("/_mock/calls/c1")["scenarios"] == ["callee-busy", "doubled-report"]


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        ({}, "invalid-body", f"send {FORM}"),
        ({"scenario": ""}, "unknown-scenario", f"no scenario is named '': {KNOWN}"),
        (
            {"scenario": "calle-busy"},
            "unknown-scenario",
            "no scenario is named 'calle-busy': did you mean 'callee-busy'?",
        ),
        ({"scenario": "qqqq"}, "unknown-scenario", f"no scenario is named 'qqqq': {KNOWN}"),
        (
            {"scenario": "answered", "time": 1},
            "invalid-body",
            "an activation takes no 'time': did you mean 'times'?",
        ),
        ({"scenario": "answered", "times": 0}, "invalid-body", TIMES.format("0")),
        ({"scenario": "answered", "times": -1}, "invalid-body", TIMES.format("-1")),
        ({"scenario": "answered", "times": 1.5}, "invalid-body", TIMES.format("1.5")),
        ({"scenario": "answered", "times": "1"}, "invalid-body", TIMES.format('"1"')),
        ({"scenario": "answered", "times": True}, "invalid-body", TIMES.format("true")),
        (
            {"scenario": "answered", "match": []},
            "invalid-body",
            f"match must map {MATCH_KEYS} to globs",
        ),
        (
            {"scenario": "answered", "match": {"color": "x"}},
            "invalid-body",
            f"match takes no 'color': it maps {MATCH_KEYS} to globs",
        ),
        (
            {"scenario": "answered", "match": {"calee": "x"}},
            "invalid-body",
            "match takes no 'calee': did you mean 'callee'?",
        ),
        (
            {"scenario": "answered", "match": {"fields": "x"}},
            "invalid-body",
            "fields maps parameters of the request to globs",
        ),
        (
            {"scenario": "answered", "match": {"headers": ["x"]}},
            "invalid-body",
            "headers maps headers of the request to globs",
        ),
        (
            {"scenario": "answered", "match": {"until": "9:00"}},
            "invalid-body",
            f"match.until: '9:00' is not {EXPECTED}",
        ),
    ],
)
def test_an_invalid_activation_is_rejected_and_changes_nothing(
    site: SiteClient, body: dict[str, object], kind: str, detail: str
) -> None:
    assert read_problem(post(site, **body)) == (422, kind, detail)
    assert list_activations(site) == []
    assert site.get_json("/_mock/journal")["entries"] == []


def test_deleting_clears_all_activations_and_does_not_reuse_their_ids(site: SiteClient) -> None:
    post(site, scenario="callee-busy")
    post(site, scenario="rejected")
    response = site.request("DELETE", PATH)
    assert (response.status_code, response.content) == (204, b"")
    assert list_activations(site) == []
    assert place_calls(site, 1) == ["answered"]
    assert post(site, scenario="rejected").json()["id"] == "a3"


def test_a_reset_clears_all_activations_and_restarts_their_ids(site: SiteClient) -> None:
    post(site, scenario="callee-busy")
    site.request("POST", "/_mock/reset")
    assert list_activations(site) == []
    assert post(site, scenario="callee-busy").json()["id"] == "a1"


def test_creating_and_clearing_activations_is_journaled(site: SiteClient) -> None:
    log_lines, state = list[str](), site.sandbox.state
    state.journal.subscribe(lambda entry: log_lines.append(format_line(entry, state)))
    body = {"scenario": "callee-busy", "match": {"callee": "*9"}, "times": 1}
    post(site, **body)
    site.request("DELETE", PATH)
    entries = site.get_json("/_mock/journal")["entries"]
    common = {"at": "2026-01-01T09:00:00.000Z", "type": "command", "call": None}
    assert entries == [
        {"id": 1, **common, "method": "POST", "path": "/activations", "body": body},
        {"id": 2, **common, "method": "DELETE", "path": "/activations"},
    ]
    assert log_lines[1] == "09:00:00 command method DELETE path /activations"


def test_a_scenario_inside_a_list_cannot_be_activated(site: SiteClient) -> None:
    body = {"attempts": [{"callee": "busy"}, "answered"]}
    assert site.request("PUT", "/_mock/scenarios/mine", json=body).status_code == 200
    response = site.request("POST", "/_mock/activations", json={"scenario": "mine/attempts/1"})
    assert read_problem(response)[:2] == (422, "unknown-scenario")


def test_one_activation_is_removed_by_its_id(site: SiteClient) -> None:
    for scenario in ("callee-busy", "rejected"):
        post(site, scenario=scenario)
    assert site.request("DELETE", f"{PATH}/a1").status_code == 204
    assert [each["id"] for each in list_activations(site)] == ["a2"]
    response = site.request("DELETE", f"{PATH}/a1")
    detail = "no activation in force is named a1: GET /_mock/activations lists those in force"
    assert read_problem(response) == (404, "unknown-activation", detail)
    detail = "no activation in force is named A2: did you mean 'a2'?"
    assert read_problem(site.request("DELETE", f"{PATH}/A2"))[2] == detail


def test_an_activation_that_is_used_up_cannot_be_removed(site: SiteClient) -> None:
    post(site, scenario="callee-busy", times=1)
    site.click_to_call()
    response = site.request("DELETE", f"{PATH}/a1")
    detail = "no activation in force is named a1: GET /_mock/activations lists those in force"
    assert read_problem(response) == (404, "unknown-activation", detail)
