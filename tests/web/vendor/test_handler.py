"""One vendor request: what we say beside the vendor's answer, and what we refuse ourselves."""

import asyncio
import json
import logging
from typing import Any, NoReturn

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import Rule
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL, only_providers
from tests.support.site_client import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    SiteClient,
    build_site_client,
    configuration_with_provider,
    read_problem,
)

NOW = "2026-01-01T09:00:00.000Z"
PLACED = {"status": 200, "message": "Call initiated successfully"}
KNOWN = {"x-mock-request", "x-mock-now", "x-mock-call", "x-mock-fault", "x-mock-explain"}


def beside(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("x-mock")}


def test_an_answer_says_what_it_is_about(site: SiteClient) -> None:
    answer = site.click_to_call()
    assert (answer.status_code, answer.json()) == (200, PLACED)
    assert answer.headers["content-type"] == "application/json"
    assert beside(answer) == {"x-mock-request": "r1", "x-mock-now": NOW, "x-mock-call": "c1"}


def test_ids_go_on_counting(site: SiteClient) -> None:
    told = [beside(site.click_to_call()) for _ in range(2)]
    assert [one["x-mock-request"] for one in told] == ["r1", "r2"]
    assert [one["x-mock-call"] for one in told] == ["c1", "c2"]


def test_now_is_the_sandbox_s_time(site: SiteClient) -> None:
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
def test_a_refusal_says_why(site: SiteClient, sent: object, received: str) -> None:
    answer = site.click_to_call(to=sent)
    assert (answer.status_code, answer.json()["status"]) == (422, "ERROR")
    told = beside(answer)
    assert (told["x-mock-request"], told["x-mock-fault"]) == ("r1", "to-malformed")
    why = f"to-malformed (assumed): The to format is invalid.; to: received {received}"
    assert told["x-mock-explain"].startswith(why)
    assert "x-mock-call" not in told


def test_a_refusal_names_what_was_not_sent(site: SiteClient) -> None:
    answer = site.request(
        "POST", CLICK_TO_CALL_PATH, json={"bridge": "918068281234"}, headers=HEADERS
    )
    explain = answer.headers["x-mock-explain"]
    assert explain.startswith(
        "from-required (assumed): The from field is required.; from: not sent"
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_a_wrong_method_is_the_vendor_s_business(site: SiteClient, method: str) -> None:
    answer = site.request(method, CLICK_TO_CALL_PATH, headers=HEADERS)
    expected = b'{"status":"ERROR","code":405,"message":"Method Not Allowed"}'
    assert (answer.status_code, answer.content) == (405, b"" if method == "HEAD" else expected)
    assert answer.headers["allow"] == "POST"
    assert answer.headers["x-mock-fault"] == "wrong-method"
    assert "x-mock-problem" not in answer.headers
    assert read.calls(site.sandbox.state) == {}


def test_an_answer_without_json(site: SiteClient) -> None:
    answer = site.request(
        "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers={"accept": "text/html"}
    )
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["location"] == "/login"
    assert answer.headers["x-mock-fault"] == "unauthenticated"


@pytest.mark.parametrize(
    ("path", "host"),
    [
        (CLICK_TO_CALL_PATH, "mock.test"),
        (CLICK_TO_CALL_PATH, "PORTAL.mobtexting.com:8080"),
        (f"/mobtexting{CLICK_TO_CALL_PATH}", "mock.test"),
        (f"/mobtexting/portal.mobtexting.com{CLICK_TO_CALL_PATH}", "mock.test"),
    ],
)
def test_every_way_in(site: SiteClient, path: str, host: str) -> None:
    answer = site.request("POST", path, json=dict(CLICK_TO_CALL), headers={**HEADERS, "host": host})
    assert (answer.status_code, answer.json()) == (200, PLACED)
    assert read.exchanges(site.sandbox.state)[0].request.path == path


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v2/voice/c2d"),
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("POST", f"{CLICK_TO_CALL_PATH}/"),
    ],
)
def test_an_unknown_path_is_our_own_problem(
    configuration: Configuration, method: str, path: str
) -> None:
    answer = build_site_client(only_providers(configuration, "mobtexting")).request(method, path)
    detail = f"no emulated API has {method} {path}; nearest: POST {CLICK_TO_CALL_PATH}"
    assert read_problem(answer) == (404, "unknown path", detail)
    assert answer.json()["nearest"] == [f"POST {CLICK_TO_CALL_PATH}"]
    assert "x-mock-fault" not in answer.headers


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("callee-busy", ["callee-busy"]),
        (" callee-busy ,, answered ", ["callee-busy", "answered"]),
        ("", []),
        (" , ", []),
    ],
)
def test_scenarios_by_header(site: SiteClient, header: str, expected: list[str]) -> None:
    headers = {**HEADERS, "x-mock-scenario": header}
    assert (
        site.request(
            "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers
        ).status_code
        == 200
    )
    assert list(read.exchanges(site.sandbox.state)[0].scenarios) == expected
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
def test_an_unknown_scenario_is_our_own_problem(
    site: SiteClient, names: tuple[str, ...], unknown: str, hint: str
) -> None:
    status, title, detail = read_problem(site.click_to_call(*names))
    assert (status, title) == (422, "unknown scenario")
    assert detail.startswith(f"no scenario is named {unknown!r}: {hint}")
    assert (read.calls(site.sandbox.state), list(read.journal(site.sandbox.state))) == ({}, [])


def test_the_hint_of_a_far_name_lists_the_known_ones(site: SiteClient) -> None:
    known = ", ".join(sorted(site.sandbox.state.configuration.scenarios.by_name))
    assert read_problem(site.click_to_call("qqqq"))[2].endswith(f"known: {known}")


