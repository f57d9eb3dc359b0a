"""Which answers go out by one write, and what it says."""

from types import SimpleNamespace as Some
from typing import Any

import pytest

from mockserver.web.server.transport import HeaderField, write_response

WRITTEN = b"HTTP/1.1 200 OK\r\ndate: today\r\nx-mock-now: now\r\ncontent-length: 2\r\n\r\nok"
FIELDS: list[HeaderField] = [(b"x-mock-now", b"now"), (b"content-length", b"2")]


def connection(**more: Any) -> Any:
    """A request that has been read to its end, as uvicorn has it."""
    written, done = list[bytes](), list[str]()
    usual = {
        "keep_alive": True,
        "scope": {"method": "POST"},
        "more_body": False,
        "response_started": False,
        "response_complete": False,
        "disconnected": False,
        "flow": Some(write_paused=False),
        "default_headers": [(b"date", b"today")],
        "transport": Some(write=written.append),
        "message_event": Some(set=lambda: done.append("event")),
        "on_response": lambda: done.append("response"),
    }
    return Some(**{**usual, **more}, written=written, done=done)


def test_whole() -> None:
    one = connection()
    assert write_response(one, 200, FIELDS, b"ok")
    assert (one.written, one.done) == ([WRITTEN], ["event", "response"])
    assert (one.response_started, one.response_complete) == (True, True)


@pytest.mark.parametrize(
    "more",
    [
        {"keep_alive": False},
        {"scope": {"method": "HEAD"}},
        {"more_body": True},
        {"response_started": True},
        {"disconnected": True},
        {"flow": Some(write_paused=True)},
        {"default_headers": [(b"x", b"a\r\nb: c")]},
    ],
)
def test_all_others_are_left_to_uvicorn(more: dict[str, Any]) -> None:
    one = connection(**more)
    assert (write_response(one, 200, FIELDS, b"ok"), one.written, one.done) == (False, [], [])


@pytest.mark.parametrize("value", [b"a\r\nb: c", b"a\nb", b"a\rb", b"a\0b"])
@pytest.mark.parametrize("at", [0, 1])
def test_no_value_becomes_another_field(value: bytes, at: int) -> None:
    field = (value, b"x") if at == 0 else (b"x", value)
    one = connection()
    assert (write_response(one, 200, [*FIELDS, field], b"ok"), one.written) == (False, [])
