"""A vendor request gets a vendor response with additional headers, or a problem."""

import asyncio
import json
import logging
from typing import Any, NoReturn

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.missing_package import MissingPackage
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import Rule
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine import effects
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT
from tests.support import read
from tests.support.simulation import (
    CLICK_TO_CALL,
    CLICK_TO_CALL_PATH,
    configuration_with_provider,
    only_providers,
)
from tests.support.site import HEADERS, read_problem
from tests.support.site_client import SiteClient, build_site_client

NOW = "2026-01-01T09:00:00.000Z"
PLACED = {"status": 200, "message": "Call initiated successfully"}


def mock_headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("x-mock")}


def test_a_vendor_response_names_its_request_time_and_call(site: SiteClient) -> None:
    response = site.click_to_call()
    assert (response.status_code, response.json()) == (200, PLACED)
    assert response.headers["content-type"] == "application/json"
    assert mock_headers(response) == {
        "x-mock-request": "r1",
        "x-mock-now": NOW,
        "x-mock-call": "c1",
    }


def test_request_and_call_ids_are_consecutive_numbers(site: SiteClient) -> None:
    headers = [mock_headers(site.click_to_call()) for _ in range(2)]
    assert [header["x-mock-request"] for header in headers] == ["r1", "r2"]
    assert [header["x-mock-call"] for header in headers] == ["c1", "c2"]


def test_the_now_header_is_the_virtual_time_of_the_sandbox(site: SiteClient) -> None:
    site.advance(by="1h30m")
    assert site.click_to_call().headers["x-mock-now"] == "2026-01-01T10:30:00.000Z"


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("nobody", "'nobody'; would pass: "),
        (["1"], '["1"]; would pass: '),
        ("ü\n\x00", "'\\xfc\\n\\x00'; would pass: "),
        ("9" * 500, "'" + "9" * 79 + "; would pass: "),
    ],
)
def test_a_refusal_explains_the_value_it_received(
    site: SiteClient, sent: object, received: str
) -> None:
    response = site.click_to_call(to=sent)
    assert (response.status_code, response.json()["status"]) == (422, "ERROR")
    headers = mock_headers(response)
    assert (headers["x-mock-request"], headers["x-mock-fault"]) == ("r1", "to-malformed")
    explanation = f"to-malformed (assumed): The to format is invalid.; to: received {received}"
    assert headers["x-mock-explain"].startswith(explanation)
    assert "x-mock-call" not in headers


