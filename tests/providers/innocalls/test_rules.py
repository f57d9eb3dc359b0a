"""Which requests Innocalls refuses and which it accepts."""

import pytest

from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START
from tests.support.vendors import response_body
from tests.support.vendors.innocalls import change_account, request

OK = "passes"


def fault_or_ok(state: SandboxState, operation: str, **fields: object) -> str:
    return request(state, operation, **fields).fault or OK


@pytest.mark.parametrize("field", ["phone", "first_callee_number", "second_callee_number"])
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1234567", OK),
        ("123456789012345", OK),
        (" 201120000000 ", OK),
        (201120000000, OK),
        ("123456", "bad-request"),
        ("1234567890123456", "bad-request"),
        ("+201120000000", "bad-request"),
        ("20112XXXXX", "bad-request"),
        ("٢٠١١٢٠٠٠٠٠٠٠", "bad-request"),
        ("", "bad-request"),
        (None, "bad-request"),
        (["201120000000"], "bad-request"),
    ],
)
def test_numbers_have_7_to_15_digits(
    state: SandboxState, field: str, number: object, expected: str
) -> None:
    operation = "dispatch" if field == "phone" else "bridge"
    assert fault_or_ok(state, operation, **{field: number}) == expected


@pytest.mark.parametrize(
    ("operation", "fields", "expected"),
    [
        ("order-confirmation", {"tries": "-1"}, "bad-request"),
        ("order-confirmation", {"tries": "two"}, "bad-request"),
        ("order-confirmation", {"order_cost": "19.90"}, OK),
        ("order-confirmation", {"order_cost": "a lot"}, "bad-request"),
        ("order-confirmation", {"type": "colour"}, "bad-request"),
        ("order-confirmation", {"type": "order_cost"}, "bad-request"),
        ("order-confirmation", {"type": "order_cost", "order_cost": "1"}, OK),
        ("order-confirmation", {"unknown": "x"}, OK),
        ("bridge", {"duration": "0"}, "bad-request"),
        ("bridge", {"duration": "1.5"}, "bad-request"),
        ("bridge", {"duration": None}, "bad-request"),
        ("bridge", {"call_time": ""}, OK),
        ("bridge", {"call_time": "2026-01-01 11:00:01"}, OK),
        ("bridge", {"call_time": "2026-01-01 11:00:00"}, "bad-request"),
        ("bridge", {"call_time": "2025-12-31 23:00:00"}, "bad-request"),
        ("bridge", {"call_time": "2026-02-30 11:00:00"}, "bad-request"),
        ("bridge", {"call_time": "2026-01-02T11:00:00"}, "bad-request"),
        ("dispatch", {"webhook": "https://app.test/x?y=z"}, OK),
        ("dispatch", {"webhook": "app.test"}, "bad-request"),
        ("dispatch", {"webhook": "http://[::1"}, "bad-request"),
        ("dispatch", {"webhook": " http://[zz]/ "}, "bad-request"),
        ("dispatch", {"webhook": "http://\u2100.x/"}, "bad-request"),
        ("dispatch", {"webhook": None}, "bad-request"),
        ("dispatch", {"number_1": 0}, OK),
        ("call-status", {"call_id": "unknown"}, "not-found"),
    ],
)
def test_fields_are_accepted_or_refused_by_their_operation(
    state: SandboxState, operation: str, fields: dict[str, object], expected: str
) -> None:
    assert fault_or_ok(state, operation, **fields) == expected


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ({}, OK),
        ({"flow": {}}, OK),
        ({"other": {}}, "not-found"),
        ({"flow": {"state": "removed"}}, "gone"),
        ({"flow": {"state": "administrators-only"}}, "forbidden"),
        ({"flow": {"requires": ["order_cost"]}}, "bad-request"),
        ({"flow": {"requires": ["items_count"]}}, OK),
    ],
)
def test_the_flows_of_the_account_decide_whether_a_flow_id_is_accepted(
    state: SandboxState, flows: dict[str, object], expected: str
) -> None:
    change_account(state, flows=flows)
    assert fault_or_ok(state, "order-confirmation", items_count=2) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", OK),
        ("*/*", OK),
        ("application/json", OK),
        ("text/html, application/json;q=0.5", OK),
        ("application/*", OK),
        ("text/html", "not-acceptable"),
        ("application/json;q=0", "not-acceptable"),
        ("text/html;q=1, application/json; q=0", "not-acceptable"),
    ],
)
def test_a_request_is_refused_if_its_accept_header_excludes_json(
    state: SandboxState, accept: str, expected: str
) -> None:
    headers = {"authorization": "Bearer key", "accept": accept}
    assert (request(state, "dispatch", headers=headers).fault or OK) == expected


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        ("Bearer key", OK),
        ("bearer key", OK),
        ("Bearer invalid", "unauthorized"),
        ("Basic key", "unauthorized"),
        ("Bearer ", "unauthorized"),
        ("", "unauthorized"),
    ],
)
def test_the_token_is_checked_before_the_fields(
    state: SandboxState, authorization: str, expected: str
) -> None:
    headers = {"authorization": authorization}
    assert (request(state, "dispatch", headers=headers).fault or OK) == expected
    refused = request(state, "dispatch", headers={"authorization": "Bearer revoked"}, phone="x")
    assert response_body(refused) == {
        "status": 401,
        "success": False,
        "data": {"message": "Unauthorized -- Your API key is wrong"},
    }


def test_call_status_finds_only_bridges_of_the_given_flow(state: SandboxState) -> None:
    request(state, "bridge")
    request(state, "dispatch")
    bridge, dispatch = (call.spec.vendor_id for call in read.calls(state).values())
    assert fault_or_ok(state, "call-status", call_id=bridge) == OK
    assert fault_or_ok(state, "call-status", call_id=bridge, call_flow_id="x") == "not-found"
    assert fault_or_ok(state, "call-status", call_id=dispatch) == "not-found"
    assert read.calls(state)["c1"].spec.created_at == START
