"""Section 2 of the contract: ways to address an API, sandboxes, the headers of an answer."""

from collections.abc import Mapping
from typing import Final

import pytest

from mockserver.core.configuration import Configuration
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, ORIGIN

ADDRESSES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "native path": ("", CLICK_TO_CALL_PATH, "mobtexting", "c2c"),
    "provider prefix": ("", f"/mobtexting{CLICK_TO_CALL_PATH}", "mobtexting", "c2c"),
    "prefix and vendor host": (
        "",
        "/phonon/central-api.phonon.io/kairos-apis/outbound/create",
        "phonon",
        "create-bulk",
    ),
    "prefix without host": ("", "/phonon/kairos-apis/outbound/create", "phonon", "create"),
    "host header": ("api.innocalls.net", "/api/v1/call", "innocalls", "dispatch"),
    "host header with a wildcard": (
        "acme.uc1.ccaiplatform.com",
        "/apps/api/v1/calls",
        "ccai",
        "create-inbound",
    ),
}
"""Way -> (Host header or empty, path, provider and operation that it reaches)."""

SANDBOX_ORDER: Final[tuple[tuple[str, Mapping[str, str], str], ...]] = (
    ("/_sandbox/t1", {"x-mock-sandbox": "t2", "authorization": "Bearer key-3"}, "t1"),
    ("", {"x-mock-sandbox": "t2", "authorization": "Bearer key-3"}, "t2"),
    ("", {"authorization": "Bearer key-3"}, "t3"),
    ("", {"authorization": "Bearer key-4"}, "default"),
)
"""(prefix, headers, sandbox that gets the request): each row lacks what decided the row before."""

REQUESTED: Final = {"x-mock-request": "r1", "x-mock-now": "2026-01-01T09:00:00.000Z"}
REFUSAL: Final = {
    "x-mock-fault": "from-required",
    "x-mock-explain": "from-required (assumed, condition documented): The from field is required.; "
    "from: received ''; "
    "would pass: 10 to 15 digits with country code (assumed; the page's samples have twelve), such "
    "as 918867136000",
}
MOCK_HEADERS: Final[tuple[tuple[str, str, Mapping[str, object], Mapping[str, str]], ...]] = (
    ("POST", CLICK_TO_CALL_PATH, CLICK_TO_CALL, {**REQUESTED, "x-mock-call": "c1"}),
    ("POST", CLICK_TO_CALL_PATH, {**CLICK_TO_CALL, "from": ""}, {**REQUESTED, **REFUSAL}),
    ("POST", "/nowhere", CLICK_TO_CALL, {**REQUESTED, "x-mock-problem": "unknown-path"}),
    (
        "PUT",
        CLICK_TO_CALL_PATH,
        CLICK_TO_CALL,
        {
            **REQUESTED,
            "x-mock-fault": "wrong-method",
            "x-mock-explain": "wrong-method (assumed): Method Not Allowed; "
            "would pass: the method POST or GET",
        },
    ),
)
"""(method, path, body, all `X-Mock-*` headers of the response)."""

ROOT: Final[Mapping[str, tuple[int, str]]] = {
    "text/html": (303, "/_mock/ui/"),
    "*/*": (200, "text/plain; charset=utf-8"),
}
"""Accept -> (status, where the redirect leads or the type) of the answer to `GET /`."""


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


@pytest.mark.parametrize("way", ADDRESSES)
def test_each_way_of_the_table_reaches_its_operation(edge: EdgeSite, way: str) -> None:
    host, path, provider, operation = ADDRESSES[way]
    hosts = {"hosts": (host,)} if host else {}
    edge.request("POST", path, json={}, headers=HEADERS, **hosts)
    [request] = edge.get_json("/_mock/requests")["requests"]
    assert (request["provider"], request["operation"]) == (provider, operation)


def test_the_prefixes_are_those_of_the_contract(edge: EdgeSite) -> None:
    providers = edge.get_json("/_mock/providers")["providers"]
    assert [entry["base_url"] for entry in providers] == [
        f"{ORIGIN}/{name}" for name in ("ccai", "effebot", "innocalls", "mobtexting", "phonon")
    ]


