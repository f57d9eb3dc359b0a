"""How Effebot refuses requests, with the quirk `wrapped` and without."""

from typing import Any

import pytest

from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.vendors import response_body
from tests.support.vendors.effebot import patch_account, request

PHONES = ["99999999991", "99999999992"]
INVALID_RECORD: dict[str, Any] = {"record": {"id": 77}}
NOT_FOUND = "Audio record not found"


def refused(phone: str | None, message: str) -> dict[str, str | None]:
    return {"status": "error", "phone": phone, "message": message}


def answer(exchange: Exchange) -> tuple[int, Any]:
    return exchange.response.status, response_body(exchange)


@pytest.fixture
def wrapped(state: SandboxState) -> SandboxState:
    patch_account(state, {"quirks": ["wrapped"]})
    return state


def test_a_refusal_has_its_message_in_data(state: SandboxState) -> None:
    assert answer(request(state, "create", **INVALID_RECORD)) == (
        422,
        {"status": "error", "data": {"message": NOT_FOUND}},
    )


@pytest.mark.parametrize(
    ("fields", "items"),
    [
        (INVALID_RECORD, [refused("99999999999", NOT_FOUND)]),
        (dict(INVALID_RECORD, phones=PHONES), [refused(each, NOT_FOUND) for each in PHONES]),
        ({"phone": "9"}, [refused("9", "The phone field is invalid.")]),
        (
            {"phone": None},
            [refused(None, "The phone field is required when phones is not present.")],
        ),
    ],
)
def test_a_call_that_is_not_placed_is_an_item_with_its_message_in_the_envelope(
    wrapped: SandboxState, fields: dict[str, Any], items: list[Any]
) -> None:
    exchange = request(wrapped, "create", **fields)
    assert answer(exchange) == (200, {"status": "error", "data": items})
    assert exchange.fault is not None
    assert read.calls(wrapped) == {}


def test_a_template_that_is_not_moderated_is_an_item_of_its_number_in_the_envelope(
    wrapped: SandboxState,
) -> None:
    message = "The template has not been moderated yet"
    assert answer(request(wrapped, "create-with-template", templateId=2)) == (
        200,
        {"status": "error", "data": [refused("99999999999", message)]},
    )


@pytest.mark.parametrize(
    ("operation", "fields", "status", "message"),
    [
        ("create", {"apiKey": None}, 401, "Invalid API key"),
        ("get", {"apiCallIdList": [9]}, 404, "Call not found"),
        ("remove", {"id": 9}, 404, "Call not found"),
    ],
)
def test_other_refusals_have_their_message_in_data_in_the_envelope_too(
    wrapped: SandboxState, operation: str, fields: dict[str, Any], status: int, message: str
) -> None:
    assert answer(request(wrapped, operation, **fields)) == (
        status,
        {"status": "error", "data": {"message": message}},
    )


def test_a_request_beyond_the_rate_limit_is_refused_as_a_whole_in_the_envelope(
    wrapped: SandboxState,
) -> None:
    patch_account(wrapped, {"limits": {"requests": 1, "per": "1s"}})
    request(wrapped, "create")
    status, body = answer(request(wrapped, "create"))
    assert (status, body["data"]) == (429, {"message": "Too Many Attempts."})
