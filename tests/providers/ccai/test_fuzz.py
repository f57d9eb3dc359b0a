"""Ten thousand requests, valid and spoilt: never a 5xx, and no refusal that is not listed."""

import random
from typing import Any, Final

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support.simulation import START, only_providers, run_until
from tests.support.vendors.ccai import EXAMPLES, HEADERS, patch_account

MANY: Final = 10_000
SEEDED: Final = {
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
EXTRA: Final = ("ticket_id", "lang", "outbound_number", "recording_permission", "call_id", "id")


def spoilt(chance: random.Random, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with up to three of them changed, added or taken away."""
    told = dict(fields)
    for _ in range(chance.randint(0, 3)):
        name = chance.choice((*told, *EXTRA))
        if chance.random() < 0.3:
            told.pop(name, None)
        else:
            told[name] = chance.choice(VALUES)
    return told


def meant(endpoints: tuple[Endpoint, ...], sent: Request) -> Endpoint:
    creates = [one for one in endpoints if one.operation.startswith("create")]
    return next(one for one in creates if one.when(sent))


def test_ten_thousand_requests(configuration: Configuration) -> None:
    chance, lone = random.Random(6), only_providers(configuration, "ccai")  # noqa: S311 - repeatable on purpose
    listing = lone.providers["ccai"]
    others = [one for one in listing.provider.endpoints if not one.operation.startswith("create")]
    statuses: set[int] = set()
    state = SandboxState(lone, START)
    for nth in range(MANY):
        if nth % 250 == 0:
            state = SandboxState(lone, START)
            patch_account(state, SEEDED)
        now = START + nth % 250 * 1_000
        if chance.random() < 0.2:
            endpoint = chance.choice(others)
            fields = spoilt(chance, {"id": str(chance.randint(0, 9)), "identifier": "x"})
            sent = Request(
                method=endpoint.method, path=endpoint.path, headers=HEADERS, fields=fields
            )
        else:
            fields = spoilt(chance, dict(chance.choice(list(EXAMPLES.values()))))
            sent = Request(method="POST", path="/apps/api/v1/calls", headers=HEADERS, fields=fields)
            endpoint = meant(listing.provider.endpoints, sent)
        got = handle(state, IncomingRequest(bound=listing, endpoint=endpoint, request=sent), now)
        listed = {rule.fault.name for stage in endpoint.rules for rule in stage}
        assert got.response.status < 500
        assert got.fault is None or got.fault in listed
        if got.fault and got.response.status != 202:
            assert isinstance(got.response.body, dict)
            assert list(got.response.body) == ["message"]
        statuses.add(got.response.status)
        run_until(state, now)
    assert statuses == {200, 201, 202, 204, 400, 404} - ({202} - statuses)
    assert {200, 201, 204, 400, 404} <= statuses
