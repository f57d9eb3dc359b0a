"""All twenty-two rows of Phonon's documented table, each by code and message."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.simulation import START, only_providers, state_with_scenarios
from tests.support.vendors.phonon import (
    SECURITY_ID,
    build_item,
    patch_account,
    request,
    response_code,
)

FLOW = "Ab12Cd34"
VALID_ITEM = build_item("918867136000")


def account_with_flow(**fields: Any) -> dict[str, Any]:
    return {"flows": {FLOW: fields}}


TABLE_ROWS: list[tuple[int, str, dict[str, Any], dict[str, Any]]] = [
    (400, "Invalid Format", {"calls": "text"}, {}),
    (
        400,
        "Invalid Format",
        {"calls": [build_item("918867136000", start_time="2025-12-31T00:00:00Z")]},
        {},
    ),
    (400, "Invalid Format", {"calls": [build_item("918867136000", start_time="soon")]}, {}),
    *(
        (400, "Invalid Format", {"calls": [build_item("918867136000", start_time=late)]}, {})
        for late in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59", "9999-12-31T23:59:59-12:00")
    ),
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
    (204, "Invalid SMS Gateway", {}, account_with_flow(gateway="invalid")),
    (205, "Invalid Contact Number", {"calls": [build_item("12")]}, {}),
    (206, "Failure from Gateway", {}, account_with_flow(gateway="failing")),
    (207, "DID Not Mapped", {}, account_with_flow(did="")),
    (208, "No Mask Available", {}, account_with_flow(mask="false")),
    (209, "Partial Success", {"calls": [VALID_ITEM, build_item("12")]}, {}),
    (210, "Invalid Mandatory Parameters", {"flow_id": None}, {}),
    (210, "Invalid Mandatory Parameters", {"calls": [{"client-identifier": "x"}]}, {}),
    (210, "Invalid Mandatory Parameters", {"calls": [build_item()]}, {}),
    (
        210,
        "Invalid Mandatory Parameters",
        {"calls": [build_item("918867136000", keys=[{"name": "name", "value": "x"}])]},
        {},
    ),
    (210, "Invalid Mandatory Parameters", {}, account_with_flow(variables=["name"])),
    (303, "Max Data List Size Exceeded", {"calls": [VALID_ITEM] * 501}, {}),
    (211, "Validity Expired", {}, {"expired": "true"}),
    (212, "Insufficient Balance", {}, {"balance": "0"}),
    (304, "Invalid Flow Version", {"api_version": "TEST"}, {}),
    (213, "No Data Available", {}, account_with_flow(data="false")),
]


@pytest.mark.parametrize(("code", "message", "sent", "account"), TABLE_ROWS)
def test_a_request_is_answered_by_the_documented_code_and_message(
    state: SandboxState, code: int, message: str, sent: dict[str, Any], account: dict[str, Any]
) -> None:
    patch_account(state, account)
    exchange = request(state, **sent)
    assert isinstance(exchange.response.body, dict)
    assert exchange.response.status == 200
    assert [exchange.response.body[key] for key in list(exchange.response.body)[:2]] == [
        code,
        message,
    ]
    assert (len(exchange.response.body) == 2) == (code not in (200, 209))


def test_a_scenario_brings_about_the_failure_row(configuration: Configuration) -> None:
    scenario = Scenario(name="mine", responses=(ApiBehavior(fault="failure"),))
    state = state_with_scenarios(only_providers(configuration, "phonon"), scenario)
    bound = state.configuration.providers["phonon"]
    incoming = build_incoming_request(
        bound=bound,
        endpoint=bound.provider.endpoints[0],
        request=Request(method="POST", path="/"),
    )
    exchange = handle(state, incoming, START)
    assert exchange.response.body == {"api-response-code": 500, "api-response-message": "Failure"}


def test_the_tested_rows_are_all_twenty_two_of_the_table() -> None:
    assert len({number for number, *_ in TABLE_ROWS} | {201, 500}) == 22


def test_a_repeated_body_is_refused_within_the_checksum_window_if_byte_identical(
    state: SandboxState,
) -> None:
    patch_account(state, {"checksum_window": "24h"})
    hour = 3_600_000
    assert response_code(request(state)) == 200
    assert response_code(request(state, now=START + hour)) == 201
    assert response_code(request(state, space=" ", now=START + hour)) == 200
    assert response_code(request(state, now=START + 25 * hour)) == 200


def test_the_checksum_of_a_refused_request_is_not_kept(state: SandboxState) -> None:
    patch_account(state, {"checksum_window": "24h", "balance": "0"})
    assert response_code(request(state)) == 212
    patch_account(state, {"balance": "1"})
    assert response_code(request(state)) == 200


def test_a_repeated_body_is_accepted_without_a_checksum_window(state: SandboxState) -> None:
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
def test_the_status_as_code_quirk_answers_with_the_code_if_it_is_an_http_error(
    state: SandboxState, sent: dict[str, Any], status: int
) -> None:
    patch_account(state, {"quirks": ["status-as-code"]})
    assert request(state, **sent).response.status == status


def test_partial_success_has_details_of_the_accepted_calls_only(state: SandboxState) -> None:
    exchange = request(
        state,
        calls=[
            build_item("12", client_identifier="bad"),
            build_item("918867136000", client_identifier="good"),
        ],
    )
    assert isinstance(exchange.response.body, dict)
    details = exchange.response.body["call-details"]
    assert isinstance(details, list)
    assert [detail["client-identifier"] for detail in details] == ["good"]
    assert len(read.calls(state)) == 1


def test_the_bulk_host_answers_202_accepted(state: SandboxState) -> None:
    exchange = request(state, bulk=True)
    assert isinstance(exchange.response.body, dict)
    body = dict(exchange.response.body)
    assert len(str(body.pop("request-id"))) == 36
    assert (exchange.response.status, body) == (
        202,
        {"api-response-code": 202, "api-response-message": "Accepted", "call-details": None},
    )


@pytest.mark.parametrize(
    ("at", "seconds"), [(30_000, "30"), (30_500, "30"), (31_000, "29"), (59_001, "1")]
)
def test_a_host_over_its_limit_says_when_it_accepts_a_request_again(
    state: SandboxState, at: int, seconds: str
) -> None:
    patch_account(state, {"per_minute": {"central.phonon.io": 2}})
    assert [response_code(request(state, now=START + ms)) for ms in (0, 30_000)] == [200, 200]
    refused = request(state, now=START + at)
    assert (response_code(refused), refused.response.headers) == (429, {"retry-after": seconds})
    assert response_code(request(state, now=START + at + int(seconds) * 1_000)) == 200


@pytest.mark.parametrize("per_minute", [{}, {"central.phonon.io": 2}, {"central.phonon.io": 0}])
def test_a_429_of_a_scenario_or_of_a_host_that_takes_nothing_has_no_retry_after(
    configuration: Configuration, per_minute: dict[str, int]
) -> None:
    order = ApiBehavior(fault="too-many-requests")
    ordering = Scenario(name="limited", responses=(order,))
    state = state_with_scenarios(
        only_providers(configuration, "phonon"), Scenario(name="usual"), ordering
    )
    patch_account(state, {"per_minute": per_minute})
    exchanges = [request(state, "limited"), request(state, "limited", security_id="revoked")]
    assert [exchange.response.status for exchange in exchanges] == [429, 429]
    assert [dict(exchange.response.headers) for exchange in exchanges] == [{}, {}]


def test_each_host_has_a_rate_limit_of_its_own(state: SandboxState) -> None:
    patch_account(state, {"per_minute": {"central.phonon.io": 2, "central-api.phonon.io": 1}})
    assert [response_code(request(state)) for _ in range(3)] == [200, 200, 429]
    assert [response_code(request(state, bulk=True)) for _ in range(2)] == [202, 429]
    assert response_code(request(state, now=START + 60_000)) == 200
