"""Complete responses are sent in one write, and all others are left to uvicorn."""

from types import SimpleNamespace
from typing import Any

import pytest

from mockserver.web.server.transport import HeaderField, write_response

WRITTEN = b"HTTP/1.1 200 OK\r\ndate: today\r\nx-mock-now: now\r\ncontent-length: 2\r\n\r\nok"
FIELDS: list[HeaderField] = [(b"x-mock-now", b"now"), (b"content-length", b"2")]


def build_cycle(**changes: Any) -> Any:
    """Build uvicorn's cycle of a request that has been read completely."""
    written, done = list[bytes](), list[str]()
    defaults = {
        "keep_alive": True,
        "scope": {"method": "POST"},
        "more_body": False,
        "response_started": False,
        "response_complete": False,
        "disconnected": False,
        "flow": SimpleNamespace(write_paused=False),
        "default_headers": [(b"date", b"today")],
        "transport": SimpleNamespace(write=written.append),
        "message_event": SimpleNamespace(set=lambda: done.append("event")),
        "on_response": lambda: done.append("response"),
    }
    return SimpleNamespace(**{**defaults, **changes}, written=written, done=done)


def test_a_complete_response_is_sent_in_one_write() -> None:
    cycle = build_cycle()
    assert write_response(cycle, 200, FIELDS, b"ok")
    assert (cycle.written, cycle.done) == ([WRITTEN], ["event", "response"])
    assert (cycle.response_started, cycle.response_complete) == (True, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"keep_alive": False},
        {"scope": {"method": "HEAD"}},
        {"more_body": True},
        {"response_started": True},
        {"disconnected": True},
        {"flow": SimpleNamespace(write_paused=True)},
        {"default_headers": [(b"x", b"a\r\nb: c")]},
    ],
)
def test_any_other_response_is_left_to_uvicorn(changes: dict[str, Any]) -> None:
    cycle = build_cycle(**changes)
    assert (write_response(cycle, 200, FIELDS, b"ok"), cycle.written, cycle.done) == (False, [], [])


@pytest.mark.parametrize("value", [b"a\r\nb: c", b"a\nb", b"a\rb", b"a\0b"])
@pytest.mark.parametrize("at", [0, 1])
def test_a_header_with_a_line_break_or_nul_is_not_written(value: bytes, at: int) -> None:
    field = (value, b"x") if at == 0 else (b"x", value)
    cycle = build_cycle()
    assert (write_response(cycle, 200, [*FIELDS, field], b"ok"), cycle.written) == (False, [])
