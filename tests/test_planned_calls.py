"""Every endpoint plans its calls, whatever is sent; a call that is placed is as planned."""

import asyncio
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.leg_names import legs_by_name
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.engine import pipeline
from mockserver.engine.exchange import MatchedRequest
from mockserver.engine.pipeline import build_context, handle, match_request
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.conformance import PROVIDERS, load_pages, replay_example
from tests.support.leg_operations import LEG_OPERATIONS, build_incoming
from tests.support.placing_requests import (
    PLACING_REQUESTS,
    build_placing_request,
    placing_endpoints,
)
from tests.support.simulation import START

ENDPOINTS = [
    (bound, endpoint) for bound in PROVIDERS.values() for endpoint in bound.provider.endpoints
]
IDS = [f"{bound.provider.name}-{endpoint.operation}" for bound, endpoint in ENDPOINTS]
EDGES = (
    *("", " ", "x", "0", "-1", "٣", "9" * 30, "9" * 5_000, "flow:", "+91 886-713-5000"),
    *("0001-01-01", "9999-12-31T23:59:59-23:59", "0001-01-01 00:00:00", "9999-12-31 23:59:59"),
    *("2026-01-04T09:00:00Z", "71450", "514", "Br1dge00", "Ab12Cd34", "ext:key"),
)
ODD_VALUES: tuple[object, ...] = (
    *EDGES,
    *(None, True, 0, -1, 10**30, 1.5, float("nan"), float("inf"), [], {}, [None], [[]], ["x", 1]),
    *([{}], [{"contact-numbers": None}], [{"contact-numbers": ["1"], "start-time": "9999-12-31"}]),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(EDGES),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(("contact-numbers",)), children)
    ),
    max_leaves=6,
)
headers = st.dictionaries(
    st.sampled_from(("cookie", "authorization", "accept")),
    st.text(max_size=20) | st.sampled_from(("innocalls_session=ext:key", "Bearer key", "=;,")),
)


def field_names(document: object) -> set[str]:
    """Return the names of all properties and parameters of an OpenAPI document."""
    if isinstance(document, list):
        return {name for item in document for name in field_names(item)}
    if not isinstance(document, Mapping):
        return set()
    own = {*document.get("properties", ())} | ({document["name"]} if "in" in document else set())
    return own.union(*(field_names(item) for item in document.values()))


FIELD_NAMES = {
    name: sorted(field_names(bound.document()) | {"other"}) for name, bound in PROVIDERS.items()
}


