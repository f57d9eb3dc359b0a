"""Sends an answer that is there as a whole by one write, past the two messages of ASGI."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mockserver.web.head import Field

WHOLE: Final = "mockserver.whole"
"""Where a request's scope has the function, if its connection has one."""


def whole(cycle: RequestResponseCycle, status: int, fields: list[Field], body: bytes) -> bool:
    """Answer a request that has been read to its end; False, and nothing sent, in all other cases.

    uvicorn would search each field for what breaks a head: here the lines are counted.
    """
    usual = cycle.keep_alive and cycle.scope["method"] != "HEAD" and not cycle.more_body
    if not usual or cycle.response_started or cycle.disconnected or cycle.flow.write_paused:
        return False
    lines = [b"%b: %b\r\n" % field for field in (*cycle.default_headers, *fields)]
    head = b"".join(lines)
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
        return False
    cycle.transport.write(b"".join((STATUS_LINE[status], head, b"\r\n", body)))
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
    return True
