"""Scenarios that are to be played for the next requests that suit."""

from typing import Any

import httpx
import pytest

from mockserver.web.views.log_lines import format_line
from tests.web.conftest import House, refusal

PATH = "/_mock/activations"
FORM = '{"scenario": "callee-busy", "match": {"provider": "mobtexting"}, "times": 1}'


def post(house: House, **body: object) -> httpx.Response:
    return house.ask("POST", PATH, json=body)


def listed(house: House) -> Any:
    return house.read(PATH)["activations"]


def played(house: House, count: int, **fields: object) -> list[str]:
    """Who plays the phones of so many calls."""
    names = [house.place(**fields).headers["x-mock-call"] for _ in range(count)]
    return [house.sandbox.state.leg_scenarios[name].scenario.name for name in names]


def test_no_activations(house: House) -> None:
    assert house.read(PATH) == {"activations": []}


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
def test_activate(house: House, body: dict[str, object], printed: dict[str, object]) -> None:
    answer = post(house, **body)
    expected = {"id": "a1", "scenario": "callee-busy", **printed}
    assert (answer.status_code, answer.json()) == (201, expected)
    assert list(answer.json()) == ["id", "scenario", "match", "left"]
    assert listed(house) == [expected]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, ["callee-busy", "answered", "answered"]),
        (2, ["callee-busy", "callee-busy", "answered"]),
        (None, ["callee-busy"] * 3),
    ],
)
def test_it_plays_so_many_times(house: House, times: int | None, expected: list[str]) -> None:
    post(house, scenario="callee-busy", times=times)
    assert played(house, 3) == expected
    assert [one["left"] for one in listed(house)] == ([None] if times is None else [])


def test_it_counts_the_requests_that_suit(house: House) -> None:
    post(house, scenario="callee-busy", match={"callee": "*6001"}, times=2)
    assert played(house, 1) == ["answered"]
    assert played(house, 1, to="918867136001") == ["callee-busy"]
    assert [one["left"] for one in listed(house)] == [1]
    assert played(house, 2, to="918867136001") == ["callee-busy", "answered"]


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
def test_it_leaves_alone_what_does_not_suit(house: House, match: dict[str, object]) -> None:
    post(house, scenario="callee-busy", match=match, times=1)
    assert played(house, 1) == ["answered"]
    assert [one["left"] for one in listed(house)] == [1]


def test_the_first_that_suits_plays_and_all_that_suit_are_spent(house: House) -> None:
    post(house, scenario="callee-busy", times=1)
    post(house, scenario="rejected", times=2)
    assert played(house, 2) == ["callee-busy", "rejected"]
    assert [one["id"] for one in listed(house)] == []


def test_the_header_comes_before_it(house: House) -> None:
    post(house, scenario="callee-busy")
    assert house.place("rejected").status_code == 200
    assert house.sandbox.state.leg_scenarios["c1"].scenario.name == "rejected"


def test_it_can_decide_how_webhooks_travel(house: House) -> None:
    post(house, scenario="doubled-report", times=1)
    house.place("callee-busy")
    house.advance()
    assert [one.webhook.call_id for one in house.postman.carried] == ["c1", "c1"]
    assert house.read("/_mock/calls/c1")["scenario"] == ["callee-busy", "doubled-report"]


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
    house: House, body: dict[str, object], detail: str
) -> None:
    assert refusal(post(house, **body)) == (422, "unprocessable entity", detail)
    assert listed(house) == []
    assert house.read("/_mock/journal")["facts"] == []


def test_clear(house: House) -> None:
    post(house, scenario="callee-busy")
    post(house, scenario="rejected")
    answer = house.ask("DELETE", PATH)
    assert (answer.status_code, answer.content) == (204, b"")
    assert listed(house) == []
    assert played(house, 1) == ["answered"]
    assert post(house, scenario="rejected").json()["id"] == "a3"


def test_reset_clears_them_and_counts_anew(house: House) -> None:
    post(house, scenario="callee-busy")
    house.ask("POST", "/_mock/reset")
    assert listed(house) == []
    assert post(house, scenario="callee-busy").json()["id"] == "a1"


def test_what_changes_them_is_a_fact(house: House) -> None:
    lines, store = list[str](), house.sandbox.state
    store.subscribers.append(lambda fact: lines.append(format_line(fact, store)))
    body = {"scenario": "callee-busy", "match": {"callee": "*9"}, "times": 1}
    post(house, **body)
    house.ask("DELETE", PATH)
    facts = house.read("/_mock/journal")["facts"]
    about = {"at": "2026-01-01T09:00:00.000Z", "fact": "control", "call": None}
    assert facts == [
        {"id": 1, **about, "method": "POST", "path": "/activations", "body": body},
        {"id": 2, **about, "method": "DELETE", "path": "/activations"},
    ]
    assert lines[1] == "09:00:00 control method DELETE path /activations"