def test_a_refusal_names_a_required_field_that_was_not_sent(site: SiteClient) -> None:
    response = site.request(
        "POST", CLICK_TO_CALL_PATH, json={"bridge": "918068281234"}, headers=HEADERS
    )
    explain = response.headers["x-mock-explain"]
    assert explain.startswith(
        "from-required (assumed, condition documented): The from field is required.; from: not sent"
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_a_wrong_method_gets_the_405_response_of_the_vendor(site: SiteClient, method: str) -> None:
    response = site.request(method, CLICK_TO_CALL_PATH, headers=HEADERS)
    expected = b'{"status":"ERROR","code":405,"message":"Method Not Allowed"}'
    assert (response.status_code, response.content) == (405, b"" if method == "HEAD" else expected)
    assert response.headers["allow"] == "POST, GET"
    assert response.headers["x-mock-fault"] == "wrong-method"
    assert "x-mock-problem" not in response.headers
    assert read.calls(site.sandbox.state) == {}


def test_an_unauthenticated_request_that_accepts_html_is_redirected_to_the_login(
    site: SiteClient,
) -> None:
    response = site.request(
        "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers={"accept": "text/html"}
    )
    assert (response.status_code, response.content) == (302, b"")
    assert response.headers["location"] == "/login"
    assert response.headers["x-mock-fault"] == "unauthenticated"


@pytest.mark.parametrize(
    ("path", "host"),
    [
        (CLICK_TO_CALL_PATH, "mock.test"),
        (CLICK_TO_CALL_PATH, "PORTAL.mobtexting.com:8080"),
        (f"/mobtexting{CLICK_TO_CALL_PATH}", "mock.test"),
        (f"/mobtexting/portal.mobtexting.com{CLICK_TO_CALL_PATH}", "mock.test"),
    ],
)
def test_a_vendor_is_reached_by_path_host_or_prefix(site: SiteClient, path: str, host: str) -> None:
    response = site.request(
        "POST", path, json=dict(CLICK_TO_CALL), headers={**HEADERS, "host": host}
    )
    assert (response.status_code, response.json()) == (200, PLACED)
    assert read.exchanges(site.sandbox.state)[0].request.path == path


@pytest.mark.parametrize(
    ("method", "path", "nearest"),
    [
        ("POST", "/api/v2/voice/c2d", ["POST"]),
        ("GET", "/api/v2/voice/c2d", ["GET"]),
        ("GET", "/nowhere", ["POST", "GET"]),
        ("GET", "/favicon.ico", ["POST", "GET"]),
        ("POST", f"{CLICK_TO_CALL_PATH}/", ["POST"]),
    ],
)
def test_an_unknown_path_is_a_404_problem_with_the_nearest_operations(
    configuration: Configuration, method: str, path: str, nearest: list[str]
) -> None:
    response = build_site_client(only_providers(configuration, "mobtexting")).request(method, path)
    operations = [f"{each} {CLICK_TO_CALL_PATH}" for each in nearest]
    detail = f"no emulated API has {method} {path}; nearest: {'; '.join(operations)}"
    assert read_problem(response) == (404, "unknown-path", detail)
    assert response.json()["nearest"] == operations
    assert "x-mock-fault" not in response.headers


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("callee-busy", ["callee-busy"]),
        (" callee-busy ,, answered ", ["callee-busy", "answered"]),
        ("", []),
        (" , ", []),
    ],
)
def test_the_scenario_header_selects_the_scenarios_of_a_request(
    site: SiteClient, header: str, expected: list[str]
) -> None:
    headers = {**HEADERS, "x-mock-scenario": header}
    assert (
        site.request(
            "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers
        ).status_code
        == 200
    )
    assert list(read.exchanges(site.sandbox.state)[0].scenario_names) == expected
    played = read.leg_scenarios(site.sandbox.state)["c1"].scenario.name
    assert played == (expected or ["answered"])[0]


@pytest.mark.parametrize(
    ("names", "unknown", "hint"),
    [
        (("calle-busy",), "calle-busy", "did you mean 'callee-busy'?"),
        (("callee-busy", "anwsered"), "anwsered", "did you mean 'answered'?"),
        (("qqqq",), "qqqq", "known: "),
    ],
)
def test_an_unknown_scenario_is_a_422_problem_with_a_hint(
    site: SiteClient, names: tuple[str, ...], unknown: str, hint: str
) -> None:
    status, kind, detail = read_problem(site.click_to_call(*names))
    assert (status, kind) == (422, "unknown-scenario")
    assert detail.startswith(f"no scenario is named {unknown!r}: {hint}")
    assert read.calls(site.sandbox.state) == {}


def test_a_scenario_name_near_no_other_gets_all_known_names_as_a_hint(site: SiteClient) -> None:
    known = ", ".join(sorted(site.sandbox.state.configuration.scenarios.by_name))
    assert read_problem(site.click_to_call("qqqq"))[2].endswith(f"known: {known}")


@pytest.mark.parametrize(
    ("size", "status"), [(DEFAULT_BODY_LIMIT, 400), (DEFAULT_BODY_LIMIT + 1, 413)]
)
def test_a_body_is_read_up_to_the_default_limit(site: SiteClient, size: int, status: int) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    response = site.request("POST", CLICK_TO_CALL_PATH, content=b" " * size, headers=headers)
    assert response.status_code == status
    assert ("x-mock-fault" in response.headers) == (status == 400)


