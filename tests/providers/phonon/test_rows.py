"""All twenty-two rows of the page's table, each by code and message."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import apply_scenario, handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, only_providers, state_with_scenarios
from tests.support.vendors.phonon import (
    SECURITY_ID,
    build_item,
    patch_account,
    request,
    response_code,
)

FLOW = "Ab12Cd34"
GOOD = build_item("918867136000")


def flow(**more: Any) -> dict[str, Any]:
    return {"flows": {FLOW: more}}


ROWS: list[tuple[int, str, dict[str, Any], dict[str, Any]]] = [
    (400, "Invalid Format", {"calls": "text"}, {}),
    (
        400,
        "Invalid Format",
        {"calls": [build_item("918867136000", start_time="2025-12-31T00:00:00Z")]},
        {},
    ),
    (400, "Invalid Format", {"calls": [build_item("918867136000", start_time="soon")]}, {}),
    (302, "Empty Call List", {"calls": []}, {}),
    (301, "Invalid Flow ID", {"flow_id": "Zz99Zz99"}, {}),
    (401, "IP Not Whitelisted", {}, {"ip_allow_list": ["10.0.0.0/8"]}),
    (
        402,
        "Phone Not Whitelisted",
        {"api_version": "TEST", "flow_id": "Te57Te57"},
        {"test_numbers": []},
    ),
    (202, "Invalid Security ID", {"security_id": "f" * 64}, {"security_id": SECURITY_ID}),
    (202, "Invalid Security ID", {"security_id": "invalid"}, {}),
    (200, "Success", {}, {}),
    (203, "API Version not Supported", {"api_version": "2.0"}, {}),
    (204, "Invalid SMS Gateway", {}, flow(gateway="invalid")),
    (205, "Invalid Contact Number", {"calls": [build_item("12")]}, {}),
    (206, "Failure from Gateway", {}, flow(gateway="failing")),
    (207, "DID Not Mapped", {}, flow(did="")),
    (208, "No Mask Available", {}, flow(mask="false")),
    (209, "Partial Success", {"calls": [GOOD, build_item("12")]}, {}),
    (210, "Invalid Mandatory Parameters", {"flow_id": None}, {}),
    (210, "Invalid Mandatory Parameters", {"calls": [{"client-identifier": "x"}]}, {}),
    (210, "Invalid Mandatory Parameters", {"calls": [build_item()]}, {}),
    (
        210,
        "Invalid Mandatory Parameters",
        {"calls": [build_item("918867136000", keys=[{"name": "name", "value": "x"}])]},
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
    state: SandboxState, number: int, message: str, sent: dict[str, Any], account: dict[str, Any]
) -> None:
    patch_account(state, account)
    told = request(state, **sent)
    assert isinstance(told.response.body, dict)
    assert told.response.status == 200
    assert [told.response.body[key] for key in list(told.response.body)[:2]] == [number, message]
    assert (len(told.response.body) == 2) == (number not in (200, 209))


def test_row_of_failure_is_ordered_by_a_scenario(configuration: Configuration) -> None:
    story = Scenario(name="told", responses=(ApiBehavior(fault="failure"),))
    state = state_with_scenarios(only_providers(configuration, "phonon"), story)
    listing = state.configuration.providers["phonon"]
    asked = IncomingRequest(
        bound=listing,
        endpoint=listing.provider.endpoints[0],
        request=Request(method="POST", path="/"),
    )
    told = handle(state, apply_scenario(state, asked), START)
    assert told.response.body == {"api-response-code": 500, "api-response-message": "Failure"}


def test_rows_are_twenty_two_with_repeated_and_failure() -> None:
    assert len({number for number, *_ in ROWS} | {201, 500}) == 22


def test_checksum_of_the_very_bytes_within_the_window(state: SandboxState) -> None:
    patch_account(state, {"checksum_window": "24h"})
    hour = 3_600_000
    assert response_code(request(state)) == 200
    assert response_code(request(state, now=START + hour)) == 201
    assert response_code(request(state, space=" ", now=START + hour)) == 200
    assert response_code(request(state, now=START + 25 * hour)) == 200


def test_refused_request_is_not_remembered(state: SandboxState) -> None:
    patch_account(state, {"checksum_window": "24h", "balance": "0"})
    assert response_code(request(state)) == 212
    patch_account(state, {"balance": "1"})
    assert response_code(request(state)) == 200


def test_repeated_request_passes_where_no_window_is_set(state: SandboxState) -> None:
    assert [response_code(request(state)) for _ in range(3)] == [200, 200, 200]


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
    state: SandboxState, sent: dict[str, Any], status: int
) -> None:
    patch_account(state, {"quirks": ["status-as-code"]})
    assert request(state, **sent).response.status == status


def test_partial_success_has_details_for_the_good_calls(state: SandboxState) -> None:
    told = request(
        state,
        calls=[
            build_item("12", client_identifier="bad"),
            build_item("918867136000", client_identifier="good"),
        ],
    )
    assert isinstance(told.response.body, dict)
    details = told.response.body["call-details"]
    assert isinstance(details, list)
    assert [one["client-identifier"] for one in details] == ["good"]
    assert len(read.calls(state)) == 1


def test_bulk_host_accepts(state: SandboxState) -> None:
    told = request(state, bulk=True)
    assert isinstance(told.response.body, dict)
    body = dict(told.response.body)
    assert len(str(body.pop("request-id"))) == 36
    assert (told.response.status, body) == (
        202,
        {"api-response-code": 202, "api-response-message": "Accepted", "call-details": None},
    )


def test_each_host_has_a_limit_of_its_own(state: SandboxState) -> None:
    patch_account(state, {"per_minute": {"central.phonon.io": 2, "central-api.phonon.io": 1}})
    assert [response_code(request(state)) for _ in range(3)] == [200, 200, 429]
    assert [response_code(request(state, bulk=True)) for _ in range(2)] == [202, 429]
    assert response_code(request(state, now=START + 60_000)) == 200
