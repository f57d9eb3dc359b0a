"""What Mobtexting refuses, in which words, and what it looks at first."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Limits
from mockserver.core.http import Request, Response
from mockserver.core.rulebook import Rule
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting import PROVIDER, rules
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL, START, change_account, click_to_call

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
NUMBERS: tuple[object, ...] = (
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
FLOWS = ("flow:", "flow:x", "flow:01234567890")

MALFORMED: dict[str, tuple[str, tuple[object, ...]]] = {
    "bridge": ("The bridge format is invalid.", (*NUMBERS, "flow:220")),
    "from": ("The from format is invalid.", (*NUMBERS, "flow:220")),
    "to": ("The to format is invalid.", (*NUMBERS, *FLOWS)),
    "mid": ("The mid must be a string.", (["7"], {}, True, 1.5)),
    "webhook_id": ("The webhook id must be a string.", (7, ["7"], False)),
    "variables": ("The variables must be an array.", ("x", 7, True)),
    "record": ("The selected record is invalid.", ("2", 2, True, "yes", [])),
    "duration": (
        "The duration must be at least 1.",
        ("0", 0, -1, "-1", "1.5", 1.5, 1.0, "01", "1000000", 1_000_000, True, [1]),
    ),
    "attempts": (
        "The attempts must be between 0 and 2.",
        ("3", 3, -1, "-1", True, 0.5, 1.0, "00", []),
    ),
}
"""Field -> what its fault says, and values that provoke it; in the order of the checks."""


def error(status: int, message: str) -> Response:
    return Response(status=status, body={"status": "ERROR", "code": status, "message": message})


def asked(state: SandboxState, objection: Rule | None = None, **changes: Any) -> Response:
    listing = state.configuration.providers["mobtexting"]
    sent = Request(
        method="POST", path="/", **{"headers": HEADERS, "fields": CLICK_TO_CALL, **changes}
    )
    wanted = IncomingRequest(
        bound=listing,
        endpoint=PROVIDER.endpoints[0],
        request=sent,
        scenarios=(),
        forced_rule=objection,
    )
    return handle(state, wanted, START).response


@pytest.mark.parametrize("name", ["bridge", "from", "to"])
@pytest.mark.parametrize("value", [None, ""])
def test_c2c_lacks_a_field(state: SandboxState, name: str, value: object) -> None:
    message = f"The {name} field is required."
    sent = {**CLICK_TO_CALL, name: value}
    without = {key: one for key, one in CLICK_TO_CALL.items() if key != name}
    assert [asked(state, fields=fields) for fields in (sent, without)] == [error(422, message)] * 2
    assert read.calls(state) == {}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [(name, value, message) for name, (message, bad) in MALFORMED.items() for value in bad],
)
def test_c2c_malformed_field(state: SandboxState, name: str, value: object, message: str) -> None:
    assert asked(state, fields={**CLICK_TO_CALL, name: value}) == error(422, message)
    assert read.calls(state) == {}


@pytest.mark.parametrize("name", ["bridge", "from", "to", "duration"])
def test_c2c_malformed_by_a_final_line_break(state: SandboxState, name: str) -> None:
    fields = {**CLICK_TO_CALL, "duration": "1"}
    assert asked(state, fields={**fields, name: f"{fields[name]}\n"}).status == 422


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
        {"variables": {"Name": "YourName"}},
        {"variables": ["YourName"]},
        {"variables": {}},
        {"record": "1"},
        {"record": 0},
        {"duration": "999999"},
        {"duration": 1},
        {"attempts": "0"},
        {"attempts": 2},
        dict.fromkeys(list(MALFORMED)[3:], ""),
        {"unknown": "field"},
    ],
)
def test_c2c_accepts(state: SandboxState, fields: Mapping[str, object]) -> None:
    assert asked(state, fields={**CLICK_TO_CALL, **fields}).status == 200


@pytest.mark.parametrize("first", range(len(MALFORMED)))
def test_c2c_one_fault_at_a_time_in_order(state: SandboxState, first: int) -> None:
    """Everything from this field on is wrong: this field answers."""
    wrong = {name: bad[0] for name, (_, bad) in list(MALFORMED.items())[first:]}
    message = list(MALFORMED.values())[first][0]
    assert asked(state, fields={**CLICK_TO_CALL, **wrong}) == error(422, message)


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
def test_c2c_fields_in_order(
    state: SandboxState, fields: Mapping[str, object], message: str
) -> None:
    assert asked(state, fields=fields) == error(422, message)


EVERYTHING: dict[str, Any] = {
    "headers": {"accept": "application/json"},
    "fields": {},
    "body_error": "x",
}


@pytest.mark.parametrize(
    ("mended", "reply"),
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
def test_c2c_stage_after_stage(
    state: SandboxState, mended: dict[str, Any], reply: Response
) -> None:
    """Everything is wrong, then one thing after another is put right."""
    numbers, hooks = frozenset({"918068280000"}), {"w1": "http://w1/"}
    change_account(state, numbers=numbers, webhooks=hooks, balance=Decimal(0))
    assert asked(state, **{**EVERYTHING, **mended}) == reply
    assert read.calls(state) == {}


@pytest.mark.parametrize("fields", [CLICK_TO_CALL, {}, {**CLICK_TO_CALL, "bridge": "918068280000"}])
def test_c2c_too_many_requests_before_all_but_the_stranger(
    state: SandboxState, fields: Mapping[str, object]
) -> None:
    change_account(state, limits=Limits(requests=1, per=1_000))
    asked(state)
    strange = {"accept": "application/json"}
    assert asked(state, fields=fields) == error(429, "Too Many Requests")
    assert asked(state, headers=strange, fields=fields) == error(401, "Unauthenticated")
    assert list(read.calls(state)) == ["c1"]


@pytest.mark.parametrize("headers", [HEADERS, {"accept": "application/json"}])
def test_wrong_method_before_all_else(state: SandboxState, headers: Mapping[str, str]) -> None:
    objection = Rule(test=lambda _: True, fault=rules.WRONG_METHOD)
    assert asked(state, objection, headers=headers, fields={}) == error(405, "Method Not Allowed")


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
def test_c2c_unauthenticated(
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
def test_c2c_stranger_without_accept_json_is_sent_to_the_login(
    state: SandboxState, headers: Mapping[str, str]
) -> None:
    assert asked(state, headers=headers) == Response(
        status=302, body=b"", headers={"location": "/login"}
    )


def test_c2c_other_faults_without_accept_json_are_json(state: SandboxState) -> None:
    headers = {"authorization": "Bearer key"}
    assert asked(state, headers=headers, fields={}) == error(422, "The bridge field is required.")


@pytest.mark.parametrize(
    ("account", "fields", "reply"),
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
        ({"balance": None}, {}, 200),
        ({"balance": Decimal("0.01")}, {}, 200),
        ({"balance": Decimal(0)}, {}, "Insufficient balance"),
        ({"balance": Decimal(-1)}, {}, "Insufficient balance"),
    ],
)
def test_c2c_what_the_account_may(
    state: SandboxState, account: dict[str, Any], fields: dict[str, Any], reply: int | str
) -> None:
    change_account(state, **account)
    body = click_to_call(state, **fields).response.body
    assert isinstance(body, dict)
    assert body["status"] == 200 if reply == 200 else body["message"] == reply
