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
from tests.conftest import CLICK, only
from tests.web.conftest import C2C, HEADERS, House, build, refusal, with_provider

NOW = "2026-01-01T09:00:00.000Z"
PLACED = {"status": 200, "message": "Call initiated successfully"}
KNOWN = {"x-mock-request", "x-mock-now", "x-mock-call", "x-mock-fault", "x-mock-explain"}


def beside(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("x-mock")}


def test_an_answer_says_what_it_is_about(house: House) -> None:
    answer = house.place()
    assert (answer.status_code, answer.json()) == (200, PLACED)
    assert answer.headers["content-type"] == "application/json"
    assert beside(answer) == {"x-mock-request": "r1", "x-mock-now": NOW, "x-mock-call": "c1"}


def test_ids_go_on_counting(house: House) -> None:
    told = [beside(house.place()) for _ in range(2)]
    assert [one["x-mock-request"] for one in told] == ["r1", "r2"]
    assert [one["x-mock-call"] for one in told] == ["c1", "c2"]


def test_now_is_the_sandbox_s_time(house: House) -> None:
    house.advance(by="1h30m")
    assert house.place().headers["x-mock-now"] == "2026-01-01T10:30:00.000Z"


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("nobody", "'nobody'; would pass: "),
        (["1"], '["1"]; would pass: '),
        ("ü\n\x00", "'\\xfc\\n\\x00'; would pass: "),
        ("9" * 500, "'" + "9" * 79 + "; would pass: "),
    ],
)
def test_a_refusal_says_why(house: House, sent: object, received: str) -> None:
    answer = house.place(to=sent)
    assert (answer.status_code, answer.json()["status"]) == (422, "ERROR")
    told = beside(answer)
    assert (told["x-mock-request"], told["x-mock-fault"]) == ("r1", "to-malformed")
    why = f"to-malformed (assumed): The to format is invalid.; to: received {received}"
    assert told["x-mock-explain"].startswith(why)
    assert "x-mock-call" not in told


def test_a_refusal_names_what_was_not_sent(house: House) -> None:
    answer = house.ask("POST", C2C, json={"bridge": "918068281234"}, headers=HEADERS)
    explain = answer.headers["x-mock-explain"]
    assert explain.startswith(
        "from-required (assumed): The from field is required.; from: not sent"
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_a_wrong_method_is_the_vendor_s_business(house: House, method: str) -> None:
    answer = house.ask(method, C2C, headers=HEADERS)
    expected = b'{"status":"ERROR","code":405,"message":"Method Not Allowed"}'
    assert (answer.status_code, answer.content) == (405, b"" if method == "HEAD" else expected)
    assert answer.headers["allow"] == "POST"
    assert answer.headers["x-mock-fault"] == "wrong-method"
    assert "x-mock-problem" not in answer.headers
    assert house.sandbox.state.calls == {}


def test_an_answer_without_json(house: House) -> None:
    answer = house.ask("POST", C2C, json=dict(CLICK), headers={"accept": "text/html"})
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["location"] == "/login"
    assert answer.headers["x-mock-fault"] == "unauthenticated"


@pytest.mark.parametrize(
    ("path", "host"),
    [
        (C2C, "mock.test"),
        (C2C, "PORTAL.mobtexting.com:8080"),
        (f"/mobtexting{C2C}", "mock.test"),
        (f"/mobtexting/portal.mobtexting.com{C2C}", "mock.test"),
    ],
)
def test_every_way_in(house: House, path: str, host: str) -> None:
    answer = house.ask("POST", path, json=dict(CLICK), headers={**HEADERS, "host": host})
    assert (answer.status_code, answer.json()) == (200, PLACED)
    assert house.sandbox.state.exchanges[0].request.path == path


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v2/voice/c2d"), ("GET", "/"), ("GET", "/favicon.ico"), ("POST", f"{C2C}/")],
)
def test_an_unknown_path_is_our_own_problem(world: Configuration, method: str, path: str) -> None:
    answer = build(only(world, "mobtexting")).ask(method, path)
    detail = f"no emulated API has {method} {path}; nearest: POST {C2C}"
    assert refusal(answer) == (404, "unknown path", detail)
    assert answer.json()["nearest"] == [f"POST {C2C}"]
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
def test_scenarios_by_header(house: House, header: str, expected: list[str]) -> None:
    headers = {**HEADERS, "x-mock-scenario": header}
    assert house.ask("POST", C2C, json=dict(CLICK), headers=headers).status_code == 200
    assert list(house.sandbox.state.exchanges[0].scenarios) == expected
    played = house.sandbox.state.leg_scenarios["c1"].scenario.name
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
    house: House, names: tuple[str, ...], unknown: str, hint: str
) -> None:
    status, title, detail = refusal(house.place(*names))
    assert (status, title) == (422, "unknown scenario")
    assert detail.startswith(f"no scenario is named {unknown!r}: {hint}")
    assert (house.sandbox.state.calls, list(house.sandbox.state.journal)) == ({}, [])


def test_the_hint_of_a_far_name_lists_the_known_ones(house: House) -> None:
    known = ", ".join(sorted(house.sandbox.state.configuration.scenarios.by_name))
    assert refusal(house.place("qqqq"))[2].endswith(f"known: {known}")


