"""What Phonon requests are refused for, in which order, and what is said of calls left out."""

from typing import Any

import pytest

from mockserver.core.http import Request
from mockserver.core.rulebook import Evidence, Fault
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.phonon import PROVIDER, rules
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.simulation import START, play_until_idle
from tests.support.vendors.phonon import (
    CREATE_EXAMPLE,
    SECURITY_ID,
    build_item,
    patch_account,
    request,
    response_code,
)

ONE, TWO = "918867136000", "918867136001"
GOOD = build_item(ONE)


def send_raw(state: SandboxState, **parts: Any) -> Exchange:
    incoming = build_incoming_request(
        bound=state.configuration.providers["phonon"],
        endpoint=PROVIDER.endpoints[0],
        request=Request(method="POST", path="/", **parts),
        wrong_method=None,
    )
    return handle(state, incoming, START)


@pytest.mark.parametrize(
    ("content_type", "code", "detail"),
    [
        ("application/json", 200, ""),
        ("Application/JSON; charset=utf-8", 200, ""),
        ("text/plain", 400, ", not 'text/plain'"),
        ("application/x-www-form-urlencoded", 400, ", not 'application/x-www-form-urlencoded'"),
        ("", 400, ""),
    ],
)
def test_a_body_is_json_and_says_so(
    state: SandboxState, content_type: str, code: int, detail: str
) -> None:
    """The page's row of headers has this type only; that others are refused is assumed."""
    headers = {"content-type": content_type} if content_type else {}
    exchange = send_raw(state, headers=headers, fields=CREATE_EXAMPLE, body=b"{")
    assert response_code(exchange) == code
    assert exchange.explanation == (
        "invalid-format (documented, condition assumed): Invalid Format; would pass: Content-Type "
        f"application/json{detail}"
        if code == 400
        else ""
    )


@pytest.mark.parametrize(
    ("item", "code"),
    [
        # null and an empty text count as not sent
        ({"start-time": None}, 200),
        ({"start-time": ""}, 200),
        ({"client-identifier": None}, 200),
        ({"client-identifier": ""}, 200),
        ({"keys": None}, 200),
        ({"keys": ""}, 200),
        ({"keys": []}, 200),
        ({"keys": [{"name": "$flow.key.name", "value": None}]}, 200),
        ({"contact-numbers": None}, 210),
        ({"contact-numbers": ""}, 210),
        ({"keys": [{"name": None}]}, 210),
        ({"keys": [{"name": ""}]}, 210),
        # the variable is not named
        ({"keys": [{"name": "$flow.key."}]}, 210),
        ({"keys": [{"name": "$flow.key"}]}, 210),
        # another type
        ({"contact-numbers": ONE}, 400),
        ({"keys": "x"}, 400),
        ({"keys": ["a"]}, 400),
        ({"keys": [None]}, 400),
        ({"start-time": 1}, 400),
        ({"client-identifier": []}, 400),
        # times that are not ISO 8601
        ({"start-time": "2026-01-02 09:00:00"}, 400),
        ({"start-time": "17:00:00 +05:30"}, 400),
    ],
)
def test_the_fields_of_a_call_are_read_by_one_rule(
    state: SandboxState, item: dict[str, Any], code: int
) -> None:
    exchange = request(state, calls=[{**GOOD, **item}])
    assert response_code(exchange) == code


@pytest.mark.parametrize("item", ["a", None, 7, []])
def test_a_call_that_is_no_object_has_an_invalid_format(state: SandboxState, item: object) -> None:
    assert response_code(request(state, calls=[item])) == 400


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("name", ["api_version", "security_id", "flow_id", "calls"])
def test_a_mandatory_field_that_is_null_or_empty_is_missing(
    state: SandboxState, name: str, value: str | None
) -> None:
    sent: dict[str, Any] = {name: value}
    assert response_code(request(state, **sent)) == 210


@pytest.mark.parametrize("security_id", ["invalid", "f" * 64])
def test_a_wrong_security_id_is_refused_before_a_wrong_flow_id(
    state: SandboxState, security_id: str
) -> None:
    patch_account(state, {"security_id": SECURITY_ID})
    assert response_code(request(state, security_id=security_id, flow_id="Zz99Zz99")) == 202


