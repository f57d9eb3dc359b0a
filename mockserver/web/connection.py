"""One connection: what is too much or too slow is told so before it reaches the application."""

import json
import logging
from asyncio import TimerHandle, Transport, get_running_loop
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.web.problems import TYPE, problem, told
from mockserver.web.repeats import Repeats
from mockserver.web.transport import KEY, reset
from mockserver.web.whole import WHOLE, whole

MOST: Final = 1_000
"""Connections at once, less than the files that a process may usually open."""

IDLE: Final = 75  # real seconds without a request
PATIENCE: Final = {"idle": IDLE, "head": 10, "body": 30, "answer": 30}
"""Real seconds for each to come in, and for the client to read some more of an answer."""
HEAD: Final = 65_536  # bytes of request line and headers
FIELDS: Final = 200
LINGER: Final = 0.5
"""Real seconds for the client to read why: an end at once would cut it off while it still sends."""

log = logging.getLogger("mockserver")
repeats = Repeats()


class Connection(HttpToolsProtocol):
    """uvicorn's protocol, with limits, which lets a request know the connection that it came by.

    An offer to upgrade is passed over, as RFC 9110 section 7.8 allows. Java's HttpClient offers
    `h2c` with its first request; the parser takes its body for the other protocol's first bytes.
    """

    _stage = _watched = ("", 0)
    _alarm: TimerHandle | None = None
    _reader: TimerHandle | None = None
    _head = _fields = 0
    _deaf = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._stage = ("idle", 0)
        self._watch()
        if len(self.connections) > MOST:
            self._turn_away(503, "too many connections", f"there are {MOST:,} already")

    def connection_lost(self, exc: Exception | None) -> None:
        self._stage = ("", 0)
        self._watch()
        if self._reader:
            self._reader.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        if self._reader:
            self._reader.cancel()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        self._end()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            again = self._declined() if self._should_upgrade() else b""
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.data_received(again + data[offer.args[0] :])
        except httptools.HttpParserError as error:
            self._misread(error)
        self._watch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope = cast("dict[str, Any]", self.scope)
        scope[KEY] = self.transport
        scope[WHOLE] = self.whole
        self._head = self._fields = 0
        self._stage = ("head", self._stage[1] + 1)

    def on_url(self, url: bytes) -> None:
        self._head += len(url)
        if self._head > HEAD:
            raise ValueError
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + 4
        self._fields += 1
        if self._head > HEAD or self._fields > FIELDS:
            raise ValueError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stage = ("body", self._stage[1])
        super().on_headers_complete()

    def whole(self, scope: Scope, *answer: Any) -> bool:
        """Send an answer by one write, unless another request has come meanwhile.

        A scope that held on to the cycle of its request would be a circle for the collector.
        """
        return self.cycle.scope is scope and whole(self.cycle, *answer)

    def on_message_complete(self) -> None:
        self._stage = ("", self._stage[1])
        super().on_message_complete()

    def _misread(self, error: httptools.HttpParserError) -> None:
        if self._head > HEAD or self._fields > FIELDS:
            self._turn_away(431, "head too large", f"{HEAD:,} bytes and {FIELDS} headers at most")
        else:
            odd = isinstance(error, httptools.HttpParserCallbackError)
            why = "its target cannot be read" if odd else error
            self._turn_away(400, "bad request", f"this is not HTTP/1.1: {why}")

    def _watch(self) -> None:
        """Set the alarm for what is being read now; most requests come whole and need none."""
        if self._stage == self._watched:
            return
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        self._watched, patience = self._stage, PATIENCE.get(self._stage[0])
        if patience:
            self._alarm = get_running_loop().call_later(patience, self._late)

    def _late(self) -> None:
        stage, _ = self._stage
        if stage == "idle":
            self._end()
        else:
            self._turn_away(408, "too slow", f"the {stage} has {PATIENCE[stage]} s to arrive")

    def _turn_away(self, status: int, title: str, detail: str) -> None:
        """Answer in the application's stead, unless it is answering already, and end it."""
        stage, number = self._stage
        self._deaf, self._stage = True, ("", number)
        self._note(title, f"a request was refused: {title}, {detail}")
        if self._answering(stage, problem(status, title, detail)):
            return
        self.transport.write(_response(status, title, detail))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        get_running_loop().call_later(LINGER, self._end)

    def _note(self, title: str, words: str) -> None:
        refused = self.app_state.get("refused")
        if refused is not None:
            refused[title.replace(" ", "-")] += 1
        note = repeats.told(title, words)
        if note:
            log.warning("%s", note)

    def _wait_for_reader(self, left: int) -> None:
        later = get_running_loop().call_later
        self._reader = later(PATIENCE["answer"], self._unread, left)

    def _unread(self, before: int) -> None:
        """However slow, who reads goes on reading; who does not holds memory for nothing."""
        left = self.transport.get_write_buffer_size()
        if left < before:
            self._wait_for_reader(left)
            return
        self._note("unread answer", f"an answer was not read for {PATIENCE['answer']} s")
        reset(self.transport)

    def _end(self) -> None:
        if self.transport.get_write_buffer_size():
            reset(self.transport)
        else:
            self.transport.close()

    def _answering(self, stage: str, refusal: ASGIApp) -> bool:
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

    def _declined(self) -> bytes:
        """The head of the request at hand without the offer, to be read as any other."""
        method = self.parser.get_method()
        head = [b"%b %b HTTP/1.1\r\n" % (method, self.url)]
        kept = (field for field in self.headers if field[0] != b"upgrade")
        return b"".join([*head, *(b"%b: %b\r\n" % field for field in kept), b"\r\n"])


def _response(status: int, title: str, detail: str) -> bytes:
    body = json.dumps(told(status, title, detail)).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {TYPE}\r\n"
        f"x-mock-problem: {title.replace(' ', '-')}\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
