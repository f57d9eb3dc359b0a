"""A match for a wait has only fields that an item can have, at every level."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mockserver.web.control.match_fields import (
    FIELDS_BY_KIND,
    Fields,
    ListFields,
    check_match_field,
)
from mockserver.web.problems import ProblemError
from mockserver.web.views.serializers import MARKS
from tests.support.edge_site import EdgeSite
from tests.support.site import read_problem

LEG_NAMES = ("a", "b", "callee", "from")
LEG_FIELDS = "name, role, number, state, answered_at, ended_at, cause"


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("call", "state"),
        ("call", "legs.0.cause"),
        ("call", "legs.callee.state"),
        ("call", "attempts.12.legs.from.cause"),
        ("call", "attempts.0.outcome"),
        ("call", "events.0.digits"),
        ("call", "waiting.0.for"),
        ("call", "leg_names.callee"),
        ("call", "parameters.anything.at.all"),
        ("call", "scenarios.0"),
        ("webhook", "body.calls.0.to"),
        ("webhook", "headers.content-type"),
        ("webhook", "attempts.0.response.ok"),
        ("request", "response.data.0.id"),
        ("request", "calls.0"),
    ],
)
def test_a_field_of_an_item_is_accepted(kind: str, field: str) -> None:
    check_match_field(field, kind, LEG_NAMES)


@pytest.mark.parametrize(
    ("kind", "field", "detail"),
    [
        ("call", "stat", "a call takes no 'stat': did you mean 'state'?"),
        ("call", "legs.cale.state", "legs of a call takes no 'cale': did you mean 'callee'?"),
        (
            "call",
            "legs.xyzzy",
            "legs of a call takes no 'xyzzy': it takes an index such as 0, a, b, callee, from",
        ),
        ("call", "legs.0.stat", "legs.0 of a call takes no 'stat': did you mean 'state'?"),
        ("call", "legs.b.x9", f"legs.b of a call takes no 'x9': it takes {LEG_FIELDS}"),
        (
            "call",
            "attempts.0.legs.calee.cause",
            "attempts.0.legs of a call takes no 'calee': did you mean 'callee'?",
        ),
        ("call", "state.x", "state of a call takes no 'x': it has no fields"),
        (
            "call",
            "legs.",
            "legs of a call takes no '': it takes an index such as 0, a, b, callee, from",
        ),
        ("call", "attempts.-1", "attempts of a call takes no '-1': it takes an index such as 0"),
        ("call", "waiting.²", "waiting of a call takes no '²': it takes an index such as 0"),
        (
            "webhook",
            "attempts.0.stats",
            "attempts.0 of a webhook takes no 'stats': did you mean 'status'?",
        ),
        (
            "request",
            "scenarios.0.name",
            "scenarios.0 of a request takes no 'name': it has no fields",
        ),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_or_all_names(
    kind: str, field: str, detail: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        check_match_field(field, kind, LEG_NAMES)
    assert (caught.value.kind, caught.value.detail) == ("invalid-body", detail)


def test_a_wait_for_an_unknown_field_is_refused(edge: EdgeSite) -> None:
    body = {"for": "call", "match": {"legs.calee.state": "ended"}, "timeout": 0}
    response = edge.request("POST", "/_mock/wait", json=body)
    detail = "legs of a call takes no 'calee': did you mean 'callee'?"
    assert read_problem(response) == (422, "invalid-body", detail)


@pytest.mark.parametrize("name", ["agent", "manager", "contact", "end_user", "to"])
def test_the_names_of_legs_are_those_of_all_providers(edge: EdgeSite, name: str) -> None:
    body = {"for": "call", "match": {f"legs.{name}.state": "ended"}, "timeout": 0}
    assert edge.request("POST", "/_mock/wait", json=body).status_code == 408


# --- the table and what is serialized ------------------------------------------------------------


def differences(value: Any, fields: Fields, path: str) -> Iterator[str]:
    """Where a serialized value and its fields differ."""
    if isinstance(fields, ListFields):
        for element in value:
            yield from differences(element, fields.element, f"{path}.0")
    elif fields is not None and (fields or isinstance(value, Mapping)):
        keys = value.keys() if isinstance(value, Mapping) else ()
        yield from (f"{path}.{name}" for name in keys ^ fields.keys())
        for name in keys & fields.keys():
            yield from differences(value[name], fields[name], f"{path}.{name}")


def test_the_fields_are_those_of_calls_requests_and_webhooks(edge: EdgeSite) -> None:
    edge.click_to_call("held-back-report")
    edge.click_to_call()
    edge.advance()
    for kind in ("call", "request", "webhook"):
        items = edge.get_json(f"/_mock/{kind}s")[f"{kind}s"]
        assert items
        found = {each for item in items for each in differences(item, FIELDS_BY_KIND[kind], kind)}
        assert found == ({f"request.{name}" for name in MARKS} if kind == "request" else set())


def test_a_wait_matches_the_problem_and_the_order_of_a_request(edge: EdgeSite) -> None:
    order = {"responses": [{"status": 502}]}
    edge.request("PUT", "/_mock/scenarios/gateway", json=order)
    edge.click_to_call()
    edge.click_to_call("nobody-has-this")
    edge.click_to_call("gateway")
    matches = [{"problem": "unknown-scenario"}, {"ordered_by": "gateway"}, {"ordered": "*502*"}]
    bodies = [{"for": "request", "match": match, "timeout": 0} for match in matches]
    found = [edge.request("POST", "/_mock/wait", json=body).json()["requests"] for body in bodies]
    assert [[each["id"] for each in requests] for requests in found] == [["r2"], ["r3"], ["r3"]]
