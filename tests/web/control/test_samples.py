"""`POST /_mock/samples/{provider}/{operation}` makes a request that an account accepts."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.support.conformance import PROVIDERS
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import START
from tests.support.site import read_problem

LATER: Final = {"plannedAt": START // 1000 + 3600}
FIRST: Final[Mapping[tuple[str, str], tuple[str, dict[str, Any]]]] = {
    ("ccai", "read-flags"): ("create-inbound", {}),
    ("ccai", "read-call"): ("create-inbound", {}),
    ("ccai", "write-flags"): ("create-inbound", {}),
    ("ccai", "end-user"): ("create-outbound", {}),
    ("ccai", "cancel-scheduled"): ("create-scheduled", {}),
    ("innocalls", "call-status"): ("bridge", {}),
    ("effebot", "get"): ("create", {}),
    ("effebot", "get-with-templates"): ("create-with-template", {}),
    ("effebot", "update"): ("create", LATER),
    ("effebot", "remove"): ("create", LATER),
}
"""Operation that needs an earlier call -> the operation that places it, with changed fields."""
PHONON_BODY: Final = (
    '{"api-version": "1.0", "security-id": "sample-credential", "flow-id": "Ab12Cd34", '
    '"calls": [{"client-identifier": "x", "contact-numbers": ["918867136009"]}]}'
)
OPERATIONS: Final = [
    (name, operation)
    for name, bound in PROVIDERS.items()
    for operation in dict.fromkeys(each.operation for each in bound.provider.endpoints)
]
PLACING: Final = [(name, each) for name in PROVIDERS for each in PROVIDERS[name].provider.samples]


def make(edge: EdgeSite, provider: str, operation: str, prefix: str = "", **body: Any) -> Any:
    response = edge.request("POST", f"{prefix}/_mock/samples/{provider}/{operation}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def send(edge: EdgeSite, sample: Mapping[str, Any]) -> httpx.Response:
    return edge.request(
        sample["method"], sample["path"], headers=sample["headers"], content=sample["body"]
    )


@pytest.mark.parametrize(("provider", "operation"), OPERATIONS)
def test_the_sample_of_every_operation_is_answered_without_a_fault(
    edge: EdgeSite, provider: str, operation: str
) -> None:
    if (provider, operation) in FIRST:
        first, fields = FIRST[provider, operation]
        send(edge, make(edge, provider, first, fields=fields))
    response = send(edge, make(edge, provider, operation))
    assert (response.status_code < 400, response.headers.get("x-mock-fault")) == (True, None)
    assert edge.get_json("/_mock/requests")["requests"][-1]["operation"] == operation


@pytest.mark.parametrize(("provider", "operation"), PLACING)
def test_the_number_of_the_callee_can_be_another(
    edge: EdgeSite, provider: str, operation: str
) -> None:
    number = "+1 415-555-0177" if provider == "ccai" else "99999999977"
    send(edge, make(edge, provider, operation, to=number))
    [call] = edge.get_json("/_mock/calls")["calls"]
    callee = call["leg_names"]["callee"]
    assert [leg["number"] for leg in call["legs"] if leg["name"] == callee] == [number]


def test_a_sample_names_the_newest_call_of_its_account(edge: EdgeSite) -> None:
    own = {"credentials": ["own-key"]}
    edge.request("PUT", "/_mock/accounts/effebot/own", json=own)
    for account in ("effebot-default", "effebot-default", "own"):
        send(edge, make(edge, "effebot", "create", account=account, fields=LATER))
    ids = [int(call["vendor_id"]) for call in edge.get_json("/_mock/calls")["calls"]]
    for account, call in (("effebot-default", ids[1]), ("own", ids[2])):
        read = make(edge, "effebot", "get", account=account)
        assert json.loads(read["body"])["apiCallIdList"] == [call]
        remove = make(edge, "effebot", "remove", account=account)
        assert json.loads(remove["body"])["idList"] == [call]


def test_a_sample_names_no_call_of_another_kind(edge: EdgeSite) -> None:
    for operation in ("dispatch", "bridge", "dispatch"):
        send(edge, make(edge, "innocalls", operation))
    for operation in ("create-scheduled", "create-inbound"):
        send(edge, make(edge, "ccai", operation))
    ids = [call["vendor_id"] for call in edge.get_json("/_mock/calls")["calls"]]
    status = make(edge, "innocalls", "call-status")
    assert f"/call/status?call_id={ids[1]}&" in status["path"]
    assert make(edge, "ccai", "cancel-scheduled")["path"].endswith(f"/scheduled/{ids[3]}/cancel")
    assert make(edge, "ccai", "read-call")["path"].endswith(f"/calls/{ids[4]}")


def test_a_sample_has_the_path_headers_and_body_to_send(edge: EdgeSite) -> None:
    fields = {"to": "918867136001", "record": "1"}
    assert make(edge, "mobtexting", "c2c", "/_sandbox/new", fields=fields) == {
        "provider": "mobtexting",
        "operation": "c2c",
        "account": "mobtexting-default",
        "method": "POST",
        "path": "/_sandbox/new/mobtexting/portal.mobtexting.com/api/v2/voice/c2c",
        "headers": {
            "accept": "application/json",
            "authorization": "Bearer sample-credential",
            "content-type": "application/json",
        },
        "body": '{"bridge": "918068281234", "from": "918867135000", "to": "918867136001", '
        '"record": "1"}',
    }


@pytest.mark.parametrize(
    ("operation", "fields", "path", "body"),
    [
        ("innocalls/webrtc", {}, "/integration.php?phone_number=201120000000", None),
        ("innocalls/authorize", {}, "/", None),
        (
            "innocalls/webrtc-call",
            {"phone_number": "00 20&1"},
            "/call.php",
            "phone_number=00+20%261",
        ),
        (
            "effebot/play-record",
            {"account": "a/b"},
            "/storage/a%2Fb/1342.wav",
            None,
        ),
        (
            "phonon/create",
            {"calls.0.client-identifier": "x", "calls.0.contact-numbers": ["918867136009"]},
            "/kairos-apis/outbound/create",
            PHONON_BODY,
        ),
    ],
)
def test_the_fields_of_a_sample_are_in_path_query_form_or_json(
    edge: EdgeSite, operation: str, fields: Mapping[str, object], path: str, body: str | None
) -> None:
    provider, name = operation.split("/")
    sample = make(edge, provider, name, fields=fields)
    endpoints = PROVIDERS[provider].provider.endpoints
    host = next(each.host for each in endpoints if each.operation == name)
    assert (sample["path"], sample["body"]) == (f"/{provider}/{host}{path}", body)


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        (
            "mobtextin/c2c",
            {},
            (404, "unknown-provider", "no provider is named mobtextin: did you mean 'mobtexting'?"),
        ),
        (
            "mobtexting/c2d",
            {},
            (404, "unknown-operation", "mobtexting has no operation c2d: did you mean 'c2c'?"),
        ),
        (
            "phonon/xyz",
            {},
            (404, "unknown-operation", "phonon has no operation xyz: known: create, create-bulk"),
        ),
        (
            "mobtexting/c2c",
            {"account": "mobtexting-defalt"},
            (
                404,
                "unknown-account",
                "mobtexting has no account mobtexting-defalt: did you mean 'mobtexting-default'?",
            ),
        ),
        (
            "mobtexting/c2c",
            {"account": "x"},
            (404, "unknown-account", "mobtexting has no account x: known: mobtexting-default"),
        ),
        (
            "effebot/get",
            {},
            (
                409,
                "no-sample",
                "account effebot-default: the account has no call: place create first",
            ),
        ),
        (
            "mobtexting/c2c",
            {"fields": {"brigde": "1"}},
            (422, "invalid-body", "c2c has no field 'brigde': did you mean 'bridge'?"),
        ),
        (
            "innocalls/authorize",
            {"fields": {"x": "1"}},
            (422, "invalid-body", "authorize has no field 'x': it has none"),
        ),
        (
            "effebot/user-info",
            {"to": "99999999999"},
            (422, "invalid-body", "user-info calls nobody: leave out the number"),
        ),
        (
            "mobtexting/c2c",
            {"field": {}},
            (422, "invalid-body", "a sample takes no 'field': did you mean 'fields'?"),
        ),
    ],
)
def test_what_has_no_sample_says_what_would_be_right(
    edge: EdgeSite, path: str, body: dict[str, Any], problem: tuple[int, str, str]
) -> None:
    response = edge.request("POST", f"/_mock/samples/{path}", json=body)
    assert read_problem(response) == problem


def test_what_has_no_sample_names_the_request_that_changes_that(edge: EdgeSite) -> None:
    missing = edge.request("POST", "/_mock/samples/effebot/remove", json={}).json()["first"]
    assert missing["operation"] == "create"
    first = edge.request(
        "POST", "/_mock/samples/effebot/create", json={"fields": missing["fields"]}
    )
    assert first.json()["operation"] == "create"
    assert first.json()["body"].count('"plannedAt"') == 1


@pytest.mark.parametrize("body", [{"fields": []}, {"to": 1}, {"account": None}])
def test_a_sample_with_values_of_another_type_is_refused(edge: EdgeSite, body: Any) -> None:
    response = edge.request("POST", "/_mock/samples/mobtexting/c2c", json=body)
    status, kind, detail = read_problem(response)
    assert (status, kind, detail.partition(",")[0]) == (
        422,
        "invalid-body",
        'send {"account": "shop"',
    )


def test_a_provider_without_an_account_has_no_sample(configuration: Configuration) -> None:
    edge = build_edge_site(configuration._replace(accounts={}))
    response = edge.request("POST", "/_mock/samples/mobtexting/c2c", json={})
    assert read_problem(response) == (409, "no-sample", "mobtexting has no account")


def test_the_first_account_that_accepts_a_request_makes_the_sample(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/accounts/mobtexting/mobtexting-default", json={"balance": "0"})
    edge.request("PUT", "/_mock/accounts/mobtexting/other", json={"credentials": ["k"]})
    sample = make(edge, "mobtexting", "c2c")
    assert (sample["account"], sample["headers"]["authorization"]) == ("other", "Bearer k")
