"""Scenarios that are to be played for the next requests that suit."""

from typing import Any

import httpx
import pytest

from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.site_client import SiteClient, read_problem

PATH = "/_mock/activations"
FORM = '{"scenario": "callee-busy", "match": {"provider": "mobtexting"}, "times": 1}'


def post(site: SiteClient, **body: object) -> httpx.Response:
    return site.request("POST", PATH, json=body)


def listed(site: SiteClient) -> Any:
    return site.get_json(PATH)["activations"]


def played(site: SiteClient, count: int, **fields: object) -> list[str]:
    """Who plays the phones of so many calls."""
    names = [site.click_to_call(**fields).headers["x-mock-call"] for _ in range(count)]
    return [read.leg_scenarios(site.sandbox.state)[name].scenario.name for name in names]


def test_no_activations(site: SiteClient) -> None:
    assert site.get_json(PATH) == {"activations": []}


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ({"scenario": "callee-busy"}, {"match": {}, "left": None}),
        ({"scenario": "callee-busy", "times": 2}, {"match": {}, "left": 2}),
        ({"scenario": "callee-busy", "times": None}, {"match": {}, "left": None}),
        (
            {"scenario": "callee-busy", "match": {"provider": "mobtexting", "callee": "*9"}},
            {"match": {"provider": "mobtexting", "callee": "*9"}, "left": None},
        ),
        (
            {"scenario": "callee-busy", "match": {"a": 91, "fields": {"mid": 7}}},
            {"match": {"a": "91", "fields": {"mid": "7"}}, "left": None},
        ),
    ],
)
def test_activate(site: SiteClient, body: dict[str, object], printed: dict[str, object]) -> None:
    answer = post(site, **body)
    expected = {"id": "a1", "scenario": "callee-busy", **printed}
    assert (answer.status_code, answer.json()) == (201, expected)
    assert list(answer.json()) == ["id", "scenario", "match", "left"]
    assert listed(site) == [expected]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, ["callee-busy", "answered", "answered"]),
        (2, ["callee-busy", "callee-busy", "answered"]),
        (None, ["callee-busy"] * 3),
    ],
)
def test_it_plays_so_many_times(site: SiteClient, times: int | None, expected: list[str]) -> None:
    post(site, scenario="callee-busy", times=times)
    assert played(site, 3) == expected
    assert [one["left"] for one in listed(site)] == ([None] if times is None else [])


def test_it_counts_the_requests_that_suit(site: SiteClient) -> None:
    post(site, scenario="callee-busy", match={"callee": "*6001"}, times=2)
    assert played(site, 1) == ["answered"]
    assert played(site, 1, to="918867136001") == ["callee-busy"]
    assert [one["left"] for one in listed(site)] == [1]
    assert played(site, 2, to="918867136001") == ["callee-busy", "answered"]


@pytest.mark.parametrize(
    "match",
    [
        {"provider": "phonon"},
        {"operation": "dial"},
        {"account": "shop"},
        {"credential": "another"},
        {"a": "1*"},
        {"b": "1*"},
        {"callee": "1*"},
        {"fields": {"mid": "chaos-*"}},
        {"provider": "mobtexting", "fields": {"mid": "chaos-*"}},
    ],
)
def test_it_leaves_alone_what_does_not_suit(site: SiteClient, match: dict[str, object]) -> None:
    post(site, scenario="callee-busy", match=match, times=1)
    assert played(site, 1) == ["answered"]
    assert [one["left"] for one in listed(site)] == [1]


def test_the_first_that_suits_plays_and_all_that_suit_are_spent(site: SiteClient) -> None:
    post(site, scenario="callee-busy", times=1)
    post(site, scenario="rejected", times=2)
    assert played(site, 2) == ["callee-busy", "rejected"]
    assert [one["id"] for one in listed(site)] == []


def test_the_header_comes_before_it(site: SiteClient) -> None:
    post(site, scenario="callee-busy")
    assert site.click_to_call("rejected").status_code == 200
    assert read.leg_scenarios(site.sandbox.state)["c1"].scenario.name == "rejected"


def test_it_can_decide_how_webhooks_travel(site: SiteClient) -> None:
    post(site, scenario="doubled-report", times=1)
    site.click_to_call("callee-busy")
    site.advance()
    assert [one.webhook.call_id for one in site.dispatcher.deliveries] == ["c1", "c1"]
    assert site.get_json("/_mock/calls/c1")["scenario"] == ["callee-busy", "doubled-report"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, f"no scenario is named '': {FORM}"),
        (
            {"scenario": "calle-busy"},
            "no scenario is named 'calle-busy': did you mean 'callee-busy'?",
        ),
        ({"scenario": "qqqq"}, f"no scenario is named 'qqqq': {FORM}"),
        ({"scenario": "answered", "time": 1}, f"send {FORM}"),
        ({"scenario": "answered", "times": 0}, f"send {FORM}"),
        ({"scenario": "answered", "times": -1}, f"send {FORM}"),
        ({"scenario": "answered", "times": 1.5}, f"send {FORM}"),
        ({"scenario": "answered", "times": "1"}, f"send {FORM}"),
        ({"scenario": "answered", "times": True}, f"send {FORM}"),
        (
            {"scenario": "answered", "match": []},
            "match maps provider, operation, account, credential, a, b, callee, fields to globs",
        ),
        (
            {"scenario": "answered", "match": {"color": "x"}},
            "match maps provider, operation, account, credential, a, b, callee, fields to globs",
        ),
        (
            {"scenario": "answered", "match": {"fields": "x"}},
            "fields map parameters of the request to globs",
        ),
    ],
)
def test_a_wrong_activation_changes_nothing(
    site: SiteClient, body: dict[str, object], detail: str
) -> None:
    assert read_problem(post(site, **body)) == (422, "unprocessable entity", detail)
    assert listed(site) == []
    assert site.get_json("/_mock/journal")["facts"] == []


def test_clear(site: SiteClient) -> None:
    post(site, scenario="callee-busy")
    post(site, scenario="rejected")
    answer = site.request("DELETE", PATH)
    assert (answer.status_code, answer.content) == (204, b"")
    assert listed(site) == []
    assert played(site, 1) == ["answered"]
    assert post(site, scenario="rejected").json()["id"] == "a3"


def test_reset_clears_them_and_counts_anew(site: SiteClient) -> None:
    post(site, scenario="callee-busy")
    site.request("POST", "/_mock/reset")
    assert listed(site) == []
    assert post(site, scenario="callee-busy").json()["id"] == "a1"


def test_what_changes_them_is_a_fact(site: SiteClient) -> None:
    lines, state = list[str](), site.sandbox.state
    read.subscribers(state).append(lambda fact: lines.append(format_line(fact, state)))
    body = {"scenario": "callee-busy", "match": {"callee": "*9"}, "times": 1}
    post(site, **body)
    site.request("DELETE", PATH)
    facts = site.get_json("/_mock/journal")["facts"]
    about = {"at": "2026-01-01T09:00:00.000Z", "fact": "control", "call": None}
    assert facts == [
        {"id": 1, **about, "method": "POST", "path": "/activations", "body": body},
        {"id": 2, **about, "method": "DELETE", "path": "/activations"},
    ]
    assert lines[1] == "09:00:00 control method DELETE path /activations"
