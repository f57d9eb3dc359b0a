"""No date, however far, is more than any vendor's operation can take: none ends in an error."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.conformance import PROVIDERS
from tests.support.placing_requests import PLACING_REQUESTS
from tests.support.simulation import START
from tests.test_planned_calls import FIELD_NAMES

ENDPOINTS = [
    (bound, endpoint) for bound in PROVIDERS.values() for endpoint in bound.provider.endpoints
]
IDS = [f"{bound.provider.name}-{endpoint.operation}" for bound, endpoint in ENDPOINTS]
FAR_DATES = (
    *("0001-01-01", "0001-01-01 00:00:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000Z", "01-01-0001 00:00:00"),
    *("9999-12-31", "9999-12-31 23:59:59", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z"),
    *("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999Z", "31-12-9999 23:59:59"),
    *("-62135596800", "253402300799", "253402300799999", "1" + "0" * 18),
)


def replacements(fields: Mapping[str, Any], names: list[str], date: str) -> list[dict[str, Any]]:
    """The fields with the date in each of these names, and in each field of an item of a list."""
    changed = [{**fields, name: date} for name in names]
    for name, value in fields.items():
        if isinstance(value, list):
            items = [item for item in value if isinstance(item, dict)]
            changed += [{**fields, name: [{**item, key: date}]} for item in items for key in item]
        elif isinstance(value, dict):
            changed += [{**fields, name: {**value, key: date}} for key in value]
    return changed


@pytest.mark.parametrize(("bound", "endpoint"), ENDPOINTS, ids=IDS)
def test_a_far_date_in_any_field_is_answered_and_played_without_an_error(
    configuration: Configuration, bound: BoundProvider, endpoint: Endpoint
) -> None:
    placing = next(each for each in PLACING_REQUESTS if each.provider == bound.provider.name)
    samples = [*bound.examples(endpoint.operation), *own_samples(bound, endpoint)]
    names = FIELD_NAMES[bound.provider.name]
    for date in FAR_DATES:
        state = SandboxState(configuration, START)
        for fields in [
            changed for sample in samples for changed in replacements(sample, names, date)
        ]:
            request = Request(
                method=endpoint.method, path=endpoint.path, headers=placing.headers, fields=fields
            )
            incoming = build_incoming_request(bound=bound, endpoint=endpoint, request=request)
            assert handle(state, incoming, START).response.status < 500
        for _ in range(1_000):
            run_due_item(state)
        assert "error" not in {entry.type for entry in read.journal(state)}


def own_samples(bound: BoundProvider, endpoint: Endpoint) -> list[Mapping[str, Any]]:
    """The fields of our own requests that place a call by this operation."""
    return [
        each.fields
        for each in PLACING_REQUESTS
        if (each.provider, each.operation) == (bound.provider.name, endpoint.operation)
    ]
