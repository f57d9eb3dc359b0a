"""The applications that one client has attached."""

import asyncio
import threading
from contextlib import suppress
from typing import Any, NamedTuple

from mock_calls.applications.origin import Origin, parse_origin
from mock_calls.applications.receiver import Receiver


class ApplicationError(NamedTuple):
    """What an attached application raised, or wrote to `wsgi.errors`."""

    origin: str
    text: str


class Attachments:
    """The applications, each at an address `localhost:port` of its own, until it is ended.

    Those of a blocking client run in an event loop on a thread of their own, those of an
    asynchronous one in the event loop that attaches them. `errors` are those of all, also of those
    that have ended.
    """

    def __init__(self) -> None:
        self.errors: list[ApplicationError] = []
        self._receivers: dict[Origin, Receiver] = {}

    @property
    def origins(self) -> list[str]:
        return [str(origin) for origin in self._receivers]

    def start(self, origin: str, application: Any) -> Receiver:
        """Start an application; `adopt` keeps it.

        Raises:
            NotAttachable, ValueError, LifespanFailed: it cannot be attached, or does not start.
        """
        receiver = self._build(origin, application)
        threading.Thread(target=_run_in_own_loop, args=(receiver,), daemon=True).start()
        receiver.ready.result()
        return receiver

    async def start_async(self, origin: str, application: Any) -> Receiver:
        """Start an application in the running event loop, as `start`."""
        receiver = self._build(origin, application)
        task = asyncio.create_task(receiver.run())
        try:
            await asyncio.wrap_future(receiver.ready)
        finally:
            if receiver.port is None:
                task.cancel()
        return receiver

    def adopt(self, receiver: Receiver) -> list[Receiver]:
        """Keep a receiver; return the one that had its origin, if there is one: it is to end."""
        old = self._receivers.pop(receiver.origin, None)
        self._receivers[receiver.origin] = receiver
        return [old] if old else []

    def release(self) -> list[Receiver]:
        """Forget all receivers, and return them: they are to end."""
        released = list(self._receivers.values())
        self._receivers.clear()
        return released

    def cancel(self) -> None:
        """End all applications without waiting, from any thread; their event loops may be over.

        Raises:
            LifespanFailed: one has ended with its event loop, and not as it should.
        """
        receivers = self.release()
        for receiver in receivers:
            receiver.cancel()
        _check_ends(receivers)

    def _build(self, origin: str, application: Any) -> Receiver:
        parsed = parse_origin(origin)

        def report(text: str) -> None:
            self.errors.append(ApplicationError(str(parsed), text))

        return Receiver(parsed, application, report)


def end(receivers: list[Receiver]) -> None:
    """End applications that `start` has started, and wait until they have ended.

    Raises:
        LifespanFailed: one has not ended as it should; the others have.
    """
    for receiver in receivers:
        receiver.cancel()
    for receiver in receivers:
        receiver.wait()
    _check_ends(receivers)


async def end_async(receivers: list[Receiver]) -> None:
    """End applications, as `end`, and wait for those of the running event loop."""
    for receiver in receivers:
        receiver.cancel()
    for receiver in receivers:
        await receiver.wait_async()
    _check_ends(receivers)


def _check_ends(receivers: list[Receiver]) -> None:
    for receiver in receivers:
        if receiver.end_failure:
            raise receiver.end_failure


def _run_in_own_loop(receiver: Receiver) -> None:
    with suppress(asyncio.CancelledError):
        asyncio.run(receiver.run())