def test_a_value_that_is_no_text_is_played_as_json_has_it(state: SandboxState) -> None:
    patch_account(state, {"flows": {"Ab12Cd34": {"say": "{paid} {sum} {name}."}}})
    keys = [("paid", True), ("sum", 1.5), ("name", None)]
    pairs = [{"name": f"$flow.key.{name}", "value": value} for name, value in keys]
    request(state, calls=[build_item(ONE, keys=pairs)])
    play_until_idle(state)
    played = [event for event in read.calls(state)["c1"].events if event.type == "play"]
    assert [event.data["text"] for event in played] == ["true 1.5 ."]


@pytest.mark.parametrize(
    ("quirks", "status"), [([], 200), (["status-as-code"], 400), (["report-2020"], 200)]
)
def test_a_body_that_names_no_account_has_the_status_of_the_quirk_that_any_account_has(
    state: SandboxState, quirks: list[str], status: int
) -> None:
    patch_account(state, {"quirks": quirks})
    response = send_raw(state, body=b"{", body_error="the body is not JSON").response
    assert (response.status, response_code(send_raw(state, body_error="x"))) == (status, 400)


def test_a_request_from_another_address_is_explained_with_its_address(state: SandboxState) -> None:
    patch_account(state, {"ip_allow_list": ["10.0.0.0/8"]})
    assert request(state).explanation == (
        "ip-not-whitelisted (documented): IP Not Whitelisted; would pass: nothing in the request: "
        "it came from 127.0.0.1, and ip_allow_list has 10.0.0.0/8"
    )


NUMBERS = 'would pass: a list of numbers, such as ["918867136000"]'
TIME = "would pass: a time of today or later in ISO 8601, such as 2026-01-01T15:30:00+05:30"
PREFIXED = "would pass: a name after $flow.key., such as $flow.key"
ITEMS_LEFT_OUT: list[tuple[object, str, str]] = [
    (
        "a",
        (
            "calls[1]: received 'a'; would pass: an object with contact-numbers, such as "
            '{"contact-numbers": ["918867136000"]}'
        ),
        "invalid-format",
    ),
    ({}, f"calls[1].contact-numbers: not sent; {NUMBERS}", "invalid-mandatory-parameters"),
    (
        build_item(),
        f"calls[1].contact-numbers: received []; {NUMBERS}",
        "invalid-mandatory-parameters",
    ),
    (
        build_item(ONE, start_time=5),
        f"calls[1].start-time: received 5; {TIME}",
        "invalid-format",
    ),
    (
        build_item(ONE, start_time="soon"),
        f"calls[1].start-time: received 'soon'; {TIME}",
        "invalid-format",
    ),
    (
        build_item(ONE, start_time="2025-12-31T10:00:00"),
        f"calls[1].start-time: received '2025-12-31T10:00:00'; {TIME}",
        "invalid-format",
    ),
    (
        build_item(ONE, keys=[{"name": "x"}]),
        f"calls[1].keys[0].name: received 'x'; {PREFIXED}.x",
        "invalid-mandatory-parameters",
    ),
    (
        build_item(ONE, keys=[{"name": None}]),
        f"calls[1].keys[0].name: received null; {PREFIXED}.name",
        "invalid-mandatory-parameters",
    ),
    (
        build_item(ONE, keys=[{"value": "x"}]),
        f"calls[1].keys[0].name: not sent; {PREFIXED}.name",
        "invalid-mandatory-parameters",
    ),
    (
        build_item("12"),
        (
            "calls[1].contact-numbers[0]: received '12'; would pass: 10 to 15 digits with country "
            "code, such as 918867136000"
        ),
        "invalid-contact-number",
    ),
]
TEXTS = {
    "invalid-format": "invalid-format (documented, condition assumed): Invalid Format",
    "invalid-mandatory-parameters": "Invalid Mandatory Parameters",
    "invalid-contact-number": (
        "invalid-contact-number (documented, condition assumed): Invalid Contact Number"
    ),
}


@pytest.mark.parametrize("code", [209, 202])
@pytest.mark.parametrize(("item", "detail", "fault"), ITEMS_LEFT_OUT)
def test_a_call_that_is_left_out_is_explained_on_both_hosts(
    state: SandboxState, code: int, item: object, detail: str, fault: str
) -> None:
    exchange = request(state, bulk=code == 202, calls=[GOOD, item, GOOD])
    assert (response_code(exchange), len(exchange.call_ids)) == (code, 2)
    start, _, rest = exchange.explanation.partition(": ")
    assert start == "1 of 3 calls not placed"
    assert TEXTS[fault] in rest
    assert rest.endswith(f"; {detail}")
    [rule] = exchange.broken_rules
    assert (rule.fault.name, exchange.fault) == (fault, None)


