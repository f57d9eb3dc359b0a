"""What Mobtexting refuses, with which message and in which order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Limits
from mockserver.core.http import Request, Response
from mockserver.core.rulebook import Rule
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting import PROVIDER, rules
from mockserver.providers.mobtexting.records import Flow
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.simulation import CLICK_TO_CALL, START, change_account, click_to_call

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
BAD_NUMBERS: tuple[object, ...] = (
    "123",
    "+918867135000",
    "9" * 16,
    "x",
    999_999_999,
    10**15,
    True,
    ["9"],
    {},
)
BAD_FLOWS = ("flow:", "flow:x", "flow:01234567890")

MALFORMED: dict[str, tuple[str, tuple[object, ...]]] = {
    "bridge": ("The bridge format is invalid.", (*BAD_NUMBERS, "flow:220")),
    "from": ("The from format is invalid.", (*BAD_NUMBERS, "flow:220")),
    "to": ("The to format is invalid.", (*BAD_NUMBERS, *BAD_FLOWS)),
    "mid": ("The mid must be a string.", (["7"], {}, True, 1.5)),
    "webhook_id": ("The webhook id must be a string.", (["7"], {}, False, 1.5)),
    "variables": ("The variables must be an array.", ("x", 7, True)),
    "record": ("The selected record is invalid.", ("2", 2, True, "yes", [])),
    "duration": (
        "The duration must be an integer of at least 1.",
        ("0", 0, -1, "-1", "1.5", 1.5, 1.0, "01", "1m", True, [1]),
    ),
    "attempts": (
        "The attempts must be between 0 and 2.",
        ("3", 3, -1, "-1", True, 0.5, 1.0, "00", []),
    ),
}
"""Field -> message of its fault and values that provoke it, in the order of the checks."""


def error(status: int, message: str) -> Response:
    return Response(status=status, body={"status": "ERROR", "code": status, "message": message})


def send(state: SandboxState, wrong_method: Rule | None = None, **changes: Any) -> Response:
    bound = state.configuration.providers["mobtexting"]
    request = Request(
        method="POST", path="/", **{"headers": HEADERS, "fields": CLICK_TO_CALL, **changes}
    )
    incoming = build_incoming_request(
        bound=bound,
        endpoint=PROVIDER.endpoints[0],
        request=request,
        scenario_names=(),
        wrong_method=wrong_method,
    )
    return handle(state, incoming, START).response


@pytest.mark.parametrize("name", ["bridge", "from", "to"])
@pytest.mark.parametrize("value", [None, ""])
def test_c2c_refuses_a_missing_or_empty_required_field(
    state: SandboxState, name: str, value: object
) -> None:
    message = f"The {name} field is required."
    sent = {**CLICK_TO_CALL, name: value}
    without = {key: field_value for key, field_value in CLICK_TO_CALL.items() if key != name}
    assert [send(state, fields=fields) for fields in (sent, without)] == [error(422, message)] * 2
    assert read.calls(state) == {}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [(name, value, message) for name, (message, bad) in MALFORMED.items() for value in bad],
)
def test_c2c_refuses_a_malformed_field(
    state: SandboxState, name: str, value: object, message: str
) -> None:
    assert send(state, fields={**CLICK_TO_CALL, name: value}) == error(422, message)
    assert read.calls(state) == {}


@pytest.mark.parametrize("name", ["bridge", "from", "to", "duration"])
def test_c2c_refuses_a_trailing_line_break(state: SandboxState, name: str) -> None:
    fields = {**CLICK_TO_CALL, "duration": "1"}
    assert send(state, fields={**fields, name: f"{fields[name]}\n"}).status == 422


@pytest.mark.parametrize(
    "fields",
    [
        {"bridge": 918068281234, "from": 918867135000, "to": 918867136000},
        {"to": "1" * 10},
        {"to": "9" * 15},
        {"to": "flow:220"},
        {"mid": "7"},
        {"mid": 7},
        {"webhook_id": "any-id"},
        {"webhook_id": 5},
        {"variables": {"Name": "YourName"}},
        {"variables": ["YourName"]},
        {"variables": {}},
        {"record": "1"},
        {"record": 0},
        {"duration": "1000000"},
        {"duration": 10**300},
        {"duration": "9" * 5_000},
        {"duration": 1},
        {"attempts": "0"},
        {"attempts": 2},
        dict.fromkeys(list(MALFORMED)[3:], ""),
        {"unknown": "field"},
    ],
)
def test_c2c_accepts_valid_fields(state: SandboxState, fields: Mapping[str, object]) -> None:
    assert send(state, fields={**CLICK_TO_CALL, **fields}).status == 200


@pytest.mark.parametrize("first", range(len(MALFORMED)))
def test_c2c_reports_the_first_malformed_field(state: SandboxState, first: int) -> None:
    """All fields from this one on are wrong, and the fault is about this one."""
    wrong = {name: bad[0] for name, (_, bad) in list(MALFORMED.items())[first:]}
    message = list(MALFORMED.values())[first][0]
    assert send(state, fields={**CLICK_TO_CALL, **wrong}) == error(422, message)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "The bridge field is required."),
        ({"bridge": "x"}, "The bridge format is invalid."),
        ({"bridge": "918068281234", "to": "x"}, "The from field is required."),
        ({"bridge": "918068281234", "from": "x"}, "The from format is invalid."),
        ({**CLICK_TO_CALL, "to": None, "mid": []}, "The to field is required."),
    ],
)
def test_c2c_checks_the_fields_in_order(
    state: SandboxState, fields: Mapping[str, object], message: str
) -> None:
    assert send(state, fields=fields) == error(422, message)


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 200),
        ("application/json; charset=utf-8", b"{}", 200),
        ("application/x-www-form-urlencoded", b"a=b", 200),
        ("multipart/form-data; boundary=x", b"--x--", 200),
        ("text/plain", b"{}", 400),
        ("", b"{}", 400),
        ("text/plain", b"", 200),
        ("", b"", 200),
    ],
)
def test_a_body_is_json_or_a_form_and_says_so(
    state: SandboxState, content_type: str, body: bytes, status: int
) -> None:
    """That others are refused is assumed; all of a request may be in its query instead."""
    headers = {**HEADERS, **({"content-type": content_type} if content_type else {})}
    response = send(state, headers=headers, body=body)
    assert response.status == status
    if status == 400:
        assert response == error(400, "Bad Request")
        received = f", not '{content_type}'" if content_type else ""
        [exchange] = read.exchanges(state)
        assert exchange.explanation == (
            "malformed-body (assumed): Bad Request; would pass: Content-Type application/json or "
            f"application/x-www-form-urlencoded or multipart/form-data{received}"
        )


ALL_WRONG: dict[str, Any] = {
    "headers": {"accept": "application/json"},
    "fields": {},
    "body_error": "x",
}


@pytest.mark.parametrize(
    ("corrected", "expected"),
    [
        ({}, error(401, "Unauthenticated")),
        ({"headers": HEADERS}, error(400, "Bad Request")),
        ({"headers": HEADERS, "body_error": ""}, error(422, "The bridge field is required.")),
        (
            {"headers": HEADERS, "body_error": "", "fields": {**CLICK_TO_CALL, "webhook_id": "w9"}},
            error(422, "The selected bridge is invalid."),
        ),
        (
            {
                "headers": HEADERS,
                "body_error": "",
                "fields": {**CLICK_TO_CALL, "bridge": "918068280000", "webhook_id": "w9"},
            },
            error(422, "The selected webhook id is invalid."),
        ),
        (
            {
                "headers": HEADERS,
                "body_error": "",
                "fields": {**CLICK_TO_CALL, "bridge": "918068280000", "webhook_id": "w1"},
            },
            error(402, "Insufficient balance"),
        ),
    ],
)
def test_c2c_checks_the_stages_in_order(
    state: SandboxState, corrected: dict[str, Any], expected: Response
) -> None:
    """Everything is wrong at first; then one thing after another is corrected."""
    numbers, webhooks = frozenset({"918068280000"}), {"w1": "http://w1/"}
    change_account(state, numbers=numbers, webhooks=webhooks, balance=Decimal(0))
    assert send(state, **{**ALL_WRONG, **corrected}) == expected
    assert read.calls(state) == {}


@pytest.mark.parametrize("fields", [CLICK_TO_CALL, {}, {**CLICK_TO_CALL, "bridge": "918068280000"}])
def test_c2c_checks_the_rate_limit_after_authentication_and_before_the_fields(
    state: SandboxState, fields: Mapping[str, object]
) -> None:
    change_account(state, limits=Limits(requests=1, per=1_000))
    send(state)
    no_credential = {"accept": "application/json"}
    refused = error(429, "Too Many Requests").replace(headers={"retry-after": "1"})
    assert send(state, fields=fields) == refused
    assert send(state, headers=no_credential, fields=fields) == error(401, "Unauthenticated")
    assert list(read.calls(state)) == ["c1"]


@pytest.mark.parametrize("headers", [HEADERS, {"accept": "application/json"}])
def test_a_wrong_method_is_refused_before_anything_else(
    state: SandboxState, headers: Mapping[str, str]
) -> None:
    wrong_method = Rule(test=lambda _: True, fault=rules.WRONG_METHOD)
    assert send(state, wrong_method, headers=headers, fields={}) == error(405, "Method Not Allowed")


@pytest.mark.parametrize(
    ("authorization", "access_token", "status"),
    [
        ("Bearer key", None, 200),
        ("bearer  key ", None, 200),
        ("", "key", 200),
        ("Basic a2V5", "key", 200),
        ("Basic a2V5", None, 401),
        ("key", None, 401),
        ("Bearer ", None, 401),
        ("Bearer invalid", "key", 401),
        ("Bearer revoked", None, 401),
        ("", "invalid", 401),
        ("", "", 401),
        ("", 7, 401),
    ],
)
def test_c2c_needs_a_valid_credential_in_header_or_parameter(
    state: SandboxState, authorization: str, access_token: object, status: int
) -> None:
    headers = {"authorization": authorization}
    assert (
        click_to_call(state, headers=headers, access_token=access_token).response.status == status
    )


@pytest.mark.parametrize(
    "headers",
    [{}, {"accept": ""}, {"accept": "text/html"}, {"accept": "*/*"}],
)
def test_c2c_redirects_to_the_login_without_credential_and_accept_json(
    state: SandboxState, headers: Mapping[str, str]
) -> None:
    assert send(state, headers=headers) == Response(
        status=302, body=b"", headers={"location": "/login"}
    )


def test_c2c_answers_other_faults_in_json_without_accept_json(state: SandboxState) -> None:
    headers = {"authorization": "Bearer key"}
    assert send(state, headers=headers, fields={}) == error(422, "The bridge field is required.")


@pytest.mark.parametrize(
    ("account", "fields", "expected"),
    [
        ({"numbers": frozenset({"918068281234"})}, {}, 200),
        ({"numbers": frozenset({"918068281234"})}, {"bridge": 918068281234}, 200),
        ({"numbers": frozenset[str]()}, {}, "The selected bridge is invalid."),
        ({"webhooks": {}}, {"webhook_id": "w9"}, 200),
        ({"webhooks": {"w1": "http://w1/"}}, {"webhook_id": "w1"}, 200),
        ({"webhooks": {"any": "http://any/"}}, {"webhook_id": "w9"}, 200),
        ({"webhooks": {"any": "http://any/"}}, {}, 200),
        (
            {"webhooks": {"w1": "http://w1/"}},
            {"webhook_id": "w9"},
            "The selected webhook id is invalid.",
        ),
        ({"records": {"flows": {"7": Flow(say="hi")}}}, {"to": "flow:7"}, 200),
        ({"records": {"flows": {"7": Flow(say="hi")}}}, {}, 200),
        ({"records": {"flows": {}}}, {"to": "flow:220"}, 200),
        ({"records": {}}, {"to": "flow:220"}, 200),
        (
            {"records": {"flows": {"7": Flow(say="hi")}}},
            {"to": "flow:220"},
            "The selected to is invalid.",
        ),
        ({"balance": None}, {}, 200),
        ({"balance": Decimal("0.01")}, {}, 200),
        ({"balance": Decimal(0)}, {}, "Insufficient balance"),
        ({"balance": Decimal(-1)}, {}, "Insufficient balance"),
    ],
)
def test_c2c_checks_the_numbers_flows_webhooks_and_balance_of_the_account(
    state: SandboxState, account: dict[str, Any], fields: dict[str, Any], expected: int | str
) -> None:
    change_account(state, **account)
    body = click_to_call(state, **fields).response.body
    assert isinstance(body, dict)
    assert body["status"] == 200 if expected == 200 else body["message"] == expected
