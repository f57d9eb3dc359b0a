"""Serves one application to a mock server, on a port of the loopback interface."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from traceback import format_exception, format_exception_only
from typing import Any, Final, TypeVar, cast

from mock_calls.applications.asgi import AsgiExchange, build_scope
from mock_calls.applications.http import (
    MAX_HEAD,
    HttpRequest,
    HttpResponse,
    NotHttp,
    read_request,
    render_response,
)
from mock_calls.applications.kinds import WSGI, kind_of
from mock_calls.applications.lifespan import Lifespan
from mock_calls.applications.origin import Origin
from mock_calls.applications.wsgi import call_wsgi
from mock_calls.errors import LifespanFailed

T = TypeVar("T")

HOST: Final = "127.0.0.1"
GRACE: Final = 5.0  # real seconds for canceled requests to end
END_TIMEOUT: Final = 20.0  # real seconds; each part of the end has its own limit
OWN_MODULES: Final = ("mock_calls.", "wsgiref.")
"""Modules whose frames say nothing about an application."""


class Receiver:
    """One application, whose requests are for `origin`.

    `report` gets a text for each exception of the application, and for what it writes to
    `wsgi.errors`.

    Raises:
        NotAttachable: it is neither an ASGI nor a WSGI application.
    """

    def __init__(self, origin: Origin, application: Any, report: Callable[[str], None]) -> None:
        self._respond = self._call_wsgi if kind_of(application) == WSGI else self._call_asgi
        self._lifespan = None if kind_of(application) == WSGI else Lifespan(application)
        self.origin = origin
        self._application = application
        self._report = report
        self._requests: set[asyncio.Task[None]] = set()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self.ready: Future[None] = Future()
        """Done when the application has started; or it has the exception that says why not."""
        self.ready.set_running_or_notify_cancel()  # so that no waiter cancels it
        self.port: int | None = None
        self._ended = threading.Event()

    async def run(self) -> None:
        """Start the application, serve it until this task is canceled, and end it."""
        self._running = (asyncio.get_running_loop(), _current_task())
        try:
            server = await self._start()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the start gets it
            self.ready.set_exception(error)
        else:
            self.ready.set_result(None)
            await self._wait_for_cancel(server)
        finally:
            self._ended.set()

    @property
    def addresses(self) -> dict[str, str]:
        """The origin with the address of the application, as the mock server takes them."""
        return {str(self.origin): f"localhost:{self.port}"}

    @property
    def end_failure(self) -> LifespanFailed | None:
        """Why the application has not ended as it should; None if it has, or still runs."""
        if not (self._lifespan and self._lifespan.failure and self._ended.is_set()):
            return None
        text = f"the application for {self.origin} did not end: {self._lifespan.failure}"
        return LifespanFailed(text)

    def cancel(self) -> None:
        """End the application, soon; nothing happens if its event loop has ended."""
        if self._running:
            loop, task = self._running
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)

    def wait(self) -> None:
        """Wait until the application has ended."""
        self._ended.wait(END_TIMEOUT)

    async def wait_async(self) -> None:
        """Wait until the application has ended, unless it is of another event loop."""
        if self._running and self._running[0] is asyncio.get_running_loop():
            await asyncio.wait((self._running[1],))

    async def _start(self) -> asyncio.Server:
        if self._lifespan:
            await self._lifespan.start()
        try:
            server = await asyncio.start_server(self._accept, HOST, 0, limit=MAX_HEAD)
        except BaseException:
            await self._end()
            raise
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _wait_for_cancel(self, server: asyncio.Server) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            await self._end()

    async def _end(self) -> None:
        for task in self._requests:
            task.cancel()
        if self._requests:
            await asyncio.wait(self._requests, timeout=GRACE)
        if self._lifespan:
            await self._lifespan.end()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request; the connection ends with it."""
        try:
            request = await read_request(reader)
            response = await self._respond(request, reader, writer.get_extra_info("peername"))
            if response:
                writer.write(render_response(response, request.method))
        except (NotHttp, ConnectionError):
            pass  # whoever sent it has left, or is no mock server
        except Exception as error:  # noqa: BLE001 - its response is none
            self._report(render_traceback(error))
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _call_asgi(
        self, request: HttpRequest, reader: asyncio.StreamReader, client: tuple[str, int]
    ) -> HttpResponse | None:
        ended = asyncio.Event()
        watcher = asyncio.create_task(_set_at_end(reader, ended))
        exchange = AsgiExchange(request, ended)
        state = self._lifespan.state.copy() if self._lifespan else {}
        scope = {**build_scope(request, self.origin, client), "state": state}
        try:
            await self._application(scope, exchange.receive, exchange.send)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - one of pytest, too, is a failed request
            return self._fail(error, exchange.response, is_started=exchange.is_started)
        finally:
            watcher.cancel()
        if exchange.response is None:
            self._report(f"it returned before its response to {request.method} was complete\n")
        return exchange.response or (None if exchange.is_started else INCOMPLETE)

    async def _call_wsgi(
        self, request: HttpRequest, _: asyncio.StreamReader, client: tuple[str, int]
    ) -> HttpResponse | None:
        handler = await _run_in_thread(
            lambda: call_wsgi(self._application, request, self.origin, client[0])
        )
        if written := handler.errors.getvalue():
            self._report(written)
        if handler.error is None:
            return handler.response
        return self._fail(handler.error, None, is_started=handler.response is not None)

    def _fail(
        self, error: BaseException, response: HttpResponse | None, *, is_started: bool
    ) -> HttpResponse | None:
        """Report an exception; return what is sent of the response, None for nothing."""
        self._report(render_traceback(error))
        if is_started:
            return response
        text = "".join(format_exception_only(error))
        return INCOMPLETE._replace(body=text.encode("utf-8", "replace"))


INCOMPLETE: Final = HttpResponse(
    500, ((b"content-type", b"text/plain; charset=utf-8"),), b"Internal Server Error"
)


def render_traceback(error: BaseException) -> str:
    """Render a traceback, from the first frame of the application on."""
    traceback = error.__traceback__
    while (
        traceback
        and traceback.tb_next
        and traceback.tb_frame.f_globals.get("__name__", "").startswith(OWN_MODULES)
    ):
        traceback = traceback.tb_next
    return "".join(format_exception(type(error), error, traceback))


def _current_task() -> asyncio.Task[Any]:
    return cast("asyncio.Task[Any]", asyncio.current_task())


async def _set_at_end(reader: asyncio.StreamReader, ended: asyncio.Event) -> None:
    """Set the event when the other side ends the connection."""
    with suppress(ConnectionError):
        await reader.read()
    ended.set()


async def _run_in_thread(function: Callable[[], T]) -> T:
    """Call a function on a thread of its own, for which nothing waits at the end."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # so that nothing cancels it: the thread goes on

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - it is for whoever awaits the function
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(future)
