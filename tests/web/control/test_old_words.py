"""A control request with an old word is refused, and the problem says the new word."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.old_words import OLD_FIELDS
from mockserver.web.control.unknown_routes import describe_unknown_route
from tests.support.edge_site import EdgeSite
from tests.support.site import read_problem

REFUSED = "unprocessable entity"
WAIT = "/_mock/wait"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"event": "digits", "digits": "1"}, "'digits' is now 'press'"),
        ({"event": "speech", "words": "yes"}, "'speech' is now 'say'"),
    ],
)
def test_an_old_event_is_refused(edge: EdgeSite, body: Mapping[str, str], detail: str) -> None:
    edge.click_to_call()
    response = edge.request("POST", "/_mock/calls/c1/events", json=body)
    status, _, actual = read_problem(response)
    assert (status, actual) == (422, detail)


def test_an_old_key_of_an_inbox_program_is_refused(edge: EdgeSite) -> None:
    response = edge.request("PUT", "/_mock/inboxes/main", json={"answers": [500]})
    status, _, detail = read_problem(response)
    assert (status, detail) == (422, "'answers' is now 'responses'")


@pytest.mark.parametrize(
    ("kind", "field", "old_word", "new_word"),
    [
        ("call", "scenario", "scenario", "scenarios"),
        ("call", "wanted.callee", "wanted", "parameters"),
        ("call", "attempts.0.redial", "redial", "redial_index"),
        ("call", "attempts.1.target", "target", "number_index"),
        ("request", "answer", "answer", "response"),
        ("request", "answer.message", "answer", "response"),
        ("request", "scenario", "scenario", "scenarios"),
        ("request", "call", "call", "calls"),
        ("webhook", "next_at", "next_at", "next_attempt_at"),
        ("webhook", "attempts.0.answer", "answer", "response"),
        ("webhook", "attempts.0.answer.ok", "answer", "response"),
    ],
)
def test_an_old_field_in_the_match_of_a_wait_is_refused(
    edge: EdgeSite, kind: str, field: str, old_word: str, new_word: str
) -> None:
    response = edge.request("POST", WAIT, json={"for": kind, "match": {field: "*"}})
    status, _, detail = read_problem(response)
    assert (status, detail) == (422, f"{field!r}: {old_word!r} is now {new_word!r}")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("call", "scenarios"),
        ("call", "parameters.wanted"),
        ("request", "calls"),
        ("request", "body.answer"),
        ("webhook", "call"),
        ("webhook", "body.next_at"),
    ],
)
def test_another_field_in_the_match_of_a_wait_is_accepted(
    edge: EdgeSite, kind: str, field: str
) -> None:
    body = {"for": kind, "match": {field: "*"}, "timeout": 0}
    assert edge.request("POST", WAIT, json=body).status_code == 408


def test_no_old_field_is_in_the_json_of_calls_requests_and_webhooks(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.advance()
    for kind, fields in OLD_FIELDS.items():
        item: dict[str, Any] = edge.get_json(f"/_mock/{kind}s")[f"{kind}s"][0]
        [attempt] = item.get("attempts", [{}])
        names = {*item, *(f"attempts.*.{name}" for name in attempt)}
        new_names = {f"{old.rpartition('.')[0]}.{new}".lstrip(".") for old, new in fields.items()}
        assert (names & {*fields}, new_names - names) == (set(), set())


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_old_route_of_an_inbox_is_not_found(edge: EdgeSite, method: str) -> None:
    response = edge.request(method, "/_mock/inbox/main")
    detail = (
        "no control route is /_mock/inbox/main: "
        "'/_mock/inbox/{name}' is now '/_mock/receive/{name}'"
    )
    assert read_problem(response) == (404, "unknown-route", detail)


def test_the_old_route_of_an_inbox_in_a_sandbox_is_not_found(edge: EdgeSite) -> None:
    response = edge.request("POST", "/_sandbox/t1/_mock/inbox/main")
    assert "is now '/_mock/receive/{name}'" in read_problem(response)[2]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/cals", "did you mean '/_mock/calls'?"),
        ("/calls/", "did you mean '/_mock/calls'?"),
        ("/calls/c1/event", "did you mean '/_mock/calls/{id}/events'?"),
        ("/call/c1", "did you mean '/_mock/calls/{id}'?"),
        ("/recieve/main", "did you mean '/_mock/receive/{name}'?"),
        ("/zzzzzzzz", "/_mock/docs lists them"),
        ("", "/_mock/docs lists them"),
    ],
)
def test_an_unknown_control_route_is_not_found_and_the_nearest_is_named(
    edge: EdgeSite, path: str, hint: str
) -> None:
    response = edge.request("GET", f"/_mock{path or '/'}")
    detail = f"no control route is /_mock{path or '/'}: {hint}"
    assert read_problem(response) == (404, "unknown-route", detail)


def test_a_huge_unknown_path_is_cut() -> None:
    detail = describe_unknown_route("/calls/" + "x" * 60_000, ["/calls/{id}/events", "/calls"])
    assert detail.startswith(f"no control route is /_mock/calls/{'x' * 73}: ")
    assert len(detail) < 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("play: answered", ["mine:1:1: 'play' is now 'use'"]),
        ('{"answers": ["pas"]}', [
            "mine:1:2: 'answers' is now 'responses'",
            "mine:1:14: 'pas' is not a response: did you mean 'pass'?",
        ]),
        ("choose:\n- {weight: 60, play: answered}", ["mine:2:16: 'play' is now 'use'"]),
    ],
)  # fmt: skip
def test_an_old_key_of_a_put_scenario_is_refused(
    edge: EdgeSite, body: str, expected: list[str]
) -> None:
    response = edge.request("PUT", "/_mock/scenarios/mine", content=body)
    assert (response.status_code, response.json()["problems"]) == (422, expected)
