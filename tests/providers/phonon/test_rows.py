"""All twenty-two rows of the page's table, each by code and message."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import apply_scenario, handle
from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import START, only, telling
from tests.providers.phonon.conftest import SECURITY, ask, code, item, patch

FLOW = "Ab12Cd34"
GOOD = item("918867136000")


def flow(**more: Any) -> dict[str, Any]:
    return {"flows": {FLOW: more}}


ROWS: list[tuple[int, str, dict[str, Any], dict[str, Any]]] = [
    (400, "Invalid Format", {"calls": "text"}, {}),
    (
        400,
        "Invalid Format",
        {"calls": [item("918867136000", start_time="2025-12-31T00:00:00Z")]},
        {},
    ),
    (400, "Invalid Format", {"calls": [item("918867136000", start_time="soon")]}, {}),
    (302, "Empty Call List", {"calls": []}, {}),
    (301, "Invalid Flow ID", {"flow_id": "Zz99Zz99"}, {}),
    (401, "IP Not Whitelisted", {}, {"ip_allow_list": ["10.0.0.0/8"]}),
    (
        402,
        "Phone Not Whitelisted",
        {"api_version": "TEST", "flow_id": "Te57Te57"},
        {"test_numbers": []},
    ),
    (202, "Invalid Security ID", {"security_id": "f" * 64}, {"security_id": SECURITY}),
    (202, "Invalid Security ID", {"security_id": "invalid"}, {}),
    (200, "Success", {}, {}),
    (203, "API Version not Supported", {"api_version": "2.0"}, {}),
    (204, "Invalid SMS Gateway", {}, flow(gateway="invalid")),
    (205, "Invalid Contact Number", {"calls": [item("12")]}, {}),
    (206, "Failure from Gateway", {}, flow(gateway="failing")),
    (207, "DID Not Mapped", {}, flow(did="")),
    (208, "No Mask Available", {}, flow(mask="false")),
    (209, "Partial Success", {"calls": [GOOD, item("12")]}, {}),
    (210, "Invalid Mandatory Parameters", {"flow_id": None}, {}),
    (210, "Invalid Mandatory Parameters", {"calls": [{"client-identifier": "x"}]}, {}),
    (210, "Invalid Mandatory Parameters", {"calls": [item()]}, {}),
    (
        210,
        "Invalid Mandatory Parameters",
        {"calls": [item("918867136000", keys=[{"name": "name", "value": "x"}])]},
        {},
    ),
    (210, "Invalid Mandatory Parameters", {}, flow(variables=["name"])),
    (303, "Max Data List Size Exceeded", {"calls": [GOOD] * 501}, {}),
    (211, "Validity Expired", {}, {"expired": "true"}),
    (212, "Insufficient Balance", {}, {"balance": "0"}),
    (304, "Invalid Flow Version", {"api_version": "TEST"}, {}),
    (213, "No Data Available", {}, flow(data="false")),
]


@pytest.mark.parametrize(("number", "message", "sent", "account"), ROWS)
def test_row(
    store: SandboxState, number: int, message: str, sent: dict[str, Any], account: dict[str, Any]
) -> None:
    patch(store, account)
    told = ask(store, **sent)
    assert isinstance(told.response.body, dict)
    assert told.response.status == 200
    assert [told.response.body[key] for key in list(told.response.body)[:2]] == [number, message]
    assert (len(told.response.body) == 2) == (number not in (200, 209))


def test_row_of_failure_is_ordered_by_a_scenario(world: Configuration) -> None:
    story = Scenario("told", responses=(ApiBehavior(fault="failure"),))
    store = telling(only(world, "phonon"), story)
    listing = store.configuration.providers["phonon"]
    asked = IncomingRequest(listing, listing.provider.endpoints[0], Request("POST", "/"))
    told = handle(store, apply_scenario(store, asked), START)
    assert told.response.body == {"api-response-code": 500, "api-response-message": "Failure"}


def test_rows_are_twenty_two_with_repeated_and_failure() -> None:
    assert len({number for number, *_ in ROWS} | {201, 500}) == 22


def test_checksum_of_the_very_bytes_within_the_window(store: SandboxState) -> None:
    patch(store, {"checksum_window": "24h"})
    hour = 3_600_000
    assert code(ask(store)) == 200
    assert code(ask(store, now=START + hour)) == 201
    assert code(ask(store, space=" ", now=START + hour)) == 200
    assert code(ask(store, now=START + 25 * hour)) == 200


def test_refused_request_is_not_remembered(store: SandboxState) -> None:
    patch(store, {"checksum_window": "24h", "balance": "0"})
    assert code(ask(store)) == 212
    patch(store, {"balance": "1"})
    assert code(ask(store)) == 200


def test_repeated_request_passes_where_no_window_is_set(store: SandboxState) -> None:
    assert [code(ask(store)) for _ in range(3)] == [200, 200, 200]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"calls": "x"}, 400),
        ({"security_id": "invalid"}, 200),
        ({"flow_id": "Zz99Zz99"}, 200),
        ({}, 200),
    ],
)
def test_status_as_code_where_http_has_such_a_one(
    store: SandboxState, sent: dict[str, Any], status: int
) -> None:
    patch(store, {"quirks": ["status-as-code"]})
    assert ask(store, **sent).response.status == status


def test_partial_success_has_details_for_the_good_calls(store: SandboxState) -> None:
    told = ask(
        store,
        calls=[item("12", client_identifier="bad"), item("918867136000", client_identifier="good")],
    )
    assert isinstance(told.response.body, dict)
    details = told.response.body["call-details"]
    assert isinstance(details, list)
    assert [one["client-identifier"] for one in details] == ["good"]
    assert len(store.calls) == 1


def test_bulk_host_accepts(store: SandboxState) -> None:
    told = ask(store, bulk=True)
    assert isinstance(told.response.body, dict)
    body = dict(told.response.body)
    assert len(str(body.pop("request-id"))) == 36
    assert (told.response.status, body) == (
        202,
        {"api-response-code": 202, "api-response-message": "Accepted", "call-details": None},
    )


def test_each_host_has_a_limit_of_its_own(store: SandboxState) -> None:
    patch(store, {"per_minute": {"central.phonon.io": 2, "central-api.phonon.io": 1}})
    assert [code(ask(store)) for _ in range(3)] == [200, 200, 429]
    assert [code(ask(store, bulk=True)) for _ in range(2)] == [202, 429]
    assert code(ask(store, now=START + 60_000)) == 200
