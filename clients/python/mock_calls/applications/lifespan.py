"""Runs the lifespan of an ASGI application: its start before any request, its end after all."""

import asyncio
from traceback import format_exception
from typing import Any, Final

from mock_calls.applications.asgi import ASGI_VERSION, AsgiApplication, Message
from mock_calls.errors import LifespanFailed

TIMEOUT: Final = 10.0  # real seconds for the start, and for the end


class Lifespan:
    """The lifespan of one application; one that has none starts and ends at once.

    If the event loop ends first, and cancels its tasks, the application ends, too.
    """

    def __init__(self, application: AsgiApplication) -> None:
        self._application = application
        self.state: dict[str, Any] = {}
        self._has_begun = False
        self._reported: asyncio.Event = asyncio.Event()
        self._end: asyncio.Event = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.has_started = False
        self.failure = ""
        """What the application said, or raised, when it did not start or end."""

    async def start(self) -> None:
        """Wait until the application has started.

        Raises:
            LifespanFailed: it says that it cannot, or says nothing in time.
        """
        self._task = asyncio.create_task(self._run())
        reported = asyncio.create_task(self._reported.wait())
        try:
            await asyncio.wait(
                (self._task, reported), timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            reported.cancel()
            if not (self._task.done() or self._reported.is_set()):
                self.failure = f"its lifespan did not start in {TIMEOUT:g} seconds"
                self._task.cancel()
        if self.failure:
            raise LifespanFailed(f"the application did not start: {self.failure}")

    async def end(self) -> None:
        """Tell the application to end, and wait until it has; `failure` says if it could not."""
        self._end.set()
        if self._task and not self._task.done():
            await asyncio.wait((self._task,), timeout=TIMEOUT)
        if self._task and not self._task.done():
            self.failure = f"its lifespan did not end in {TIMEOUT:g} seconds"
            self._task.cancel()

    async def _run(self) -> None:
        scope: Message = {"type": "lifespan", "asgi": dict(ASGI_VERSION), "state": self.state}
        try:
            await self._application(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - before the start it means: no lifespan
            if self.has_started and not self.failure:
                self.failure = "".join(format_exception(error))

    async def _receive(self) -> Message:
        if not self._has_begun:
            self._has_begun = True
            return {"type": "lifespan.startup"}
        try:
            await self._end.wait()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self.has_started or task is not self._task or task is None:
                raise
            task.uncancel()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind not in MESSAGES:
            raise RuntimeError(f"{kind!r} is no message of a lifespan")
        if kind.endswith(".failed"):
            self.failure = message.get("message") or f"it sent {kind}"
        elif kind == STARTED:
            self.has_started = True
        self._reported.set()


STARTED: Final = "lifespan.startup.complete"
MESSAGES: Final = frozenset(
    (
        STARTED,
        "lifespan.startup.failed",
        "lifespan.shutdown.complete",
        "lifespan.shutdown.failed",
    )
)
