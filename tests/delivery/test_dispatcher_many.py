"""Many deliveries at once: their limit, their independence, and how they are ended."""

import asyncio
from contextlib import suppress

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.receiver_slots import BASE_LIMIT
from tests.support.event_loop import yield_to_tasks
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    build_delivery_to,
    keep_silent,
    respond_with,
    serve_receiver,
)


@pytest.mark.parametrize(("in_flight", "expected"), [(4, 4), (128, BASE_LIMIT)])
def test_concurrent_deliveries_do_not_exceed_the_limit(in_flight: int, expected: int) -> None:
    """As long as the receiver has not shown that it serves more at once."""

    async def run() -> tuple[int, set[tuple[object, ...]]]:
        async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            arrived.append(writer)
            if len(arrived) == expected:
                are_all_there.set()
            await gate.wait()
            writer.write(OK_RESPONSE)

        async with serve_receiver(receive) as port:
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, max_in_flight=in_flight)
            delivery = build_delivery_to(f"http://127.0.0.1:{port}/hook")
            tasks = [asyncio.create_task(dispatcher.deliver(delivery)) for _ in range(40)]
            await are_all_there.wait()
            await yield_to_tasks()
            count = len(arrived)
            gate.set()
            results = await asyncio.gather(*tasks)
        return count, {(result.status, result.error, result.body) for result in results}

    arrived, are_all_there, gate = list[asyncio.StreamWriter](), asyncio.Event(), asyncio.Event()
    assert asyncio.run(run()) == (expected, {(200, None, b"ok")})


def test_a_silent_receiver_delays_no_other_receiver() -> None:
    async def run() -> DeliveryResult:
        async with (
            serve_receiver(keep_silent) as silent,
            serve_receiver(respond_with(OK_RESPONSE)) as port,
        ):
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, max_in_flight=BASE_LIMIT + 1)
            delivery = build_delivery_to(f"http://127.0.0.1:{silent}/")
            stuck = [asyncio.create_task(dispatcher.deliver(delivery)) for _ in range(30)]
            await asyncio.sleep(0)
            result = await dispatcher.deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))
            assert all(task.cancel() for task in stuck)  # none had ended
            await asyncio.gather(*stuck, return_exceptions=True)
            return result.replace(duration_ms=0)

    assert asyncio.run(run()) == DeliveryResult(status=200, error=None, body=b"ok")


def test_the_wait_for_a_slot_is_not_part_of_the_timeout() -> None:
    async def run() -> list[DeliveryResult]:
        async with (
            serve_receiver(keep_silent) as silent,
            serve_receiver(respond_with(OK_RESPONSE)) as port,
        ):
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, timeout=0.2, max_in_flight=1)
            delivery = [
                build_delivery_to(f"http://127.0.0.1:{target}/")
                for target in (silent, silent, port)
            ]
            results = await asyncio.gather(*map(dispatcher.deliver, delivery))
            return [result.replace(duration_ms=0) for result in results]

    stuck = DeliveryResult(status=None, error="timeout")
    assert asyncio.run(run()) == [
        stuck,
        stuck,
        DeliveryResult(status=200, error=None, body=b"ok"),
    ]


def test_a_canceled_delivery_closes_its_connection_and_frees_its_slot() -> None:
    async def run() -> DeliveryResult:
        started, ended = asyncio.Event(), asyncio.Event()

        async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            started.set()
            with suppress(ConnectionError):
                await reader.read()
            ended.set()

        async with (
            serve_receiver(wait) as silent,
            serve_receiver(respond_with(OK_RESPONSE)) as port,
        ):
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, max_in_flight=1)
            task = asyncio.create_task(
                dispatcher.deliver(build_delivery_to(f"http://127.0.0.1:{silent}/"))
            )
            await started.wait()
            task.cancel()
            await ended.wait()
            assert task.cancelled()
            return await dispatcher.deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))

    result = asyncio.run(run())
    assert (result.status, result.error, result.body) == (200, None, b"ok")


def test_closing_the_dispatcher_resets_deliveries_in_flight() -> None:
    async def run() -> DeliveryResult:
        started = asyncio.Event()

        async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            started.set()
            await reader.read()

        async with serve_receiver(wait) as port:
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN)
            task = asyncio.create_task(
                dispatcher.deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))
            )
            await started.wait()
            await dispatcher.close()
            return (await task).replace(duration_ms=0)

    assert asyncio.run(run()) == DeliveryResult(status=None, error="reset")


def test_a_receiver_that_closes_after_each_response_misses_no_webhook() -> None:
    async def run() -> list[int | None]:
        async with serve_receiver(respond_with(OK_RESPONSE)) as port:
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN)
            delivery = build_delivery_to(f"http://127.0.0.1:{port}/")
            return [(await dispatcher.deliver(delivery)).status for _ in range(20)]

    assert asyncio.run(run()) == [200] * 20
