"""The HTTP protocol of a server that is a proxy, too: CONNECT, absolute targets, TLS.

A tunnel to an emulated host ends here: TLS begins on its connection, and the requests in it are
served as those of any other connection. The client's address, limits and resets stay as they are.
"""

from asyncio import Task
from typing import Final

import httptools

from mockserver.core.webhook_url import TargetRejection
from mockserver.runtime.tasks import spawn
from mockserver.web.server.handshakes import HeldProtocol, start_tls
from mockserver.web.server.https import (
    ABSOLUTE_TARGET,
    IS_URL,
    Https,
    judge_target,
)
from mockserver.web.server.passages import REFUSED, Passage, connect_to_host
from mockserver.web.server.protocol import HttpProtocol

OPENED: Final = b"HTTP/1.1 200 tunnel established\r\n\r\n"


class ForeignTargetError(ValueError):
    """An absolute target that is not emulated; the message says so."""


class ProxyProtocol(HttpProtocol):
    """`HttpProtocol` with CONNECT, and with absolute targets.

    `_target` is that of a CONNECT. `_opening` is the task that opens its tunnel. `_passage` is the
    tunnel to a host of `--proxy-pass`.
    """

    is_inside = False
    """Whether the connection is inside of a tunnel, or of TLS."""

    _target: str | None = None
    _opening: Task[None] | None = None
    _passage: Passage | None = None

    @property
    def _https(self) -> Https:
        https: Https = self.app_state["dependencies"].https
        return https

    def on_headers_complete(self) -> None:
        if self.parser.get_method() == b"CONNECT":
            self._target = self.url.decode("latin-1").lower()
            self._stage = ("", self._stage[1])
            return
        if not self.url.startswith(b"/") and IS_URL.match(self.url):
            self._use_absolute_target()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._target is None:
            super().on_message_complete()

    def shutdown(self) -> None:
        """End what nobody waits for at once: a client need not confirm the end of TLS."""
        is_idle = self.cycle is None or self.cycle.response_complete
        if self._opening or self._passage or (self.is_inside and is_idle):
            self._abort()
        else:
            super().shutdown()

    def _abort(self) -> None:
        if self._opening:
            self._opening.cancel()
        if self._passage:
            self._passage.abort()
        self.transport.abort()
        self.connections.discard(self)

    def _use_absolute_target(self) -> None:
        """Take host and path from the target: RFC 9112 section 3.2.2 has the Host field ignored."""
        match = ABSOLUTE_TARGET.fullmatch(self.url)
        authority = match["authority"].decode() if match else ""
        dependencies = self.app_state["dependencies"]
        if not match or not dependencies.router.allows_host(dependencies.access_control, authority):
            raise ForeignTargetError(f"mockserver emulates no {authority.lower() or 'such URL'}")
        self.url = match["path"] if match["path"].startswith(b"/") else b"/" + match["path"]
        others = [field for field in self.headers if field[0] != b"host"]
        self.headers[:] = [(b"host", authority.encode()), *others]

    def _handle_parser_error(self, error: httptools.HttpParserError) -> None:
        if isinstance(error.__context__, ForeignTargetError):
            self._reject("foreign-target", str(error.__context__))
        else:
            super()._handle_parser_error(error)

    def _continue_after_upgrade(self, rest: bytes) -> None:
        if self._target is None:
            super()._continue_after_upgrade(rest)
            return
        reason = judge_target(self._https, self._target, is_inside=self.is_inside)
        is_busy = self.cycle is not None and not self.cycle.response_complete
        if reason:
            self._reject("foreign-target", reason)
        elif rest or is_busy:
            self._reject("bad-request", "CONNECT comes alone, and TLS begins after its response")
        else:
            host = self._target.rpartition(":")[0]
            self._open(host)

    def _open(self, host: str) -> None:
        """Open the tunnel in a task; what the client sends meanwhile stays in the kernel."""
        self.transport.pause_reading()
        record_error = self.app_state["dependencies"].sandboxes.record_error
        work = self._pass(host) if host in self._https.passed_hosts else self._accept(host)
        self._opening = spawn(work, record_error)

    async def _accept(self, host: str) -> None:
        """Begin TLS, and serve what is inside; the connection counts as one all the time."""
        held = HeldProtocol()
        self.transport.write(OPENED)
        try:
            inner = await start_tls(self.transport, self._https.context, held)
        finally:
            self.connections.discard(self)
        if isinstance(inner, str):
            if inner:
                self._record_rejection(
                    "tls-handshake", f"TLS with a client for {host} failed: {inner}"
                )
            return
        protocol = InnerProtocol(self.config, self.server_state, self.app_state, self.loop)
        held.hand_over(inner, protocol)

    async def _pass(self, host: str) -> None:
        target = await self._https.resolve(f"https://{host}:443")
        opened = await connect_to_host(host, target)
        self._opening = None
        if isinstance(opened, TargetRejection):
            self._refuse_host(opened)
            return
        transport, held = opened
        self._passage = Passage(self.transport, transport, self._on_passage_end)
        self._passage.begin(OPENED, held)

    def _refuse_host(self, rejection: TargetRejection) -> None:
        self.transport.resume_reading()
        if rejection.error == REFUSED:
            self._reject("foreign-target", rejection.reason)
        else:
            self._reject("target-unreachable", rejection.reason)

    def _on_passage_end(self) -> None:
        self.connections.discard(self)


class InnerProtocol(ProxyProtocol):
    """The protocol inside of a tunnel, or of TLS."""

    is_inside = True