def test_a_body_over_the_limit_is_a_413_problem_and_not_in_its_exchange(
    site: SiteClient,
) -> None:
    response = site.request(
        "POST", CLICK_TO_CALL_PATH, content=bytes(DEFAULT_BODY_LIMIT + 1), headers=HEADERS
    )
    text = "the mock server takes at most 1,000,000 bytes here; how the vendor refuses more is "
    assert read_problem(response) == (413, "body-too-large", f"{text}not known")
    [exchange] = read.exchanges(site.sandbox.state)
    assert (exchange.problem, exchange.request.path) == ("body-too-large", CLICK_TO_CALL_PATH)
    assert (exchange.request.body, exchange.request.fields) == (b"", {})


# --- a provider that fails -----------------------------------------------------------------------


def raise_lookup_error(*_: object) -> NoReturn:
    raise LookupError("oops")


def change_endpoint(configuration: Configuration, **changes: Any) -> tuple[Endpoint, ...]:
    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]
    behavior = {"rules": endpoint.rules, "respond": endpoint.respond, **changes}
    route = (endpoint.operation, endpoint.method, endpoint.host, endpoint.path)
    return (Endpoint(*route, **behavior),)


@pytest.mark.parametrize("part", ["credential", "new_call_id", "refuse", "rules", "answer"])
def test_an_exception_in_a_provider_is_a_500_problem_and_changes_no_call(
    configuration: Configuration, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    fault = configuration.providers["mobtexting"].provider.wrong_method
    changes: dict[str, Any] = {
        "rules": {
            "endpoints": change_endpoint(
                configuration, rules=((Rule(test=raise_lookup_error, fault=fault),),)
            )
        },
        "answer": {"endpoints": change_endpoint(configuration, respond=raise_lookup_error)},
    }.get(part, {part: raise_lookup_error})
    site = build_site_client(configuration_with_provider(configuration, **changes))
    with caplog.at_level(logging.ERROR, "mockserver"):
        response = site.click_to_call(**({"to": None} if part == "refuse" else {}))
    detail = "this is a fault of the mock server: LookupError('oops')"
    assert read_problem(response) == (500, "internal-error", detail)
    [message] = caplog.messages
    assert message.startswith("a provider failed\nTraceback")
    assert message.endswith("LookupError: oops\n")
    state = site.sandbox.state
    assert (read.calls(state), list(read.exchanges(state)), read.peek(state)) == ({}, [], None)
    entries = [(entry.type, entry.at, repr(entry.payload)) for entry in read.journal(state)]
    assert entries == [("error", site.sandbox.clock.now(), "LookupError('oops')")]


def test_a_vendor_whose_package_is_missing_answers_with_a_problem_that_is_no_error(
    configuration: Configuration,
) -> None:
    def credential(_: object) -> NoReturn:
        raise MissingPackage("install the package tzdata")

    site = build_site_client(configuration_with_provider(configuration, credential=credential))
    response = site.click_to_call()
    assert read_problem(response) == (503, "missing-package", "install the package tzdata")
    health = site.get_json("/_mock/health")
    assert (health["errors"], health["rejections"]) == (0, {"missing-package": 1})


def test_a_request_whose_effects_fail_halfway_is_a_500_problem_and_ends_its_call(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(effects, "next_due_step", raise_lookup_error)
    with caplog.at_level(logging.ERROR, "mockserver"):
        response = site.click_to_call()
    detail = "this is a fault of the mock server: LookupError('oops')"
    assert read_problem(response) == (500, "internal-error", detail)
    assert mock_headers(response)["x-mock-request"] == "r1"
    assert "LookupError: oops" in caplog.text
    [request] = site.get_json("/_mock/requests")["requests"]
    assert (request["status"], request["problem"]) == (500, "internal-error")
    assert site.get_json("/_mock/explain/r1")["reason"] == detail
    [call] = site.get_json("/_mock/calls")["calls"]
    assert (call["state"], call["outcome"]) == ("ended", "failed")
    entries = site.get_json("/_mock/journal")["entries"]
    assert [entry["type"] for entry in entries] == ["request", "event", "error", "event"]
    assert site.get_json("/_mock/health")["errors"] == 1


def test_a_provider_response_that_is_not_json_is_a_500_problem(
    configuration: Configuration,
) -> None:
    def respond(_: object) -> EndpointResult:
        return EndpointResult(response=Response(status=200, body={"when": object()}))

    site = build_site_client(
        configuration_with_provider(
            configuration, endpoints=change_endpoint(configuration, respond=respond)
        )
    )
    assert read_problem(site.click_to_call())[:2] == (500, "internal-error")
    entries = site.get_json("/_mock/journal")["entries"]
    assert [entry["type"] for entry in entries] == ["request", "error"]
    assert entries[1]["error"].startswith("TypeError(")
    [request] = site.get_json("/_mock/requests")["requests"]
    assert request["response"].startswith("{'when': <object object at ")


def test_a_failing_journal_subscriber_does_not_fail_the_request(site: SiteClient) -> None:
    """Standard error may be closed: `mockserver 2>&1 | head -1`."""

    def fail(_: object) -> None:
        raise BrokenPipeError

    site.sandbox.state.journal.subscribe(fail)
    assert site.click_to_call().status_code == 200


# --- ASGI ----------------------------------------------------------------------------------------


def build_scope(body: bytes, content_type: str = "application/json") -> Scope:
    length = str(len(body))
    headers = {"host": "mock.test", **HEADERS, "content-type": content_type}
    headers["content-length"] = length
    return {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": CLICK_TO_CALL_PATH,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 4711),
    }


async def call_app(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def test_a_call_does_not_begin_before_its_response_has_been_sent(
    configuration: Configuration,
) -> None:
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    observed = list[tuple[str, list[str]]]()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        events = read.calls(site.sandbox.state)["c1"].events
        observed.append((message["type"], [event.type for event in events]))

    async def main() -> None:
        site.sandbox.start()
        await site.app(build_scope(body), receive, send)
        await delivered.wait()
        await site.sandbox.stop()

    async def deliver(_: Delivery) -> DeliveryResult:
        delivered.set()
        return DeliveryResult(status=200)

    delivered, site = asyncio.Event(), build_site_client(configuration, "instant")
    site.dispatcher.receive = deliver
    asyncio.run(asyncio.wait_for(main(), 10))
    assert observed == [("http.response.start", ["placed"]), ("http.response.body", ["placed"])]


def test_a_request_that_disconnects_before_its_end_places_no_call(site: SiteClient) -> None:
    body = b"bridge=918068281234&from=918867135000&to=918867136000"
    messages: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_: Message) -> None: ...

    scope = build_scope(body + b"&duration=5", "application/x-www-form-urlencoded")
    asyncio.run(call_app(site.app, scope, receive, send))
    assert read.calls(site.sandbox.state) == {}


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/_mock/clock")])
def test_unknown_paths_and_control_routes_have_the_now_header(
    site: SiteClient, method: str, path: str
) -> None:
    assert site.request(method, path).headers["x-mock-now"] == NOW


def test_a_click_to_call_by_get_has_all_in_the_query(site: SiteClient) -> None:
    """As earlier pages of the vendor and their clients have it."""
    fields = {**CLICK_TO_CALL, "access_token": "key", "webhook_id": "5"}
    response = site.request("GET", CLICK_TO_CALL_PATH, params=fields)
    assert (response.status_code, response.headers["x-mock-call"]) == (200, "c1")
    [call] = read.calls(site.sandbox.state).values()
    assert [leg.number for leg in call.legs] == [CLICK_TO_CALL["from"], CLICK_TO_CALL["to"]]