@pytest.mark.parametrize(
    ("size", "status"), [(DEFAULT_BODY_LIMIT, 400), (DEFAULT_BODY_LIMIT + 1, 413)]
)
def test_a_body_within_the_limit_and_beyond(site: SiteClient, size: int, status: int) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    answer = site.request("POST", CLICK_TO_CALL_PATH, content=b" " * size, headers=headers)
    assert answer.status_code == status
    assert ("x-mock-fault" in answer.headers) == (status == 400)


def test_a_body_beyond_the_limit_is_our_own_problem(site: SiteClient) -> None:
    answer = site.request(
        "POST", CLICK_TO_CALL_PATH, content=bytes(DEFAULT_BODY_LIMIT + 1), headers=HEADERS
    )
    assert read_problem(answer) == (413, "body too large", "this takes at most 1,000,000 bytes")
    assert list(read.journal(site.sandbox.state)) == []


# --- a provider that fails -----------------------------------------------------------------------


def boom(*_: object) -> NoReturn:
    raise LookupError("oops")


def broken_endpoint(configuration: Configuration, **changes: Any) -> tuple[Endpoint, ...]:
    known = configuration.providers["mobtexting"].provider.endpoints[0]
    parts = {"rules": known.rules, "respond": known.respond, **changes}
    place = (known.operation, known.method, known.host, known.path)
    return (Endpoint(*place, **parts),)


@pytest.mark.parametrize("part", ["credential", "new_call_id", "refuse", "rules", "answer"])
def test_a_provider_that_raises_is_our_own_problem(
    configuration: Configuration, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    fault = configuration.providers["mobtexting"].provider.wrong_method
    changes: dict[str, Any] = {
        "rules": {
            "endpoints": broken_endpoint(configuration, rules=((Rule(test=boom, fault=fault),),))
        },
        "answer": {"endpoints": broken_endpoint(configuration, respond=boom)},
    }.get(part, {part: boom})
    site = build_site_client(configuration_with_provider(configuration, **changes))
    with caplog.at_level(logging.ERROR, "mockserver"):
        answer = site.click_to_call(**({"to": None} if part == "refuse" else {}))
    detail = "this is a fault of the mock server: LookupError('oops')"
    assert read_problem(answer) == (500, "mock failed", detail)
    assert caplog.messages == ["a provider failed"]
    state = site.sandbox.state
    assert (read.calls(state), list(read.exchanges(state)), read.peek(state)) == ({}, [], None)
    facts = [(fact.type, fact.at, repr(fact.payload)) for fact in read.journal(state)]
    assert facts == [("error", site.sandbox.clock.now(), "LookupError('oops')")]


def test_a_provider_s_answer_that_is_no_json_is_our_own_problem(
    configuration: Configuration,
) -> None:
    def odd(_: object) -> EndpointResult:
        return EndpointResult(response=Response(status=200, body={"when": object()}))

    site = build_site_client(
        configuration_with_provider(
            configuration, endpoints=broken_endpoint(configuration, respond=odd)
        )
    )
    assert read_problem(site.click_to_call())[:2] == (500, "mock failed")
    told = site.get_json("/_mock/journal")["facts"]
    assert [fact["fact"] for fact in told] == ["request", "error"]
    assert told[1]["error"].startswith("TypeError(")
    [request] = site.get_json("/_mock/requests")["requests"]
    assert request["answer"].startswith("{'when': <object object at ")


def test_a_log_that_cannot_be_written_is_not_the_client_s_business(site: SiteClient) -> None:
    """Standard error may be closed: `mockserver 2>&1 | head -1`."""

    def broken(_: object) -> None:
        raise BrokenPipeError

    read.subscribers(site.sandbox.state).append(broken)
    assert site.click_to_call().status_code == 200


# --- on the wire ---------------------------------------------------------------------------------


def scope(body: bytes, content_type: str = "application/json") -> Scope:
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


async def served(app: ASGIApp, about: Scope, receive: Receive, send: Send) -> None:
    await app(about, receive, send)


def test_nothing_of_a_call_happens_before_its_answer_has_been_sent(
    configuration: Configuration,
) -> None:
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    seen = list[tuple[str, list[str]]]()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        events = read.calls(site.sandbox.state)["c1"].events
        seen.append((message["type"], [event.type for event in events]))

    async def scenario() -> None:
        site.sandbox.start()
        await site.app(scope(body), receive, send)
        await carried.wait()
        await site.sandbox.stop()

    async def carry(_: Delivery) -> DeliveryResult:
        carried.set()
        return DeliveryResult(status=200)

    carried, site = asyncio.Event(), build_site_client(configuration, "instant")
    site.dispatcher.receive = carry
    asyncio.run(asyncio.wait_for(scenario(), 10))
    assert seen == [("http.response.start", ["placed"]), ("http.response.body", ["placed"])]


def test_a_request_that_breaks_off_places_no_call(site: SiteClient) -> None:
    sent = b"bridge=918068281234&from=918867135000&to=918867136000"
    messages: list[Message] = [
        {"type": "http.request", "body": sent, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_: Message) -> None: ...

    about = scope(sent + b"&duration=5", "application/x-www-form-urlencoded")
    asyncio.run(served(site.app, about, receive, send))
    assert read.calls(site.sandbox.state) == {}


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/_mock/clock")])
def test_every_answer_carries_the_sandbox_s_time(site: SiteClient, method: str, path: str) -> None:
    assert site.request(method, path).headers["x-mock-now"] == NOW