@pytest.mark.parametrize(("prefix", "headers", "name"), SANDBOX_ORDER)
def test_prefix_then_header_then_credential_select_the_sandbox(
    edge: EdgeSite, prefix: str, headers: Mapping[str, str], name: str
) -> None:
    for number in (1, 2, 3):
        credentials = {"mobtexting": [f"key-{number}"]}
        edge.request("PUT", f"/_mock/sandboxes/t{number}", json={"credentials": credentials})
    edge.request("POST", f"{prefix}{CLICK_TO_CALL_PATH}", json=CLICK_TO_CALL, headers=headers)
    sandboxes = edge.get_json("/_mock/sandboxes")["sandboxes"]
    assert {sandbox["name"]: sandbox["calls"] for sandbox in sandboxes} == {
        "default": 0, "t1": 0, "t2": 0, "t3": 0, name: 1
    }  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "expected"), MOCK_HEADERS)
def test_an_answer_has_exactly_the_mock_headers_of_the_table(
    edge: EdgeSite, method: str, path: str, body: object, expected: Mapping[str, str]
) -> None:
    response = edge.request(method, path, json=body, headers=HEADERS)
    headers = {name: value for name, value in response.headers.items() if name.startswith("x-mock")}
    assert headers == expected


def test_a_request_may_ask_for_several_scenarios(edge: EdgeSite) -> None:
    edge.click_to_call("doubled-report", "callee-busy")
    edge.advance()
    [call] = edge.get_json("/_mock/calls")["calls"]
    assert (call["scenarios"], call["outcome"]) == (["callee-busy", "doubled-report"], "busy")


def test_a_sandbox_appears_with_its_first_vendor_request(edge: EdgeSite) -> None:
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    sandboxes = edge.get_json("/_mock/sandboxes")["sandboxes"]
    assert [sandbox["name"] for sandbox in sandboxes] == ["default", "t1"]


def test_a_claimed_credential_cannot_be_claimed_again(edge: EdgeSite) -> None:
    body = {"credentials": {"effebot": ["key-1"]}}
    statuses = [
        edge.request("PUT", f"/_mock/sandboxes/{name}", json=body).status_code
        for name in ("t1", "t2")
    ]
    assert statuses == [200, 409]


@pytest.mark.parametrize("accept", ROOT)
def test_the_root_leads_a_browser_to_the_page_and_tells_a_program_where_everything_is(
    edge: EdgeSite, accept: str
) -> None:
    response = edge.request("GET", "/", headers={"accept": accept})
    headers = response.headers
    assert (response.status_code, headers.get("location") or headers["content-type"]) == ROOT[
        accept
    ]


def test_a_read_below_an_unknown_sandbox_is_404(edge: EdgeSite) -> None:
    response = edge.request("GET", "/_sandbox/unknown/_mock/calls")
    assert (response.status_code, response.headers["x-mock-problem"]) == (404, "unknown-sandbox")


@pytest.mark.parametrize("path", ["/favicon.ico", "/apple-touch-icon.png"])
def test_a_path_that_only_browsers_ask_for_is_neither_listed_nor_counted(
    edge: EdgeSite, path: str
) -> None:
    assert edge.request("GET", path).status_code == 404
    assert edge.get_json("/_mock/requests")["requests"] == []
    assert edge.get_json("/_mock/health")["rejections"] == {}


def test_a_foreign_host_is_counted_and_listed(edge: EdgeSite) -> None:
    refused = edge.request("POST", CLICK_TO_CALL_PATH, json=CLICK_TO_CALL, hosts=("evil.test",))
    assert (refused.status_code, refused.headers["x-mock-problem"]) == (403, "foreign-host")
    [listed] = edge.get_json("/_mock/requests")["requests"]
    assert (listed["status"], listed["problem"]) == (403, "foreign-host")
    assert edge.get_json("/_mock/health")["rejections"] == {"foreign-host": 1}
