"""Each way to provoke a problem over HTTP gives the status, the type and the title of its kind."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.access_control import AccessControl
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import CLICK_TO_CALL_PATH
from tests.support.site import BEARER, HEADERS

URN = "urn:call-mockserver:problem:"
CLAIM = {"credentials": {"mobtexting": ["key-1"]}}
SCENARIO_HEADER = {"headers": {**HEADERS, "x-mock-scenario": "nobody"}}

Problem = tuple[int, str, str]
"""Status, type, title."""

BAD_REQUEST = (400, f"{URN}bad-request", "bad request")
TOKEN_REQUIRED = (401, f"{URN}token-required", "token required")
FOREIGN_HOST = (403, f"{URN}foreign-host", "foreign host")
FOREIGN_ORIGIN = (403, f"{URN}foreign-origin", "foreign origin")
UNKNOWN_PATH = (404, f"{URN}unknown-path", "unknown path")
UNKNOWN_ROUTE = (404, f"{URN}unknown-route", "unknown route")
UNKNOWN_SANDBOX = (404, f"{URN}unknown-sandbox", "unknown sandbox")
UNKNOWN_PROVIDER = (404, f"{URN}unknown-provider", "unknown provider")
UNKNOWN_OPERATION = (404, f"{URN}unknown-operation", "unknown operation")
UNKNOWN_ACCOUNT = (404, f"{URN}unknown-account", "unknown account")
UNKNOWN_CALL = (404, f"{URN}unknown-call", "unknown call")
UNKNOWN_REQUEST = (404, f"{URN}unknown-request", "unknown request")
UNKNOWN_WEBHOOK = (404, f"{URN}unknown-webhook", "unknown webhook")
UNKNOWN_RECORDING = (404, f"{URN}unknown-recording", "unknown recording")
SCENARIO_NOT_UPLOADED = (404, f"{URN}scenario-not-uploaded", "scenario not uploaded")
METHOD_NOT_ALLOWED = (405, f"{URN}method-not-allowed", "method not allowed")
WAIT_TIMEOUT = (408, f"{URN}wait-timeout", "wait timeout")
NO_SAMPLE = (409, f"{URN}no-sample", "no sample")
CREDENTIAL_CLAIMED = (409, f"{URN}credential-claimed", "credential claimed")
DEFAULT_SANDBOX_STAYS = (409, f"{URN}default-sandbox-stays", "default sandbox stays")
UNKNOWN_ACTIVATION = (404, f"{URN}unknown-activation", "unknown activation")
NOBODY_ON_THE_PHONE = (409, f"{URN}nobody-on-the-phone", "nobody on the phone")
ILLEGAL_TRANSITION = (409, f"{URN}illegal-transition", "illegal transition")
BODY_TOO_LARGE = (413, f"{URN}body-too-large", "body too large")
UNSUPPORTED_ENCODING = (415, f"{URN}unsupported-encoding", "unsupported encoding")
INVALID_BODY = (422, f"{URN}invalid-body", "invalid body")
INVALID_HEADER = (422, f"{URN}invalid-header", "invalid header")
INVALID_QUERY = (422, f"{URN}invalid-query", "invalid query")
INVALID_NAME = (422, f"{URN}invalid-sandbox-name", "invalid sandbox name")
INVALID_SCENARIO = (422, f"{URN}invalid-scenario", "invalid scenario")
UNKNOWN_SCENARIO = (422, f"{URN}unknown-scenario", "unknown scenario")
CONNECTION_BROKEN = (502, f"{URN}connection-broken", "connection broken")


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site with one call, which has ended, and with a claimed credential."""
    edge = build_edge_site(configuration)
    edge.click_to_call("callee-busy")
    edge.advance()
    edge.request("PUT", "/_mock/sandboxes/claimant", json=CLAIM)
    return edge


