"""A request for every documented way to place a call, and for batches."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint, no_calls
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.sandbox_state import SandboxState
from tests.support.builders import build_incoming_request
from tests.support.conformance import PROVIDERS
from tests.support.leg_operations import BEARER, LEG_OPERATIONS
from tests.support.vendors import ccai, effebot, phonon

HEADERS = {"ccai": ccai.HEADERS}
COOKIE = {"cookie": "innocalls_session=101:key"}
NUMBERS = ("18880000001", "18880000002", "18800020300")


class PlacingRequest(NamedTuple):
    provider: str
    operation: str
    fields: Mapping[str, Any]

    @property
    def headers(self) -> Mapping[str, str]:
        return {**HEADERS.get(self.provider, BEARER), **COOKIE}


def placing_endpoints() -> Iterator[tuple[BoundProvider, Endpoint]]:
    """Yield every endpoint that plans calls."""
    for bound in PROVIDERS.values():
        for endpoint in bound.provider.endpoints:
            if endpoint.planned_calls is not no_calls:
                yield bound, endpoint


BATCHES = (
    PlacingRequest("effebot", "create", dict(effebot.CREATE_EXAMPLE, phones=[*NUMBERS])),
    PlacingRequest(
        "phonon",
        "create",
        {
            **phonon.CREATE_EXAMPLE,
            "calls": [
                {},
                *({"client-identifier": "x", "contact-numbers": [number]} for number in NUMBERS),
            ],
        },
    ),
)

PLACING_REQUESTS = (
    *(
        PlacingRequest(bound.provider.name, endpoint.operation, example)
        for bound, endpoint in placing_endpoints()
        for example in bound.examples(endpoint.operation)
    ),
    *(
        PlacingRequest(each.provider, each.operation, each.fields)
        for each in LEG_OPERATIONS.values()
    ),
    *BATCHES,
)


def path_of(placing: PlacingRequest) -> str:
    """Return the path of the request on a server, with some values for those in the path."""
    endpoints = PROVIDERS[placing.provider].provider.endpoints
    endpoint = next(each for each in endpoints if each.operation == placing.operation)
    path = endpoint.path.replace("{id}", "1").replace("{account}", "1")
    return f"/{placing.provider}/{endpoint.host.replace('*', 'acme')}{path}"


def build_placing_request(
    state: SandboxState, placing: PlacingRequest, *scenarios: str
) -> IncomingRequest:
    bound = state.configuration.providers[placing.provider]
    endpoint = next(
        endpoint for endpoint in bound.provider.endpoints if endpoint.operation == placing.operation
    )
    request = Request(
        method=endpoint.method, path=endpoint.path, headers=placing.headers, fields=placing.fields
    )
    return build_incoming_request(
        bound=bound, endpoint=endpoint, request=request, scenario_names=scenarios
    )
