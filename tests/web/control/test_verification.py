"""A verification says how often and in what order items occurred, or what was there instead."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.control.failed_verification import MAX_FIELDS, MAX_INSTEAD
from mockserver.web.control.matching import MAX_CHARACTERS
from tests.support.edge_site import EdgeSite, build_looping_site
from tests.support.site import read_problem

VERIFY = "/_mock/verify"


@pytest.fixture
def called(configuration: Configuration) -> EdgeSite:
    """Three calls, of which the second was busy: c1, c2, c3 with the webhooks w1, w2, w3."""
    edge = build_looping_site(configuration)
    for scenario, callee in (
        ("answered", "918867136001"),
        ("callee-busy", "918867136002"),
        ("answered", "918867136003"),
    ):
        edge.click_to_call(scenario, to=callee)
        edge.advance()
    return edge


def verify(edge: EdgeSite, **body: Any) -> httpx.Response:
    return edge.request("POST", VERIFY, json=body)


def failure(edge: EdgeSite, **body: Any) -> dict[str, Any]:
    """The members of the problem `not-verified` that are there for a program."""
    response = verify(edge, **body)
    assert read_problem(response)[:2] == (417, "not-verified")
    return {
        name: value
        for name, value in response.json().items()
        if name not in ("type", "title", "status")
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["c1", "c2", "c3"]),
        ({"match": {"outcome": "completed"}}, ["c1", "c3"]),
        ({"match": {"outcome": "b*"}, "times": {"exactly": 1}}, ["c2"]),
        ({"match": {"outcome": "failed"}, "times": {"exactly": 0}}, []),
        ({"match": {"outcome": "failed"}, "times": {"at_least": 0}}, []),
        ({"times": {"at_least": 3}}, ["c1", "c2", "c3"]),
        ({"times": {"at_most": 3}}, ["c1", "c2", "c3"]),
        ({"times": {"at_least": 1, "at_most": 5}}, ["c1", "c2", "c3"]),
        ({"match": {"legs.to.number": "918867136003"}}, ["c3"]),
        ({"order": [{"outcome": "busy"}, {"outcome": "completed"}]}, ["c1", "c2", "c3"]),
        ({"order": [{"id": "c1"}, {"id": "c3"}]}, ["c1", "c2", "c3"]),
        ({"order": [{}, {}, {}]}, ["c1", "c2", "c3"]),
        ({"match": {"id": "c2"}, "order": [{"id": "c1"}, {"outcome": "completed"}]}, ["c2"]),
    ],
)
def test_what_holds_is_answered_with_the_items_that_match(
    called: EdgeSite, body: Mapping[str, Any], expected: list[str]
) -> None:
    response = verify(called, **{"for": "call", **body})
    assert response.status_code == 200, response.text
    assert response.json().keys() == {"calls"}
    assert [call["id"] for call in response.json()["calls"]] == expected


@pytest.mark.parametrize(
    ("kind", "name"), [("call", "calls"), ("request", "requests"), ("webhook", "webhooks")]
)
def test_the_items_are_shown_as_their_list_shows_them(
    called: EdgeSite, kind: str, name: str
) -> None:
    answer = verify(called, **{"for": kind, "times": {"exactly": 3}}).json()
    assert {**answer, "evicted": 0, "total": 3} == called.get_json(f"/_mock/{name}")


@pytest.mark.parametrize(
    ("times", "detail"),
    [
        ({"exactly": 2}, 'calls that match {"outcome": "busy"}: 1, not 2'),
        ({"at_least": 2}, 'calls that match {"outcome": "busy"}: 1, not at least 2'),
        ({"at_least": 2, "at_most": 3}, 'calls that match {"outcome": "busy"}: 1, not 2 to 3'),
    ],
)
def test_too_few_are_shown_with_the_nearest(
    called: EdgeSite, times: Mapping[str, int], detail: str
) -> None:
    differs = [{"field": "outcome", "expected": "busy", "actual": "completed"}]
    assert failure(called, **{"for": "call", "match": {"outcome": "busy"}, "times": times}) == {
        "detail": detail,
        "found": 1,
        "nearest": [{"id": "c3", "differs": differs}, {"id": "c1", "differs": differs}],
    }


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"exactly": 0}, "0"),
        ({"exactly": 1}, "1"),
        ({"at_most": 1}, "at most 1"),
        ({"at_least": 0, "at_most": 1}, "at most 1"),
    ],
)
def test_too_many_are_shown_with_those_that_match(
    called: EdgeSite, times: Mapping[str, int], expected: str
) -> None:
    match = {"parameters.to": "91886713600[13]"}
    assert failure(called, **{"for": "call", "match": match, "times": times}) == {
        "detail": f'calls that match {{"parameters.to": "91886713600[13]"}}: 2, not {expected}',
        "found": 2,
        "instead": [
            {
                "id": call_id,
                "fields": {
                    "operation": "c2c",
                    "state": "ended",
                    "outcome": "completed",
                    "parameters.to": callee,
                },
            }
            for call_id, callee in (("c1", "918867136001"), ("c3", "918867136003"))
        ],
    }


def test_an_order_that_does_not_hold_is_shown_with_all_that_was_there(called: EdgeSite) -> None:
    order = [{"body.status": "MISSED"}, {"body.to": "918867136001"}]
    shown = failure(called, **{"for": "webhook", "order": order})
    assert shown.pop("instead") == [
        {
            "id": f"w{number}",
            "fields": {
                "kind": "completed",
                "state": "delivered",
                "body.status": status,
                "body.to": 918867136000 + number,
            },
        }
        for number, status in ((1, "COMPLETED"), (2, "MISSED"), (3, "COMPLETED"))
    ]
    assert [item["id"] for item in shown.pop("nearest")] == ["w3", "w2"]
    assert shown == {"detail": 'none of the webhooks matches {"body.to": "918867136001"} after w2'}


def test_a_first_match_of_an_order_that_nothing_takes_comes_after_nothing(
    called: EdgeSite,
) -> None:
    shown = failure(called, **{"for": "request", "order": [{"status": 500}, {"status": 200}]})
    assert shown["detail"] == 'none of the requests matches {"status": 500}'


def test_one_item_takes_one_match_of_an_order(called: EdgeSite) -> None:
    busy = {"outcome": "busy"}
    shown = failure(called, **{"for": "call", "order": [busy, busy]})
    assert shown["detail"] == 'none of the calls matches {"outcome": "busy"} after c2'


def test_where_nothing_occurred_nothing_comes_near(edge: EdgeSite) -> None:
    assert failure(edge, **{"for": "webhook"}) == {
        "detail": "webhooks that match {}: 0, not at least 1",
        "found": 0,
        "nearest": [],
    }


def test_a_problem_shows_a_bounded_number_of_items(edge: EdgeSite) -> None:
    for _ in range(MAX_INSTEAD + 1):
        edge.click_to_call(to=None)
    shown = failure(edge, **{"for": "request", "times": {"exactly": 0}})
    assert (shown["found"], len(shown["instead"])) == (MAX_INSTEAD + 1, MAX_INSTEAD)
    assert shown["instead"][0]["id"] == "r1"


def test_a_problem_cuts_long_values_and_matches_and_shows_a_bounded_number_of_fields(
    edge: EdgeSite,
) -> None:
    edge.click_to_call(to="9" * 2_000)
    match = {"body.to": "9*", **{f"body.x{number}": None for number in range(100)}}
    shown = failure(edge, **{"for": "request", "match": match, "times": {"exactly": 0}})
    assert shown["detail"].startswith('requests that match {"body.to": "9*", ')
    assert shown["detail"].endswith("...: 1, not 0")
    [item] = shown["instead"]
    assert len(item["fields"]) == MAX_FIELDS
    assert item["fields"]["body.to"] == f"{'9' * MAX_CHARACTERS}..."


def test_a_verification_moves_no_clock_and_waits_for_nothing(edge: EdgeSite) -> None:
    edge.click_to_call()
    before = edge.get_json("/_mock/clock")
    verify(edge, **{"for": "webhook"})
    assert edge.get_json("/_mock/clock") == before


TIMES = 'times is {"exactly": 1}, {"at_least": 1}, {"at_most": 3} or {"at_least": 1, "at_most": 3}'


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"time": {"exactly": 1}}, "a verification takes no 'time': did you mean 'times'?"),
        ({"times": {}}, TIMES),
        ({"times": 1}, TIMES),
        ({"times": {"exact": 1}}, "times takes no 'exact': did you mean 'exactly'?"),
        ({"times": {"exactly": -1}}, f"a number of times must be a whole number: {TIMES}"),
        ({"times": {"exactly": True}}, f"a number of times must be a whole number: {TIMES}"),
        ({"times": {"at_most": "1"}}, f"a number of times must be a whole number: {TIMES}"),
        (
            {"times": {"exactly": 1, "at_most": 1}},
            f"exactly cannot be combined with at_least or at_most: {TIMES}",
        ),
        ({"times": {"at_least": 2, "at_most": 1}}, f"at_most is less than at_least: {TIMES}"),
        ({"match": {"outcom": "busy"}}, "a call takes no 'outcom': did you mean 'outcome'?"),
        ({"order": [{"outcom": "busy"}]}, "a call takes no 'outcom': did you mean 'outcome'?"),
        ({"match": {"wanted.to": "9"}}, "'wanted.to': 'wanted' is now 'parameters'"),
    ],
)
def test_a_body_that_is_not_valid_is_shown_with_what_would_be(
    edge: EdgeSite, body: Mapping[str, Any], detail: str
) -> None:
    response = verify(edge, **{"for": "call", **body})
    assert read_problem(response) == (422, "invalid-body", detail)


@pytest.mark.parametrize(
    "body",
    [
        {"for": "calls"},
        {},
        {"for": "call", "match": []},
        {"for": "call", "order": []},
        {"for": "call", "order": {}},
        {"for": "call", "order": ["busy"]},
        {"for": "call", "order": [{}] * 101},
    ],
)
def test_a_body_of_another_shape_is_shown_with_an_example(
    edge: EdgeSite, body: Mapping[str, Any]
) -> None:
    status, name, detail = read_problem(verify(edge, **body))
    assert (status, name) == (422, "invalid-body")
    assert detail.removeprefix("did you mean 'call'? ").startswith('send {"for": "webhook", ')


@pytest.mark.parametrize(
    ("times", "subject"),
    [
        ({"exactly": 2}, "2"),
        ({"at_least": 3}, "at least 3"),
        ({"at_most": 2}, "at most 2"),
    ],
)
def test_a_count_cannot_be_verified_if_evicted_items_could_change_it(
    called: EdgeSite, times: Mapping[str, int], subject: str
) -> None:
    called.default.state.calls.evict("c1")
    assert failure(called, **{"for": "call", "times": times}) == {
        "detail": "calls that match {}: 2, and perhaps evicted ones (evicted: 1), "
        f"so that {subject} cannot be verified; reset the sandbox before you count",
        "found": 2,
    }


@pytest.mark.parametrize(
    ("times", "status"), [({"at_least": 2}, 200), ({"exactly": 1}, 417), ({"at_most": 1}, 417)]
)
def test_what_evicted_items_cannot_change_is_known(
    called: EdgeSite, times: Mapping[str, int], status: int
) -> None:
    called.default.state.calls.evict("c1")
    response = verify(called, **{"for": "call", "times": times})
    assert (response.status_code, "cannot be verified" in response.text) == (status, False)


def test_an_order_that_does_not_hold_is_shown_with_the_number_of_evicted_items(
    called: EdgeSite,
) -> None:
    called.default.state.calls.evict("c1")
    shown = failure(called, **{"for": "call", "order": [{"id": "c1"}]})
    assert shown["detail"] == ('none of the calls matches {"id": "c1"}; evicted: 1')
