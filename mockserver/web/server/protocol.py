"""One connection: what is too much or too slow is told so before it reaches the application."""

import json
import logging
from asyncio import TimerHandle, Transport, get_running_loop
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.web.log_throttle import LogThrottle
from mockserver.web.problems import PROBLEM_MEDIA_TYPE, problem, problem_body
from mockserver.web.server.transport import (
    TRANSPORT_KEY,
    WRITE_RESPONSE_KEY,
    reset_connection,
    write_response,
)

MAX_CONNECTIONS: Final = 1_000
"""Connections at once, less than the files that a process may usually open."""

IDLE_TIMEOUT: Final = 75  # real seconds without a request
STAGE_TIMEOUTS: Final = {"idle": IDLE_TIMEOUT, "head": 10, "body": 30, "answer": 30}
"""Real seconds for each to come in, and for the client to read some more of an answer."""
MAX_HEAD_BYTES: Final = 65_536  # bytes of request line and headers
MAX_HEADER_FIELDS: Final = 200
CLOSE_DELAY: Final = 0.5
"""Real seconds for the client to read why: an end at once would cut it off while it still sends."""

log = logging.getLogger("mockserver")
throttle = LogThrottle()


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with limits, which lets a request know the connection that it came by.

    An offer to upgrade is passed over, as RFC 9110 section 7.8 allows. Java's HttpClient offers
    `h2c` with its first request; the parser takes its body for the other protocol's first bytes.
    """

    _stage = _timed_stage = ("", 0)
    _stage_timer: TimerHandle | None = None
    _write_timer: TimerHandle | None = None
    _head_bytes = _field_count = 0
    _ignores_data = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._stage = ("idle", 0)
        self._restart_timer()
        if len(self.connections) > MAX_CONNECTIONS:
            self._reject(503, "too many connections", f"there are {MAX_CONNECTIONS:,} already")

    def connection_lost(self, exc: Exception | None) -> None:
        self._stage = ("", 0)
        self._restart_timer()
        if self._write_timer:
            self._write_timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_write_timer(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        if self._write_timer:
            self._write_timer.cancel()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        self._close()

    def data_received(self, data: bytes) -> None:
        if self._ignores_data:
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            again = self._head_without_upgrade() if self._should_upgrade() else b""
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.data_received(again + data[offer.args[0] :])
        except httptools.HttpParserError as error:
            self._handle_parser_error(error)
        self._restart_timer()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope = cast("dict[str, Any]", self.scope)
        scope[TRANSPORT_KEY] = self.transport
        scope[WRITE_RESPONSE_KEY] = self.write_response
        self._head_bytes = self._field_count = 0
        self._stage = ("head", self._stage[1] + 1)

    def on_url(self, url: bytes) -> None:
        self._head_bytes += len(url)
        if self._head_bytes > MAX_HEAD_BYTES:
            raise ValueError
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value) + 4
        self._field_count += 1
        if self._head_bytes > MAX_HEAD_BYTES or self._field_count > MAX_HEADER_FIELDS:
            raise ValueError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stage = ("body", self._stage[1])
        super().on_headers_complete()

    def write_response(self, scope: Scope, *answer: Any) -> bool:
        """Send an answer by one write, unless another request has come meanwhile.

        A scope that held on to the cycle of its request would be a circle for the collector.
        """
        return self.cycle.scope is scope and write_response(self.cycle, *answer)

    def on_message_complete(self) -> None:
        self._stage = ("", self._stage[1])
        super().on_message_complete()

    def _handle_parser_error(self, error: httptools.HttpParserError) -> None:
        if self._head_bytes > MAX_HEAD_BYTES or self._field_count > MAX_HEADER_FIELDS:
            self._reject(
                431,
                "head too large",
                f"{MAX_HEAD_BYTES:,} bytes and {MAX_HEADER_FIELDS} headers at most",
            )
        else:
            odd = isinstance(error, httptools.HttpParserCallbackError)
            why = "its target cannot be read" if odd else error
            self._reject(400, "bad request", f"this is not HTTP/1.1: {why}")

    def _restart_timer(self) -> None:
        """Set the alarm for what is being read now; most requests come whole and need none."""
        if self._stage == self._timed_stage:
            return
        if self._stage_timer:
            self._stage_timer.cancel()
            self._stage_timer = None
        self._timed_stage, patience = self._stage, STAGE_TIMEOUTS.get(self._stage[0])
        if patience:
            self._stage_timer = get_running_loop().call_later(patience, self._on_stage_timeout)

    def _on_stage_timeout(self) -> None:
        stage, _ = self._stage
        if stage == "idle":
            self._close()
        else:
            self._reject(408, "too slow", f"the {stage} has {STAGE_TIMEOUTS[stage]} s to arrive")

    def _reject(self, status: int, title: str, detail: str) -> None:
        """Answer in the application's stead, unless it is answering already, and end it."""
        stage, number = self._stage
        self._ignores_data, self._stage = True, ("", number)
        self._record_rejection(title, f"a request was refused: {title}, {detail}")
        if self._leave_to_application(stage, problem(status, title, detail)):
            return
        self.transport.write(_render_problem_response(status, title, detail))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        get_running_loop().call_later(CLOSE_DELAY, self._close)

    def _record_rejection(self, title: str, message: str) -> None:
        refused = self.app_state.get("refused")
        if refused is not None:
            refused[title.replace(" ", "-")] += 1
        note = throttle.limit(title, message)
        if note:
            log.warning("%s", note)

    def _start_write_timer(self, pending: int) -> None:
        later = get_running_loop().call_later
        self._write_timer = later(STAGE_TIMEOUTS["answer"], self._on_write_timeout, pending)

    def _on_write_timeout(self, previous: int) -> None:
        """However slow, who reads goes on reading; who does not holds memory for nothing."""
        left = self.transport.get_write_buffer_size()
        if left < previous:
            self._start_write_timer(left)
            return
        self._record_rejection(
            "unread answer", f"an answer was not read for {STAGE_TIMEOUTS['answer']} s"
        )
        reset_connection(self.transport)

    def _close(self) -> None:
        if self.transport.get_write_buffer_size():
            reset_connection(self.transport)
        else:
            self.transport.close()

    def _leave_to_application(self, stage: str, refusal: ASGIApp) -> bool:
        """Whether the application has the last word, or a word of it is out already."""
        cycle = self.cycle
        if cycle is None or (stage != "body" and cycle.response_complete):
            return False
        cycle.keep_alive = False
        if stage != "body":
            return True  # what came before is answered first, and then it ends
        if self.pipeline:
            self.pipeline[0] = (cycle, cast("Any", refusal))
            return True
        if cycle.response_started:
            self.transport.close()
            return True
        cycle.disconnected = True
        cycle.message_event.set()
        return False

    def _should_upgrade(self) -> bool:
        # uvicorn asks it to hold a request back, which we then read again
        return any(name == b"upgrade" for name, _ in self.headers)

    def _head_without_upgrade(self) -> bytes:
        """The head of the request at hand without the offer, to be read as any other."""
        method = self.parser.get_method()
        head = [b"%b %b HTTP/1.1\r\n" % (method, self.url)]
        kept = (field for field in self.headers if field[0] != b"upgrade")
        return b"".join([*head, *(b"%b: %b\r\n" % field for field in kept), b"\r\n"])


def _render_problem_response(status: int, title: str, detail: str) -> bytes:
    body = json.dumps(problem_body(status, title, detail)).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {PROBLEM_MEDIA_TYPE}\r\n"
        f"x-mock-problem: {title.replace(' ', '-')}\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
