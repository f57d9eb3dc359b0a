"""An attached ASGI application gets what a server on a socket would give it."""

import asyncio
import socket
import threading
from typing import Any

import pytest
import uvicorn

from mock_calls.applications.asgi import AsgiExchange
from mock_calls.applications.http import HttpRequest
from tests.support.applications import ORIGIN, attached, build_responder, exchange, respond_to
from tests.support.sockets import free_port

ANYWHERE = {"client": None, "server": None, "state": None}


class ScopeKeeper:
    """Keeps the scope and the messages of its last HTTP request."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        self.seen = [scope, await receive()]
        await build_responder()(scope, receive, send)
        self.seen.append(await receive())


def see_over_uvicorn() -> list[Any]:
    keeper, port = ScopeKeeper(), free_port()
    server = uvicorn.Server(uvicorn.Config(keeper, port=port, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        exchange(port)
    finally:
        server.should_exit = True
        thread.join()
    return keeper.seen


def test_the_application_gets_the_scope_and_the_messages_that_uvicorn_gives() -> None:
    keeper = ScopeKeeper()
    respond_to(keeper)
    scope, *messages = keeper.seen
    expected_scope, *expected_messages = see_over_uvicorn()
    assert {**scope, **ANYWHERE} == {**expected_scope, **ANYWHERE}
    assert messages == expected_messages
    assert (scope["path"], scope["raw_path"]) == ("/re port/Jörg", b"/re%20port/J%C3%B6rg")
    assert (scope["server"], scope["client"][0]) == (("app.test", 80), "127.0.0.1")


def test_the_scheme_and_the_port_are_those_of_the_origin() -> None:
    keeper = ScopeKeeper()
    with attached(keeper, "https://app.test:8443") as (_, port):
        exchange(port)
    assert (keeper.seen[0]["scheme"], keeper.seen[0]["server"]) == ("https", ("app.test", 8443))


def test_the_response_of_the_application_is_sent() -> None:
    headers = ((b"x-one", b"1"), (b"transfer-encoding", b"chunked"))
    assert respond_to(build_responder(299, b"thanks", headers)) == (
        299,
        {"x-one": "1", "content-length": "6", "connection": "close"},
        b"thanks",
    )


@pytest.mark.parametrize(
    ("status", "method", "length", "body"),
    [(204, b"GET", None, b""), (304, b"GET", None, b""), (200, b"HEAD", "4", b"")],
)
def test_a_response_without_a_body_is_sent_without_one(
    status: int, method: bytes, length: str | None, body: bytes
) -> None:
    request = method + b" / HTTP/1.1\r\nhost: app.test\r\n\r\n"
    _, headers, sent = respond_to(build_responder(status, b"four"), request)
    assert (headers.get("content-length"), sent) == (length, body)


def test_a_response_has_ended_when_the_background_task_of_the_application_has() -> None:
    done = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await build_responder()(scope, receive, send)
        await asyncio.sleep(0.05)
        done.append(scope["path"])

    with attached(app) as (_, port):
        exchange(port)
        assert done == ["/re port/Jörg"]


def test_an_application_that_raises_responds_500_and_its_traceback_is_kept() -> None:
    async def app(scope: Any, *_: Any) -> None:
        assert scope["type"] == "http"
        raise KeyError("boom")

    with attached(app) as (attachments, port):
        response = exchange(port)
    assert response.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert response.endswith(b"\r\n\r\nKeyError: 'boom'\n")
    [(origin, text)] = attachments.errors
    assert origin == ORIGIN
    first, frame, *_, last = text.splitlines()
    assert (first, last) == ("Traceback (most recent call last):", "KeyError: 'boom'")
    assert frame.startswith(f'  File "{__file__}"')


def test_what_pytest_raises_in_the_application_is_kept_too() -> None:
    async def app(scope: Any, *_: Any) -> None:
        assert scope["type"] == "http"
        pytest.fail("this must not come")

    with attached(app) as (attachments, port):
        assert exchange(port).startswith(b"HTTP/1.1 500 ")
    assert attachments.errors[0].text.endswith("Failed: this must not come\n")


def test_an_exception_after_the_response_does_not_change_it() -> None:
    async def app(*arguments: Any) -> None:
        await build_responder(201)(*arguments)
        raise ValueError("late")

    with attached(app) as (attachments, port):
        assert exchange(port).startswith(b"HTTP/1.1 201 ")
    assert attachments.errors[0].text.endswith("ValueError: late\n")


def test_an_exception_amid_the_response_ends_the_connection() -> None:
    async def app(scope: Any, _: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        raise ValueError("amid")

    with attached(app) as (attachments, port):
        assert exchange(port) == b""
    assert attachments.errors[0].text.endswith("ValueError: amid\n")


@pytest.mark.parametrize(
    ("status", "headers"), [(None, ()), (200, (("x-text", "1"),)), (200, (b"x-one",))]
)
def test_a_response_that_cannot_be_sent_ends_the_connection_and_is_an_error(
    status: Any, headers: Any
) -> None:
    with attached(build_responder(status, b"ok", headers)) as (attachments, port):
        assert exchange(port) == b""
    [(_, text)] = attachments.errors
    assert text.startswith("Traceback (most recent call last):\n")


@pytest.mark.parametrize(
    ("messages", "response"),
    [
        ([], b"HTTP/1.1 500 "),
        ([{"type": "http.response.start", "status": 200}], b""),
    ],
)
def test_an_application_that_returns_too_early_has_an_error(
    messages: list[Any], response: bytes
) -> None:
    async def app(scope: Any, _: Any, send: Any) -> None:
        assert scope["type"] == "http"
        for message in messages:
            await send(message)

    with attached(app) as (attachments, port):
        assert exchange(port)[:13] == response
    assert attachments.errors[0].text == "it returned before its response to POST was complete\n"


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ((), {"type": "http.response.body"}),
        ((), {"type": "http.nothing"}),
        (({"type": "http.response.start", "status": 200},), {"type": "http.response.start"}),
        (
            ({"type": "http.response.start", "status": 200}, {"type": "http.response.body"}),
            {"type": "http.response.body"},
        ),
    ],
)
def test_a_message_out_of_turn_is_an_error(before: tuple[Any, ...], message: Any) -> None:
    async def run() -> None:
        exchange = AsgiExchange(
            HttpRequest(method="GET", raw_path=b"/", query=b"", headers=[], body=b""),
            asyncio.Event(),
        )
        for each in before:
            await exchange.send(each)
        await exchange.send(message)

    with pytest.raises(RuntimeError, match=r"the application sent 'http\.\S+' out of turn"):
        asyncio.run(run())


def test_an_application_hears_of_it_when_nobody_reads_its_response_any_more() -> None:
    disconnected = threading.Event()

    async def app(scope: Any, receive: Any, _: Any) -> None:
        assert scope["type"] == "http"
        await receive()
        if (await receive())["type"] == "http.disconnect":
            disconnected.set()

    with attached(app) as (_, port):
        head = b"POST / HTTP/1.1\r\nhost: app.test\r\ncontent-length: 0\r\n\r\n"
        with connect(port) as connection:
            connection.sendall(head)
        assert disconnected.wait(10)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n",
        b"half a request",
    ],
)
def test_what_is_no_request_ends_the_connection(request_bytes: bytes) -> None:
    with attached(build_responder()) as (attachments, port):
        with connect(port) as connection:
            connection.sendall(request_bytes)
            connection.shutdown(1)
            assert connection.recv(10) == b""
        assert exchange(port).startswith(b"HTTP/1.1 200 OK")
    assert attachments.errors == []


def test_a_request_that_hangs_ends_with_the_application() -> None:
    ended: list[bool] = []

    async def app(scope: Any, *_: Any) -> None:
        assert scope["type"] == "http"
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    started = threading.Event()
    with attached(app) as (attachments, port):
        connection = connect(port)
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert started.wait(10)
    with connection:
        assert connection.recv(10) == b""
    assert (ended, attachments.errors) == ([True], [])
