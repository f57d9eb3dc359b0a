"""The field of a request that has the number of the callee."""

from collections.abc import Mapping

import pytest

from mockserver.core.account import Account
from mockserver.core.call import PlannedCall
from mockserver.core.callee_field import find_callee_field
from mockserver.core.http import Request, Response
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import RequestContext


def build_endpoint(*planned: PlannedCall) -> Endpoint:
    def respond(_: RequestContext) -> EndpointResult:
        return EndpointResult(response=Response(status=200))

    return Endpoint(
        operation="call",
        method="POST",
        host="toy.test",
        path="/call",
        rules=(),
        respond=respond,
        planned_calls=lambda _: planned,
    )


def build_planned(flow: str, **numbers: str) -> PlannedCall:
    return PlannedCall(flow=flow, numbers=numbers, parameters={})


def find(fields: Mapping[str, object], *planned: PlannedCall) -> str | None:
    request = Request(method="POST", path="/call", fields=fields)
    account = Account(name="shop", provider="toy")
    return find_callee_field(build_endpoint(*planned), account, request, 0)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"from": "1", "to": "2"}, "to"),
        ({"from": "1", "to": 2}, "to"),
        ({"call": {"from": "1", "to": "2"}}, "call.to"),
        ({"calls": [{"numbers": ["1", "2"]}]}, "calls.0.numbers.1"),
        ({"from": "1"}, None),
    ],
)
def test_the_field_is_found_at_any_depth(fields: Mapping[str, object], path: str | None) -> None:
    assert find(fields, build_planned("b-after-a", a="1", b="2")) == path


def test_of_several_calls_the_first_one_counts_whose_number_is_a_field() -> None:
    numbers = ("3", "2", "1")
    planned = (build_planned("one-leg", a=number) for number in numbers)
    assert find({"numbers": ["1", "2"]}, *planned) == "numbers.1"


def test_a_request_that_calls_nobody_has_no_such_field() -> None:
    assert find({"to": "2"}) is None