def read_kind(edge: EdgeSite, method: str, path: str, options: dict[str, Any]) -> Problem:
    problem = edge.request(method, path, **options).json()
    return problem["status"], problem["type"], problem["title"]


@pytest.mark.parametrize(
    ("method", "path", "options", "problem"),
    [
        ("POST", CLICK_TO_CALL_PATH, {"hosts": ["localhost", "localhost"]}, BAD_REQUEST),
        ("POST", CLICK_TO_CALL_PATH, {"headers": {"transfer-encoding": "gzip"}}, BAD_REQUEST),
        ("POST", CLICK_TO_CALL_PATH, {"hosts": ["evil.test"]}, FOREIGN_HOST),
        ("POST", CLICK_TO_CALL_PATH, {"headers": {"origin": "http://evil.test"}}, FOREIGN_ORIGIN),
        ("POST", CLICK_TO_CALL_PATH, {"content": b"x" * 1_000_001}, BODY_TOO_LARGE),
        (
            "POST",
            CLICK_TO_CALL_PATH,
            {"headers": {"content-encoding": "br"}},
            UNSUPPORTED_ENCODING,
        ),
        ("POST", CLICK_TO_CALL_PATH, SCENARIO_HEADER, UNKNOWN_SCENARIO),
        ("GET", "/nowhere", {}, UNKNOWN_PATH),
        ("GET", "/_sandbox/-x/nowhere", {}, UNKNOWN_SANDBOX),
    ],
)
def test_a_vendor_request_that_no_vendor_answers_gets_a_problem(
    edge: EdgeSite, method: str, path: str, options: dict[str, Any], problem: Problem
) -> None:
    assert read_kind(edge, method, path, options) == problem


