"""A filter or a match by a word that no item can have is refused with the nearest word."""

from typing import Any

import pytest

from tests.support.edge_site import EdgeSite
from tests.support.site import read_problem

CASES: tuple[tuple[str, str, str, str], ...] = (
    ("call", "provider", "mobtextin", "did you mean 'mobtexting'?"),
    (
        "call",
        "state",
        "foo",
        "it is one of scheduled, queued, ringing, answered, bridged, ended",
    ),
    ("request", "provider", "phonton", "did you mean 'phonon'?"),
    ("request", "operation", "c2", "did you mean 'c2c'?"),
    ("webhook", "kind", "complete", "did you mean 'completed'?"),
    ("webhook", "kind", "complete*d*d", "did you mean 'completed'?"),
    ("webhook", "state", "deliverd", "did you mean 'delivered'?"),
)


@pytest.mark.parametrize(("kind", "field", "word", "hint"), CASES)
def test_a_filter_by_an_unknown_word_is_refused_with_the_nearest(
    edge: EdgeSite, kind: str, field: str, word: str, hint: str
) -> None:
    response = edge.request("GET", f"/_mock/{kind}s?{field}={word}")
    detail = f"the {field} of a {kind} is never {word!r}: {hint}"
    assert read_problem(response) == (422, "invalid-query", detail)


@pytest.mark.parametrize(
    ("kind", "field", "word", "hint"),
    [*CASES, ("call", "outcome", "buzy", "did you mean 'busy'?")],
)
def test_a_match_by_an_unknown_word_is_refused_with_the_nearest(
    edge: EdgeSite, kind: str, field: str, word: str, hint: str
) -> None:
    body = {"for": kind, "match": {field: word}}
    detail = f"the {field} of a {kind} is never {word!r}: {hint}"
    response = edge.request("POST", "/_mock/wait", json=body)
    assert read_problem(response) == (422, "invalid-body", detail)


@pytest.mark.parametrize(
    ("kind", "match"),
    [
        ("webhook", {"kind": "comp*"}),
        ("webhook", {"kind": "cdr"}),
        ("call", {"outcome": None}),
        ("call", {"outcome": "[bc]usy"}),
        ("request", {"provider": ""}),
        ("request", {"status": "5??"}),
    ],
    ids=str,
)
def test_a_word_that_an_item_can_have_is_looked_for(edge: EdgeSite, kind: str, match: Any) -> None:
    body = {"for": kind, "match": match, "timeout": 0}
    assert edge.request("POST", "/_mock/wait", json=body).status_code == 408


@pytest.mark.parametrize(("status", "expected"), [("200", 200), ("ok", 422), ("2e2", 422)])
def test_a_filter_by_a_status_that_is_no_number_is_refused(
    edge: EdgeSite, status: str, expected: int
) -> None:
    response = edge.request("GET", f"/_mock/requests?status={status}")
    assert response.status_code == expected
    if expected == 422:
        detail = f"status is a number such as 200, or a glob such as 5??, not {status!r}"
        assert read_problem(response) == (422, "invalid-query", detail)


def test_a_wait_for_an_unknown_kind_names_the_nearest(edge: EdgeSite) -> None:
    detail = read_problem(edge.request("POST", "/_mock/wait", json={"for": "webhok"}))[2]
    assert detail.startswith("did you mean 'webhook'? send {")