@pytest.mark.parametrize(
    ("size", "status"), [(DEFAULT_BODY_LIMIT, 400), (DEFAULT_BODY_LIMIT + 1, 413)]
)
def test_a_body_within_the_limit_and_beyond(house: House, size: int, status: int) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    answer = house.ask("POST", C2C, content=b" " * size, headers=headers)
    assert answer.status_code == status
    assert ("x-mock-fault" in answer.headers) == (status == 400)


def test_a_body_beyond_the_limit_is_our_own_problem(house: House) -> None:
    answer = house.ask("POST", C2C, content=bytes(DEFAULT_BODY_LIMIT + 1), headers=HEADERS)
    assert refusal(answer) == (413, "body too large", "this takes at most 1,000,000 bytes")
    assert list(house.sandbox.state.journal) == []


# --- a provider that fails -----------------------------------------------------------------------


def boom(*_: object) -> NoReturn:
    raise LookupError("oops")


def broken_endpoint(world: Configuration, **changes: Any) -> tuple[Endpoint, ...]:
    known = world.providers["mobtexting"].provider.endpoints[0]
    parts = {"rules": known.rules, "respond": known.respond, **changes}
    place = (known.operation, known.method, known.host, known.path)
    return (Endpoint(*place, **parts),)


@pytest.mark.parametrize("part", ["credential", "new_call_id", "refuse", "rules", "answer"])
def test_a_provider_that_raises_is_our_own_problem(
    world: Configuration, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    fault = world.providers["mobtexting"].provider.wrong_method
    changes: dict[str, Any] = {
        "rules": {"endpoints": broken_endpoint(world, rules=((Rule(boom, fault),),))},
        "answer": {"endpoints": broken_endpoint(world, respond=boom)},
    }.get(part, {part: boom})
    house = build(with_provider(world, **changes))
    with caplog.at_level(logging.ERROR, "mockserver"):
        answer = house.place(**({"to": None} if part == "refuse" else {}))
    detail = "this is a fault of the mock server: LookupError('oops')"
    assert refusal(answer) == (500, "mock failed", detail)
    assert caplog.messages == ["a provider failed"]
    store = house.sandbox.state
    assert (store.calls, list(store.exchanges), store.peek()) == ({}, [], None)
    facts = [(fact.type, fact.at, repr(fact.payload)) for fact in store.journal]
    assert facts == [("error", house.sandbox.clock.now(), "LookupError('oops')")]


def test_a_provider_s_answer_that_is_no_json_is_our_own_problem(world: Configuration) -> None:
    def odd(_: object) -> EndpointResult:
        return EndpointResult(Response(200, {"when": object()}))

    house = build(with_provider(world, endpoints=broken_endpoint(world, respond=odd)))
    assert refusal(house.place())[:2] == (500, "mock failed")
    told = house.read("/_mock/journal")["facts"]
    assert [fact["fact"] for fact in told] == ["request", "error"]
    assert told[1]["error"].startswith("TypeError(")
    [request] = house.read("/_mock/requests")["requests"]
    assert request["answer"].startswith("{'when': <object object at ")


def test_a_log_that_cannot_be_written_is_not_the_client_s_business(house: House) -> None:
    """Standard error may be closed: `mockserver 2>&1 | head -1`."""

    def broken(_: object) -> None:
        raise BrokenPipeError

    house.sandbox.state.subscribers.append(broken)
    assert house.place().status_code == 200


# --- on the wire ---------------------------------------------------------------------------------


def scope(body: bytes, content_type: str = "application/json") -> Scope:
    length = str(len(body))
    headers = {"host": "mock.test", **HEADERS, "content-type": content_type}
    headers["content-length"] = length
    return {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": C2C,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 4711),
    }


async def served(app: ASGIApp, about: Scope, receive: Receive, send: Send) -> None:
    await app(about, receive, send)


def test_nothing_of_a_call_happens_before_its_answer_has_been_sent(world: Configuration) -> None:
    body = json.dumps(dict(CLICK)).encode()
    seen = list[tuple[str, list[str]]]()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        events = house.sandbox.state.calls["c1"].events
        seen.append((message["type"], [event.type for event in events]))

    async def scenario() -> None:
        house.sandbox.start()
        await house.app(scope(body), receive, send)
        await carried.wait()
        await house.sandbox.stop()

    async def carry(_: Delivery) -> DeliveryResult:
        carried.set()
        return DeliveryResult(200)

    carried, house = asyncio.Event(), build(world, "instant")
    house.postman.receive = carry
    asyncio.run(asyncio.wait_for(scenario(), 10))
    assert seen == [("http.response.start", ["placed"]), ("http.response.body", ["placed"])]


def test_a_request_that_breaks_off_places_no_call(house: House) -> None:
    sent = b"bridge=918068281234&from=918867135000&to=918867136000"
    messages: list[Message] = [
        {"type": "http.request", "body": sent, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_: Message) -> None: ...

    about = scope(sent + b"&duration=5", "application/x-www-form-urlencoded")
    asyncio.run(served(house.app, about, receive, send))
    assert house.sandbox.state.calls == {}


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/_mock/clock")])
def test_every_answer_carries_the_sandbox_s_time(house: House, method: str, path: str) -> None:
    assert house.ask(method, path).headers["x-mock-now"] == NOW