@pytest.mark.parametrize(
    ("sent", "account", "detail"),
    [
        (
            {},
            {"flows": {"Ab12Cd34": {"variables": ["name"]}}},
            (
                "calls[0].keys: not sent; would pass: the variables of the flow, also name, such "
                'as [{"name": "$flow.key.name", "value": "text"}]'
            ),
        ),
        (
            {"api_version": "TEST", "flow_id": "Te57Te57"},
            {"test_numbers": [TWO]},
            (
                f"calls[0].contact-numbers[0]: received '{ONE}'; would pass: one of the "
                f"account's test_numbers, such as {TWO}"
            ),
        ),
    ],
)
def test_a_call_that_the_flow_does_not_allow_is_explained(
    state: SandboxState, sent: dict[str, Any], account: dict[str, Any], detail: str
) -> None:
    patch_account(state, account)
    allowed = build_item(TWO, keys=[{"name": "$flow.key.name", "value": "x"}])
    exchange = request(state, **sent, calls=[GOOD, allowed])
    assert response_code(exchange) == 209
    assert exchange.explanation.endswith(detail)


def test_the_first_three_calls_that_are_left_out_are_described_and_the_others_counted(
    state: SandboxState,
) -> None:
    exchange = request(state, calls=[*(build_item(str(number)) for number in range(5)), GOOD])
    start, *described = exchange.explanation.split(" | ")
    assert start.startswith("5 of 6 calls not placed: invalid-contact-number")
    assert [part.count("calls[") for part in (start, *described)] == [1, 1, 1, 0]
    assert described[-1] == "2 more"
    fields = [finding.field for [finding] in exchange.findings]
    assert fields == [f"calls.{index}.contact-numbers.0" for index in range(5)]


def test_a_request_of_which_all_calls_are_placed_has_no_explanation(state: SandboxState) -> None:
    exchange = request(state, calls=[GOOD, GOOD])
    assert (exchange.explanation, exchange.broken_rules) == ("", ())


CONDITIONS: dict[str, set[Evidence]] = {
    "invalid-format": {Evidence.ASSUMED},
    "invalid-mandatory-parameters": {Evidence.ASSUMED, Evidence.OBSERVED},
    "invalid-api-version": {Evidence.DOCUMENTED},
    "invalid-security-id": {Evidence.DOCUMENTED},
    "ip-not-whitelisted": {Evidence.DOCUMENTED},
    "phone-not-whitelisted": {Evidence.ASSUMED},
    "invalid-flow-id": {Evidence.DOCUMENTED},
    "invalid-flow-version": {Evidence.ASSUMED},
    "checksum-repeated": {Evidence.OBSERVED},
    "empty-call-list": {Evidence.DOCUMENTED},
    "max-data-list-size-exceeded": {Evidence.ASSUMED},
    "insufficient-balance": {Evidence.DOCUMENTED},
    "validity-expired": {Evidence.ASSUMED},
    "did-not-mapped": {Evidence.ASSUMED},
    "invalid-gateway-id": {Evidence.ASSUMED},
    "failure-from-gateway": {Evidence.ASSUMED},
    "no-mask-available": {Evidence.ASSUMED},
    "no-data-available": {Evidence.ASSUMED},
    "invalid-contact-number": {Evidence.ASSUMED},
    "too-many-requests": {Evidence.ASSUMED},
}


def test_the_condition_of_each_row_has_an_evidence_of_its_own() -> None:
    """The row is documented; what brings it about only where its name or the page says it."""
    found: dict[str, set[Evidence]] = {}
    texts: set[Fault] = set()
    for rule in (rule for stage in rules.CREATE for rule in stage):
        found.setdefault(rule.fault.name, set()).add(rule.condition_evidence)
        texts.add(rule.fault)
    assert found == CONDITIONS
    assert {fault.name for fault in texts if fault.evidence == Evidence.ASSUMED} == {
        "too-many-requests"
    }
