"""The lifespan of an attached application runs once, around all of its requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mock_calls import LifespanFailed
from mock_calls.applications import lifespan
from mock_calls.applications.attachments import Attachments, end_async
from tests.support.applications import ORIGIN, attached, build_responder, exchange

GET = b"GET /names HTTP/1.1\r\nhost: app.test\r\n\r\n"


def build_app(log: list[str], *, fails: str = "") -> Starlette:
    """Build an application that counts, with a state of its lifespan."""

    @asynccontextmanager
    async def run(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        if fails == "start":
            raise OSError("no database")
        log.append("start")
        yield {"names": ["state"]}
        await asyncio.sleep(0)  # whoever ends it waits
        log.append("end")
        if fails == "end":
            raise OSError("database is locked")

    async def list_names(request: Request) -> JSONResponse:
        log.append("request")
        request.state.names.append("more")
        return JSONResponse(request.state.names)

    return Starlette(routes=[Route("/names", list_names)], lifespan=run)


def test_the_lifespan_surrounds_all_requests_and_hands_on_its_state() -> None:
    log: list[str] = []
    with attached(build_app(log)) as (attachments, port):
        assert [exchange(port, GET).splitlines()[-1] for _ in range(2)] == [
            b'["state","more"]',
            b'["state","more","more"]',
        ]
        assert log == ["start", "request", "request"]
    assert (log, attachments.errors) == (["start", "request", "request", "end"], [])


def test_an_application_that_cannot_start_is_not_attached() -> None:
    with pytest.raises(LifespanFailed) as error:
        Attachments().start(ORIGIN, build_app([], fails="start"))
    first, *_, last = str(error.value).strip().splitlines()
    assert first == "the application did not start: Traceback (most recent call last):"
    assert last == "OSError: no database"


NOT_ENDED = "the application for http://app.test did not end: "


def test_an_application_that_cannot_end_is_an_error_of_whoever_ends_it() -> None:
    with (
        pytest.raises(LifespanFailed, match="OSError: database is locked") as error,
        attached(build_app([], fails="end")),
    ):
        pass
    assert str(error.value).startswith(f"{NOT_ENDED}Traceback (most recent call last):")


async def never_starts(scope: Any, *_: Any) -> None:
    assert scope["type"] == "lifespan"
    await asyncio.Event().wait()


async def never_ends(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "lifespan"
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.Event().wait()


def test_an_application_that_does_not_start_in_time_is_not_attached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lifespan, "TIMEOUT", 0.05)
    with pytest.raises(LifespanFailed, match=r"its lifespan did not start in 0\.05 seconds"):
        Attachments().start(ORIGIN, never_starts)


def test_an_application_that_does_not_end_in_time_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lifespan, "TIMEOUT", 0.05)
    with pytest.raises(LifespanFailed) as error, attached(never_ends):
        pass
    assert str(error.value) == f"{NOT_ENDED}its lifespan did not end in 0.05 seconds"


async def fails_silently(_: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed"})


async def ends_loudly(_: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    raise ValueError("loud")


async def returns_at_once(*_: Any) -> None: ...


async def sends_a_response(_: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})


def test_a_failed_start_without_a_message_is_an_error_too() -> None:
    with pytest.raises(LifespanFailed, match=r"did not start: it sent lifespan\.startup\.failed"):
        Attachments().start(ORIGIN, fails_silently)


def test_an_exception_at_the_end_is_an_error() -> None:
    with pytest.raises(LifespanFailed, match="ValueError: loud"), attached(ends_loudly):
        pass


@pytest.mark.parametrize("application", [build_responder(), returns_at_once, sends_a_response])
def test_an_application_without_a_lifespan_is_attached_all_the_same(application: Any) -> None:
    with attached(application) as (attachments, port):
        assert exchange(port, GET).startswith(b"HTTP/1.1 ")
    assert [each.text for each in attachments.errors if "lifespan" in each.text] == []


async def attach_here(attachments: Attachments, application: Any) -> None:
    attachments.adopt(await attachments.start_async(ORIGIN, application))


def test_an_application_of_an_asynchronous_client_runs_in_its_event_loop() -> None:
    log: list[Any] = []
    loops = set()

    async def app(*arguments: Any) -> None:
        loops.add(asyncio.get_running_loop())
        await build_app(log)(*arguments)

    async def run() -> None:
        attachments = Attachments()
        await attach_here(attachments, app)
        assert loops == {asyncio.get_running_loop()}
        await end_async(attachments.release())
        assert log == ["start", "end"]

    asyncio.run(run())


def test_an_application_ends_with_its_event_loop() -> None:
    log: list[str] = []
    attachments = Attachments()
    asyncio.run(attach_here(attachments, build_app(log)))
    assert log == ["start", "end"]
    attachments.cancel()


def test_an_application_that_cannot_end_with_its_event_loop_is_an_error_later() -> None:
    attachments = Attachments()
    asyncio.run(attach_here(attachments, build_app([], fails="end")))
    with pytest.raises(LifespanFailed, match="OSError: database is locked"):
        attachments.cancel()


def test_an_application_of_another_event_loop_is_ended_without_waiting() -> None:
    log: list[str] = []
    attachments = Attachments()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(attach_here(attachments, build_app(log)))
    asyncio.run(end_async(attachments.release()))
    assert log == ["start"]
    loop.run_until_complete(asyncio.sleep(0.05))
    loop.close()
    assert log == ["start", "end"]


def test_a_start_that_is_canceled_leaves_nothing_in_the_event_loop() -> None:
    async def run() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await Attachments().start_async(ORIGIN, never_starts)
        await asyncio.sleep(0.01)
        assert [*asyncio.all_tasks()] == [asyncio.current_task()]

    asyncio.run(run())


def test_an_application_for_which_no_port_is_free_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OSError("no port is free")

    log: list[str] = []
    monkeypatch.setattr(asyncio, "start_server", fail)
    with pytest.raises(OSError, match="no port is free"):
        Attachments().start(ORIGIN, build_app(log))
    assert log == ["start", "end"]


def test_an_application_that_cannot_start_leaves_nothing_in_the_event_loop() -> None:
    async def run() -> None:
        with pytest.raises(LifespanFailed, match="no database"):
            await Attachments().start_async(ORIGIN, build_app([], fails="start"))
        assert [*asyncio.all_tasks()] == [asyncio.current_task()]

    asyncio.run(run())
