"""An attached WSGI application gets what a server on a socket would give it."""

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.validate import validator

import pytest

from tests.support.applications import REQUEST, attached, exchange, respond_to


class EnvironKeeper:
    def __init__(self) -> None:
        self.environ: dict[str, Any] = {}
        self.body = b""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.environ = dict(environ)
        self.body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("201 Created", [("X-One", "1")])
        return [b"tha", b"nks"]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


def see_over_a_socket() -> EnvironKeeper:
    keeper = EnvironKeeper()
    with make_server("127.0.0.1", 0, keeper, handler_class=QuietHandler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        exchange(server.server_port)
        thread.join()
    return keeper


def comparable(environ: dict[str, Any]) -> dict[str, Any]:
    """What the request decides, and not the variables of this process or the server."""
    names = {
        name for name in environ if name.startswith(("HTTP_", "REQUEST_", "CONTENT_", "PATH_INFO"))
    } | {"QUERY_STRING", "SCRIPT_NAME", "SERVER_PROTOCOL", "REMOTE_ADDR", "wsgi.url_scheme"}
    return {name: environ[name] for name in sorted(names)}


def test_the_application_gets_the_environ_and_the_body_that_wsgiref_gives() -> None:
    keeper, expected = EnvironKeeper(), see_over_a_socket()
    assert respond_to(keeper)[0] == 201
    assert comparable(keeper.environ) == comparable(expected.environ)
    assert keeper.body == expected.body == b'{"a":1}'
    assert keeper.environ["PATH_INFO"].encode("latin-1").decode() == "/re port/Jörg"
    assert [keeper.environ[name] for name in ("SERVER_NAME", "SERVER_PORT")] == ["app.test", "80"]


def test_the_response_of_the_application_is_sent() -> None:
    headers = {"X-One": "1", "content-length": "6", "connection": "close"}
    assert respond_to(EnvironKeeper()) == (201, headers, b"thanks")


def test_an_application_that_is_strict_about_its_server_finds_nothing_wrong() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    def checked_app(environ: Any, start_response: Any) -> Any:
        return validator(app)(environ, start_response)

    with attached(checked_app) as (attachments, port):
        assert exchange(port).endswith(b"\r\n\r\nok")
    assert attachments.errors == []


def test_https_is_the_scheme_of_its_origin() -> None:
    keeper = EnvironKeeper()
    with attached(keeper, "https://app.test") as (_, port):
        exchange(port)
    assert keeper.environ["wsgi.url_scheme"] == "https"


def test_a_header_is_never_taken_for_another_one() -> None:
    keeper = EnvironKeeper()
    fields = b"content-length: 7\r\nx-sign: a\r\nX_Sign: b\r\nx-sign: c\r\n"
    respond_to(keeper, REQUEST.replace(b"content-length: 7\r\n", fields))
    assert keeper.environ["HTTP_X_SIGN"] == "a, c"


def raise_at_once(*_: Any) -> list[bytes]:
    raise KeyError("boom")


def raise_before_the_body(_: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    raise KeyError("boom")
    yield b""


def raise_amid_the_body(_: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"a"
    raise KeyError("boom")


def respond_with_an_error(_: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    error = KeyError("boom")
    start_response("500 Oh", [], (KeyError, error, None))
    return [b"handled"]


@pytest.mark.parametrize(
    ("application", "response"),
    [
        (raise_at_once, b"KeyError: 'boom'\n"),
        (raise_before_the_body, b"KeyError: 'boom'\n"),
        (raise_amid_the_body, b""),
    ],
)
def test_an_application_that_raises_has_an_error_with_its_traceback(
    application: Any, response: bytes
) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        return application(environ, start_response)

    with attached(app) as (attachments, port):
        head, _, body = exchange(port).partition(b"\r\n\r\n")
    assert (head[:13], body) == (b"HTTP/1.1 500 " if response else b"", response)
    lines = attachments.errors[0].text.splitlines()
    assert (lines[0], lines[-1]) == ("Traceback (most recent call last):", "KeyError: 'boom'")
    assert lines[1].startswith(f'  File "{__file__}"')


def test_an_application_may_replace_a_response_that_it_has_not_begun() -> None:
    status, _, body = respond_to(respond_with_an_error)
    assert (status, body) == (500, b"handled")


def test_what_the_application_writes_to_its_errors_is_kept() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.errors"].write("a warning")
        start_response("204 No Content", [])
        return []

    with attached(app) as (attachments, port):
        assert exchange(port).startswith(b"HTTP/1.1 204 No Content\r\n")
    assert [each.text for each in attachments.errors] == ["a warning"]


def test_an_application_that_hangs_does_not_hold_up_the_end() -> None:
    entered, leave = threading.Event(), threading.Event()

    def app(_: Any, start_response: Any) -> list[bytes]:
        entered.set()
        leave.wait(10)
        start_response("200 OK", [])
        return []

    with attached(app) as (_, port):
        sender = threading.Thread(target=exchange, args=(port,))
        sender.start()
        assert entered.wait(10)
    sender.join(10)
    assert not sender.is_alive()
    leave.set()