@pytest.mark.parametrize(("bound", "endpoint"), ENDPOINTS, ids=IDS)
@pytest.mark.parametrize("is_known", [True, False], ids=["account", "no account"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_endpoint_plans_its_calls_whatever_the_fields_are(
    configuration: Configuration,
    bound: BoundProvider,
    endpoint: Endpoint,
    is_known: bool,  # noqa: FBT001 - whether the account is known
    data: st.DataObject,
) -> None:
    state = SandboxState(configuration, START)
    example: Mapping[str, Any] = data.draw(
        st.sampled_from([{}, *bound.examples(endpoint.operation)])
    )
    names = st.sampled_from(FIELD_NAMES[bound.provider.name])
    fields = {**example, **data.draw(st.dictionaries(names, json_values, max_size=4))}
    request = Request(
        method=endpoint.method, path=endpoint.path, headers=data.draw(headers), fields=fields
    )
    account = first_account(state, bound) if is_known else None
    check_plans(endpoint, build_bare_context(state, endpoint, request, account))


@pytest.mark.parametrize(("bound", "endpoint"), ENDPOINTS, ids=IDS)
@pytest.mark.parametrize("is_known", [True, False], ids=["account", "no account"])
def test_every_endpoint_plans_its_calls_with_an_odd_value_in_any_field(
    configuration: Configuration,
    bound: BoundProvider,
    endpoint: Endpoint,
    is_known: bool,  # noqa: FBT001 - whether the account is known
) -> None:
    state = SandboxState(configuration, START)
    account = first_account(state, bound) if is_known else None
    for example in ({}, *bound.examples(endpoint.operation)):
        for name, value in product(FIELD_NAMES[bound.provider.name], ODD_VALUES):
            request = Request(method="POST", path="/", fields={**example, name: value})
            check_plans(endpoint, build_bare_context(state, endpoint, request, account))


def build_bare_context(
    state: SandboxState, endpoint: Endpoint, request: Request, account: Account | None
) -> RequestContext:
    return RequestContext(
        request=request,
        now=START,
        operation=endpoint.operation,
        account=account,
        read_model=state.read_model,
    )


def check_plans(endpoint: Endpoint, context: RequestContext) -> None:
    for planned in endpoint.planned_calls(context):
        flow = CALL_FLOWS[planned.flow]
        assert {*planned.numbers} <= {*flow.dial_conditions, *flow.later_legs}
        assert all(isinstance(number, str) for number in planned.numbers.values())
        assert isinstance(planned.parameters, Mapping)
        assert planned.starts_at is None or isinstance(planned.starts_at, int)


def first_account(state: SandboxState, bound: BoundProvider) -> Account:
    name = bound.provider.name
    return next(account for key, account in read.accounts(state).items() if key[0] == name)


@pytest.mark.parametrize("key", LEG_OPERATIONS)
def test_the_plan_does_not_change_what_it_is_made_from(
    configuration: Configuration, key: str
) -> None:
    state = SandboxState(configuration, START)
    incoming = build_incoming(state, LEG_OPERATIONS[key])
    plans = [build_context(state, incoming, START).planned_calls for _ in range(2)]
    assert plans[0] == plans[1]
    assert (read.calls(state), read.call_count(state), list(read.journal(state))) == ({}, 0, [])


# --- placed calls --------------------------------------------------------------------------------


class PlacedCalls:
    """Compares the calls of every response with their plans, and counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.operations: list[tuple[str, str]] = []
        self._compute_result = pipeline._compute_result  # noqa: SLF001 - the one place of all results
        monkeypatch.setattr(pipeline, "_compute_result", self.compute_result)

    def compute_result(
        self, matched: MatchedRequest, context: RequestContext
    ) -> tuple[EndpointResult, Any]:
        result, broken = self._compute_result(matched, context)
        indexes = []
        for call in result.effects.calls:
            if call.spec.id in context.read_model.calls:  # a call that was placed earlier
                continue
            spec, planned = call.spec, context.planned_calls[call.spec.match_index]
            assert (spec.flow, spec.parameters) == (planned.flow, planned.parameters)
            assert {leg.name: leg.number for leg in call.legs} == planned.numbers
            at = context.now if planned.starts_at is None else planned.starts_at
            assert call.starts_at == at
            match = matched.matches[spec.match_index].context
            numbers = {leg: planned.numbers.get(leg, "") for leg in legs_by_name(call).values()}
            assert match.numbers == {name: numbers[leg] for name, leg in legs_by_name(call).items()}
            assert (match.account, match.operation) == (spec.account, spec.operation)
            assert match.parameters.items() >= spec.parameters.items()
            indexes.append(spec.match_index)
            self.operations.append((spec.provider, spec.operation))
        assert indexes == sorted({*indexes})
        return result, broken


@pytest.fixture
def placed_calls(monkeypatch: pytest.MonkeyPatch) -> PlacedCalls:
    return PlacedCalls(monkeypatch)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_the_calls_of_the_conformance_examples_are_placed_as_planned(
    placed_calls: PlacedCalls, name: str
) -> None:
    page = load_pages()[name]
    for example in page.examples.values():
        if "request" in example:
            asyncio.run(replay_example(page, example))
    assert placed_calls.operations


def test_the_calls_of_every_operation_are_placed_as_planned(
    configuration: Configuration, placed_calls: PlacedCalls
) -> None:
    for placing in PLACING_REQUESTS:
        state = SandboxState(configuration, START)
        assert handle(state, build_placing_request(state, placing), START).call_ids
    assert {*placed_calls.operations} == {
        (bound.provider.name, endpoint.operation) for bound, endpoint in placing_endpoints()
    }


def test_a_call_that_a_batch_leaves_out_leaves_no_gap_in_the_ids(
    configuration: Configuration,
) -> None:
    """`match_index` tells which of the planned calls each one is."""
    state = SandboxState(configuration, START)
    bound = configuration.providers["phonon"]
    items = [{}, {"contact-numbers": ["918867136000"]}, {}, {"contact-numbers": ["918867137000"]}]
    fields = {**LEG_OPERATIONS["phonon"].fields, "calls": items}
    incoming = build_incoming_request(
        bound=bound,
        endpoint=bound.provider.endpoints[0],
        request=Request(method="POST", path="/", fields=fields),
    )
    assert len(match_request(state, incoming, START).matches) == 4
    exchange = handle(state, incoming, START)
    assert exchange.placed_calls == {1: "c1", 3: "c2"}
    calls = read.calls(state)
    assert [calls[name].spec.match_index for name in exchange.call_ids] == [1, 3]
    assert [calls[name].legs[0].number for name in exchange.call_ids] == [
        "918867136000",
        "918867137000",
    ]
