"""uvicorn's HTTP/1.1 protocol with limits on connections, sizes and times.

What exceeds a limit is rejected with a problem before it reaches the application.
"""

from asyncio import TimerHandle, Transport, get_running_loop
from typing import Any, Final, cast

import httptools
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.web.problems import problem
from mockserver.web.server.rejections import record_rejection, render_problem_response
from mockserver.web.server.transport import (
    TRANSPORT_KEY,
    WRITE_RESPONSE_KEY,
    reset_connection,
    write_response,
)

MAX_CONNECTIONS: Final = 1_000
"""Open connections at once; below the usual limit of a process's open files."""

IDLE_TIMEOUT: Final = 75  # real seconds without a request
STAGE_TIMEOUTS: Final = {"idle": IDLE_TIMEOUT, "head": 10, "body": 30, "answer": 30}
"""Real seconds for each stage of a request to arrive, and between two reads of a response."""
MAX_HEAD_BYTES: Final = 65_536  # bytes of request line and headers
MAX_HEADER_FIELDS: Final = 200
UNREADABLE: Final = "this is not HTTP/1.1: its target cannot be read"
CLOSE_DELAY: Final = 0.5
"""Real seconds for a client that is still sending to read the rejection before the close."""


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits; a request finds its transport in `scope`.

    `_stage` is (name, number of the request): idle, head or body, or empty when nothing is timed.
    `_timed_stage` is the stage of the running timer.

    Upgrade offers are ignored, as RFC 9110 section 7.8 allows. Java's HttpClient offers `h2c` with
    its first request, and the parser takes that request's body for the first bytes of `h2c`.
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
            self._reject("too-many-connections", f"there are {MAX_CONNECTIONS:,} already")

    def connection_lost(self, exc: Exception | None) -> None:
        self._stage = ("", 0)
        self._restart_timer()
        if self._write_timer:
            self._write_timer.cancel()
        super().connection_lost(exc)
        # both refer to this connection, and garbage collections that find that are rare
        self.cycle = self.scope = None  # type: ignore[assignment]

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
        try:
            self._unset_keepalive_if_required()
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._continue_after_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            self._handle_parser_error(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours is counted, and responded to
            self._handle_fault(error)
        self._restart_timer()

    def _continue_after_upgrade(self, rest: bytes) -> None:
        head = self._head_without_upgrade() if self._should_upgrade() else b""
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(head + rest)

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

    def write_response(self, scope: Scope, *response: Any) -> bool:
        """Send a response in one write; False if nothing was sent, or `scope` is no longer current.

        `scope` refers to this method rather than to its request's cycle: `scope` and cycle would
        otherwise refer to each other, which only the garbage collector can free.
        """
        cycle = self.cycle
        return cycle is not None and cycle.scope is scope and write_response(cycle, *response)

    def on_message_complete(self) -> None:
        self._stage = ("", self._stage[1])
        super().on_message_complete()

    def _handle_parser_error(self, error: httptools.HttpParserError) -> None:
        if self._head_bytes > MAX_HEAD_BYTES or self._field_count > MAX_HEADER_FIELDS:
            self._reject(
                "header-too-large",
                f"{MAX_HEAD_BYTES:,} bytes and {MAX_HEADER_FIELDS} headers at most",
            )
        elif not isinstance(error, httptools.HttpParserCallbackError):
            self._reject("bad-request", f"this is not HTTP/1.1: {error}")
        elif isinstance(error.__context__, httptools.HttpParserInvalidURLError):
            is_proxy_request = self.parser.get_method() == b"CONNECT"
            reason = "CONNECT needs a server with --https" if is_proxy_request else UNREADABLE
            self._reject("bad-request", reason)
        else:
            self._handle_fault(error.__context__ or error)

    def _handle_fault(self, error: BaseException) -> None:
        """Count a fault of ours, and respond with a problem."""
        self.app_state["dependencies"].sandboxes.record_error(error)
        self._reject("internal-error", f"this is a fault of the mock server: {error!r}")

    def _restart_timer(self) -> None:
        """Start the timer of the current stage; most requests arrive at once and need none."""
        if self._stage == self._timed_stage:
            return
        if self._stage_timer:
            self._stage_timer.cancel()
            self._stage_timer = None
        self._timed_stage, timeout = self._stage, STAGE_TIMEOUTS.get(self._stage[0])
        if timeout:
            self._stage_timer = get_running_loop().call_later(timeout, self._on_stage_timeout)

    def _on_stage_timeout(self) -> None:
        stage, _ = self._stage
        if stage == "idle":
            self._close()
        else:
            self._reject("request-timeout", f"the {stage} has {STAGE_TIMEOUTS[stage]} s to arrive")

    def _reject(self, kind: str, detail: str) -> None:
        """Respond in place of the application, unless it is responding, and end the connection."""
        stage, number = self._stage
        self._ignores_data, self._stage = True, ("", number)
        self._record_rejection(kind, f"a request was refused: {kind}, {detail}")
        if self._leave_to_application(stage, problem(kind, detail)):
            return
        self.transport.write(render_problem_response(kind, detail))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        get_running_loop().call_later(CLOSE_DELAY, self._close)

    def _record_rejection(self, kind: str, message: str) -> None:
        record_rejection(self.app_state["dependencies"], kind, message)

    def _start_write_timer(self, pending: int) -> None:
        call_later = get_running_loop().call_later
        self._write_timer = call_later(STAGE_TIMEOUTS["answer"], self._on_write_timeout, pending)

    def _on_write_timeout(self, previous: int) -> None:
        """Reset the connection if the client has read nothing since `previous` bytes were left.

        A slow client may continue; one that does not read only occupies memory.
        """
        remaining = self.transport.get_write_buffer_size()
        if remaining < previous:
            self._start_write_timer(remaining)
            return
        self._record_rejection(
            "unread-response", f"a response was not read for {STAGE_TIMEOUTS['answer']} s"
        )
        reset_connection(self.transport)

    def _close(self) -> None:
        if self.transport.get_write_buffer_size():
            reset_connection(self.transport)
        else:
            self.transport.close()

    def _leave_to_application(self, stage: str, refusal: ASGIApp) -> bool:
        """True if a response has begun, or the application will still send one.

        The application responds to earlier requests first; a queued request is rejected after
        them, by `refusal`. A response that has begun ends here.
        """
        cycle = self.cycle
        if cycle is None or (stage != "body" and cycle.response_complete):
            return False
        cycle.keep_alive = False
        if stage != "body":
            return True  # the connection ends after the response to the earlier request
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
        # If True, uvicorn holds the request back, and `data_received` parses it again.
        return any(name == b"upgrade" for name, _ in self.headers)

    def _head_without_upgrade(self) -> bytes:
        """The head of the current request without its Upgrade field, to be parsed again."""
        method = self.parser.get_method()
        head = [b"%b %b HTTP/1.1\r\n" % (method, self.url)]
        fields = (field for field in self.headers if field[0] != b"upgrade")
        return b"".join([*head, *(b"%b: %b\r\n" % field for field in fields), b"\r\n"])