@pytest.mark.parametrize(
    ("method", "path", "options", "problem"),
    [
        ("GET", "/clock", {"hosts": ["evil.test"]}, FOREIGN_HOST),
        ("GET", "/clock", {"headers": {"origin": "null"}}, FOREIGN_ORIGIN),
        ("GET", "/nothing", {}, UNKNOWN_ROUTE),
        ("DELETE", "/clock", {}, METHOD_NOT_ALLOWED),
        ("GET", "/openapi/acme.json", {}, UNKNOWN_PROVIDER),
        ("GET", "/accounts/acme", {}, UNKNOWN_PROVIDER),
        ("PUT", "/accounts/acme/x", {"json": {}}, UNKNOWN_PROVIDER),
        ("GET", "/accounts/mobtexting/x", {}, UNKNOWN_ACCOUNT),
        ("PATCH", "/accounts/mobtexting/x", {"json": {}}, UNKNOWN_ACCOUNT),
        ("POST", "/samples/acme/call", {"json": {}}, UNKNOWN_PROVIDER),
        ("POST", "/samples/mobtexting/call", {"json": {}}, UNKNOWN_OPERATION),
        ("POST", "/samples/effebot/get", {"json": {}}, NO_SAMPLE),
        ("GET", "/calls/c9", {}, UNKNOWN_CALL),
        ("GET", "/calls/c9/timeline", {}, UNKNOWN_CALL),
        ("POST", "/calls/c9/events", {"json": {}}, UNKNOWN_CALL),
        ("GET", "/explain/r9", {}, UNKNOWN_REQUEST),
        ("POST", "/webhooks/w9/redeliver", {}, UNKNOWN_WEBHOOK),
        ("DELETE", "/activations/a9", {}, UNKNOWN_ACTIVATION),
        ("DELETE", "/sandboxes/t1", {}, UNKNOWN_SANDBOX),
        ("DELETE", "/sandboxes/default", {}, DEFAULT_SANDBOX_STAYS),
        ("PUT", "/sandboxes/t1", {"json": CLAIM}, CREDENTIAL_CLAIMED),
        ("PUT", "/sandboxes/-x", {"json": {}}, INVALID_NAME),
        ("DELETE", "/scenarios/answered", {}, SCENARIO_NOT_UPLOADED),
        ("PUT", "/scenarios/mine", {"json": {"legs": {"callee": "bussy"}}}, INVALID_SCENARIO),
        ("POST", "/activations", {"json": {"scenario": "nobody"}}, UNKNOWN_SCENARIO),
        ("POST", "/wait", {"json": {"for": "call", "count": 2, "timeout": 0}}, WAIT_TIMEOUT),
        ("POST", "/calls/c1/events", {"json": {"event": "hangup"}}, ILLEGAL_TRANSITION),
        (
            "PUT",
            "/clock",
            {"json": {"mode": "real", "while": "on-the-phone"}},
            NOBODY_ON_THE_PHONE,
        ),
        ("PUT", "/clock", {"content": b"x" * 1_000_001}, BODY_TOO_LARGE),
        ("GET", "/events", {"headers": {"last-event-id": "x"}}, INVALID_HEADER),
        ("GET", "/calls?stat=ended", {}, INVALID_QUERY),
        ("GET", "/calls?limit=x", {}, INVALID_QUERY),
        ("GET", "/calls?after=c9", {}, INVALID_QUERY),
        ("GET", "/timeline?format=x", {}, INVALID_QUERY),
    ],
)
def test_a_control_request_that_fails_gets_a_problem(
    edge: EdgeSite, method: str, path: str, options: dict[str, Any], problem: Problem
) -> None:
    assert read_kind(edge, method, f"/_mock{path}", options) == problem


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"mode": "fast"}),
        ("POST", "/clock/advance", {"by": "soon"}),
        ("POST", "/clock/advance", {"to": "soon"}),
        ("POST", "/clock/advance", {}),
        ("POST", "/wait", {"for": "nothing"}),
        ("POST", "/wait", {"for": "call", "timeout": "soon"}),
        ("POST", "/calls/c1/events", {"event": "dance"}),
        ("POST", "/calls/c1/events", {"event": "digits"}),
        ("POST", "/activations", {"scenario": "answered", "times": 0}),
        ("POST", "/activations", {"scenario": "answered", "match": []}),
        ("PUT", "/sandboxes/t1", {"color": "red"}),
        ("PUT", "/sandboxes/t1", {"clock": "fast"}),
        ("PUT", "/sandboxes/t1", {"start_at": "soon"}),
        ("PUT", "/sandboxes/t1", {"credentials": []}),
        ("PUT", "/inboxes/mine", {"responses": [1]}),
        ("PUT", "/accounts/mobtexting/x", {"color": "red"}),
        ("PATCH", "/accounts/mobtexting/mobtexting-default", {"color": "red"}),
        ("PUT", "/clock", []),
    ],
)
def test_a_control_request_with_a_body_that_its_route_does_not_take_gets_a_problem(
    edge: EdgeSite, method: str, path: str, body: Any
) -> None:
    assert read_kind(edge, method, f"/_mock{path}", {"json": body}) == INVALID_BODY


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/_media/nobody/x.wav", UNKNOWN_SANDBOX),
        ("/_media/default/x.wav", UNKNOWN_RECORDING),
        ("/_media/default/x.mp3", UNKNOWN_ROUTE),
    ],
)
def test_a_recording_that_is_not_there_is_a_problem(
    edge: EdgeSite, path: str, problem: Problem
) -> None:
    assert read_kind(edge, "GET", path, {}) == problem


def test_a_disconnect_on_a_server_that_cannot_disconnect_is_a_problem(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/mine", json={"responses": [{"break": "reset"}]})
    problem = edge.click_to_call("mine").json()
    assert (problem["status"], problem["type"], problem["title"]) == CONNECTION_BROKEN


def test_a_control_request_without_the_token_of_the_server_gets_a_problem(
    configuration: Configuration,
) -> None:
    edge = build_edge_site(configuration, AccessControl(token=BEARER))
    assert read_kind(edge, "GET", "/_mock/clock", {}) == TOKEN_REQUIRED
