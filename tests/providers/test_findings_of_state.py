"""What would pass where the state of the account decides: it is sent, and passes that rule."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from mockserver.core.field_paths import with_value
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import play_until_idle
from tests.support.vendors import effebot, innocalls, phonon

Request = Callable[[SandboxState, Mapping[str, Any]], Exchange]
NUMBER = "918867136000"
SECRET_ID = "s" * 64


def create(state: SandboxState, fields: Mapping[str, Any]) -> Exchange:
    return effebot.request(state, "create", **fields)


def remove(state: SandboxState, fields: Mapping[str, Any]) -> Exchange:
    return effebot.request(state, "remove", **fields)


def update(state: SandboxState, fields: Mapping[str, Any]) -> Exchange:
    return effebot.request(state, "update", **fields)


def confirm(state: SandboxState, fields: Mapping[str, Any]) -> Exchange:
    return effebot.request(state, "confirm-phone", **fields)


def get_status(state: SandboxState, fields: Mapping[str, Any]) -> Exchange:
    return innocalls.request(state, "call-status", **fields)


def confirm_order(state: SandboxState, fields: Mapping[str, Any]) -> Exchange:
    return innocalls.request(state, "order-confirmation", **fields)


def start_flow(state: SandboxState, fields: Mapping[str, Any]) -> Exchange:
    return phonon.request(state, **fields)


class Case(NamedTuple):
    """A request that is refused in a state, and the places at which it is.

    `account` is what of the account is changed; `places` are a path and a sample, None for none.
    """

    request: Request
    account: Mapping[str, Any]
    fields: Mapping[str, Any]
    places: list[tuple[str, Any]]


CASES = {
    "a text in an account in moderation": Case(
        create,
        {"moderation": True},
        {"record": {"text": "Hello"}, "ivrs": [{"digit": 1, "record": {"text": "Hi"}}]},
        [("record", {"id": "1"}), ("ivrs.0.record", {"id": "1"})],
    ),
    "an unmoderated record": Case(
        create, {"records": {"1": {"moderated": False}}}, {}, [("record.id", "123")]
    ),
    "a record of an account without any": Case(
        create, {"records": None}, {}, [("record", {"text": "Hello"})]
    ),
    "a text in moderation and no record": Case(
        create, {"moderation": True, "records": None}, {"record": {"text": "a"}}, [("record", None)]
    ),
    "a wrong pin": Case(confirm, {}, {"phone": "99999999999", "pin": "9999"}, [("pin", "1234")]),
    "a pin of another number": Case(
        confirm, {}, {"phone": "99999999990", "pin": "42"}, [("phone", "99999999996")]
    ),
    "a call that nobody placed": Case(remove, {}, {"id": "9"}, [("id", None)]),
    "calls that nobody placed": Case(
        update,
        {},
        {"callList": [{"id": 8, "replannedAt": 1_900_000_000}]},
        [("callList.0.id", None)],
    ),
    "a bridge that nobody placed": Case(get_status, {}, {"call_id": "x"}, [("call_id", None)]),
    "parameters that `type` names": Case(
        confirm_order,
        {},
        {"type": "items_count.order_cost"},
        [("items_count", "2"), ("order_cost", "2300")],
    ),
    "a call flow that is removed": Case(
        confirm_order,
        {"flows": {"flow": {"state": "removed"}, "other": {}}},
        {},
        [("call_flow_id", "other")],
    ),
    "a number that a TEST flow may not call": Case(
        start_flow,
        {},
        {
            "api_version": "TEST",
            "flow_id": "Te57Te57",
            "calls": [phonon.build_item("918867136001")],
        },
        [("calls.0.contact-numbers.0", NUMBER)],
    ),
    "a TEST flow without numbers to call": Case(
        start_flow,
        {"test_numbers": []},
        {"api_version": "TEST", "flow_id": "Te57Te57"},
        [("calls.0.contact-numbers.0", None)],
    ),
    "a variable that the flow needs": Case(
        start_flow,
        {"flows": {"Ab12Cd34": {"variables": ["name"]}}},
        {},
        [("calls.0.keys", [{"name": "$flow.key.name", "value": "text"}])],
    ),
    "a call without numbers": Case(
        start_flow, {}, {"calls": [phonon.build_item()]}, [("calls.0.contact-numbers", [NUMBER])]
    ),
    "a version that is not that of the flow": Case(
        start_flow, {}, {"api_version": "TEST"}, [("api-version", "1.0")]
    ),
    "a security id that is not that of the account": Case(
        start_flow, {"security_id": SECRET_ID}, {}, [("security-id", None)]
    ),
}
PATCHES: Mapping[Request, Any] = {
    **dict.fromkeys((create, remove, update, confirm), effebot.patch_account),
    **dict.fromkeys(
        (get_status, confirm_order),
        lambda state, changes: innocalls.change_account(state, **changes),
    ),
    start_flow: phonon.patch_account,
}


def places(exchange: Exchange) -> list[tuple[str, Any]]:
    return [
        (finding.field, json.loads(finding.sample) if finding.sample else None)
        for findings in exchange.findings
        for finding in findings
    ]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_state_refuses_passes_with_what_the_state_has(
    state: SandboxState, case: Case
) -> None:
    PATCHES[case.request](state, case.account)
    refused = case.request(state, case.fields)
    assert places(refused) == case.places
    expected = [finding.expected for findings in refused.findings for finding in findings]
    assert SECRET_ID not in str(expected)
    if all(sample is not None for _, sample in case.places):
        sent = dict(refused.request.fields)
        for path, sample in case.places:
            sent = with_value(sent, path, sample)
        named = {name.replace("-", "_"): value for name, value in sent.items()}
        accepted = case.request(state, named)
        assert accepted.fault is None, accepted.explanation


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "waiting"])
def test_a_call_that_waits_is_named_for_one_that_has_begun(
    state: SandboxState, *, ended: bool
) -> None:
    create(state, {})
    play_until_idle(state)
    if not ended:
        create(state, {"plannedAt": 1_900_000_000})
    assert places(remove(state, {"id": "1"})) == [("id", None if ended else "2")]


def test_the_latest_bridge_of_the_flow_is_named_for_an_unknown_one(state: SandboxState) -> None:
    for flow in ("flow", "flow", "other"):
        innocalls.request(state, "bridge", call_flow_id=flow)
    latest = read.calls(state)["c2"].spec.vendor_id
    assert places(get_status(state, {"call_id": "x"})) == [("call_id", latest)]
    assert get_status(state, {"call_id": latest}).fault is None
