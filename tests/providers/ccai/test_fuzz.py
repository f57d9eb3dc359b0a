"""CCAI responds to valid and mutated requests without a 5xx and only with listed faults."""

import random
from typing import Any, Final

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support.builders import build_incoming_request
from tests.support.simulation import START, only_providers, run_until
from tests.support.vendors.ccai import EXAMPLES, HEADERS, patch_account

REQUESTS: Final = 10_000
ACCOUNT_DOCUMENT: Final = {
    "calls": {"8": {"status": "selecting"}, "9": {"status": "scheduled", "menu": "10"}},
    "menus": {"10": {"parent": "11"}, "11": {"parent": "10"}},
}
VALUES: Final[tuple[Any, ...]] = (
    None, "", " ", "x", "123123", "+1 859-657-9625", "+82-10-6861-2345", 0, -1, 9, 10, 50, 9999,
    "9", "menu_999", 1.5, True, False, [], {}, ["x"], {"a": "b"}, "en", "fr", "xy", "fr-CA",
    "fr-ca", "admin@somedomain.com", "allen@somedomain.com", "71450", 71450,
    "2026-01-04T09:00:00Z", "2019-01-01", "recording_permission_granted", "OutboundCall",
    "ScheduledCall",
    "Voice Inbound (API)", "Voice Outbound (API)", "\u0661\u0662", "x" * 5_000, 10**18,
)  # fmt: skip
EXTRA_FIELDS: Final = (
    "ticket_id",
    "lang",
    "outbound_number",
    "recording_permission",
    "call_id",
    "id",
)


def mutate_fields(chance: random.Random, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with up to three of them changed, added or removed."""
    mutated = dict(fields)
    for _ in range(chance.randint(0, 3)):
        name = chance.choice((*mutated, *EXTRA_FIELDS))
        if chance.random() < 0.3:
            mutated.pop(name, None)
        else:
            mutated[name] = chance.choice(VALUES)
    return mutated


def create_endpoint(endpoints: tuple[Endpoint, ...], request: Request) -> Endpoint:
    creates = [endpoint for endpoint in endpoints if endpoint.operation.startswith("create")]
    return next(endpoint for endpoint in creates if endpoint.when(request))


def test_ten_thousand_mutated_requests_get_no_5xx_and_only_listed_faults(
    configuration: Configuration,
) -> None:
    chance, ccai_only = random.Random(6), only_providers(configuration, "ccai")  # noqa: S311 - repeatable on purpose
    bound = ccai_only.providers["ccai"]
    other_endpoints = [
        endpoint
        for endpoint in bound.provider.endpoints
        if not endpoint.operation.startswith("create")
    ]
    statuses: set[int] = set()
    state = SandboxState(ccai_only, START)
    for number in range(REQUESTS):
        if number % 250 == 0:
            state = SandboxState(ccai_only, START)
            patch_account(state, ACCOUNT_DOCUMENT)
        now = START + number % 250 * 1_000
        if chance.random() < 0.2:
            endpoint = chance.choice(other_endpoints)
            fields = mutate_fields(chance, {"id": str(chance.randint(0, 9)), "identifier": "x"})
            request = Request(
                method=endpoint.method, path=endpoint.path, headers=HEADERS, fields=fields
            )
        else:
            fields = mutate_fields(chance, dict(chance.choice(list(EXAMPLES.values()))))
            request = Request(
                method="POST", path="/apps/api/v1/calls", headers=HEADERS, fields=fields
            )
            endpoint = create_endpoint(bound.provider.endpoints, request)
        exchange = handle(
            state, build_incoming_request(bound=bound, endpoint=endpoint, request=request), now
        )
        listed_faults = {rule.fault.name for stage in endpoint.rules for rule in stage}
        assert exchange.response.status < 500
        assert exchange.fault is None or exchange.fault in listed_faults
        if exchange.fault and exchange.response.status != 202:
            assert isinstance(exchange.response.body, dict)
            assert list(exchange.response.body) == ["message"]
        statuses.add(exchange.response.status)
        run_until(state, now)
    assert statuses == {200, 201, 202, 204, 400, 404} - ({202} - statuses)
    assert {200, 201, 204, 400, 404} <= statuses
