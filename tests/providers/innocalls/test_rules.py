"""What Innocalls refuses, and what it lets pass."""

import pytest

from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START
from tests.support.vendors.innocalls import change_account, request, response_body

OK = "passes"


def answer(state: SandboxState, operation: str, **fields: object) -> str:
    return request(state, operation, **fields).fault or OK


@pytest.mark.parametrize("phone", ["phone", "first_callee_number", "second_callee_number"])
@pytest.mark.parametrize(
    ("number", "told"),
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
    state: SandboxState, phone: str, number: object, told: str
) -> None:
    operation = "dispatch" if phone == "phone" else "bridge"
    assert answer(state, operation, **{phone: number}) == told


@pytest.mark.parametrize(
    ("operation", "fields", "told"),
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
        ("dispatch", {"webhook": None}, "bad-request"),
        ("dispatch", {"number_1": 0}, OK),
        ("call-status", {"call_id": "unknown"}, "not-found"),
    ],
)
def test_fields(state: SandboxState, operation: str, fields: dict[str, object], told: str) -> None:
    assert answer(state, operation, **fields) == told


@pytest.mark.parametrize(
    ("flows", "told"),
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
def test_flow_of_the_account_decides(
    state: SandboxState, flows: dict[str, object], told: str
) -> None:
    change_account(state, flows=flows)
    assert answer(state, "order-confirmation", items_count=2) == told


@pytest.mark.parametrize(
    ("accept", "told"),
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
def test_json_is_all_there_is(state: SandboxState, accept: str, told: str) -> None:
    headers = {"authorization": "Bearer key", "accept": accept}
    assert (request(state, "dispatch", headers=headers).fault or OK) == told


@pytest.mark.parametrize(
    ("authorization", "told"),
    [
        ("Bearer key", OK),
        ("bearer key", OK),
        ("Bearer invalid", "unauthorized"),
        ("Basic key", "unauthorized"),
        ("Bearer ", "unauthorized"),
        ("", "unauthorized"),
    ],
)
def test_token_comes_first(state: SandboxState, authorization: str, told: str) -> None:
    given = {"authorization": authorization}
    assert (request(state, "dispatch", headers=given).fault or OK) == told
    refused = request(state, "dispatch", headers={"authorization": "Bearer revoked"}, phone="x")
    assert response_body(refused) == {
        "status": 401,
        "success": False,
        "data": {"message": "Unauthorized -- Your API key is wrong"},
    }


def test_call_of_another_flow_or_kind_is_not_found(state: SandboxState) -> None:
    request(state, "bridge")
    request(state, "dispatch")
    bridge, dispatch = (call.spec.vendor_id for call in read.calls(state).values())
    assert answer(state, "call-status", call_id=bridge) == OK
    assert answer(state, "call-status", call_id=bridge, call_flow_id="x") == "not-found"
    assert answer(state, "call-status", call_id=dispatch) == "not-found"
    assert read.calls(state)["c1"].spec.created_at == START
