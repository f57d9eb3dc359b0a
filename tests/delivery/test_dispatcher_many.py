"""Many webhooks at once, and the end of them all."""

import asyncio
from contextlib import suppress

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.connection_pool import BASE_LIMIT
from mockserver.delivery.dispatcher import WebhookDispatcher
from tests.support.receivers import (
    OK_RESPONSE,
    build_delivery_to,
    never_respond,
    respond_with,
    serve_receiver,
    unused_origin,
)


@pytest.mark.parametrize(("in_flight", "most"), [(4, 4), (128, BASE_LIMIT)])
def test_no_more_at_once_than_there_are_places(in_flight: int, most: int) -> None:
    now, peaks = 0, set()

    async def scenario() -> set[tuple[object, ...]]:
        full = asyncio.Barrier(most)

        async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal now
            now += 1
            await reader.readuntil(b"\r\n\r\n")
            await full.wait()
            peaks.add(now)
            await full.wait()
            now -= 1
            writer.write(OK_RESPONSE)

        async with serve_receiver(counts) as port:
            courier = WebhookDispatcher(unused_origin, max_in_flight=in_flight)
            sent = build_delivery_to(f"http://127.0.0.1:{port}/hook")
            answers = await asyncio.gather(*(courier.deliver(sent) for _ in range(40)))
        return {answer[:3] for answer in answers}

    assert (asyncio.run(scenario()), peaks) == ({(200, None, b"ok")}, {most})


def test_a_silent_target_delays_no_other() -> None:
    async def scenario() -> DeliveryResult:
        async with (
            serve_receiver(never_respond) as deaf,
            serve_receiver(respond_with(OK_RESPONSE)) as port,
        ):
            courier = WebhookDispatcher(unused_origin, max_in_flight=BASE_LIMIT + 1)
            sent = build_delivery_to(f"http://127.0.0.1:{deaf}/")
            lost = [asyncio.create_task(courier.deliver(sent)) for _ in range(30)]
            await asyncio.sleep(0)
            answer = await courier.deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))
            assert all(task.cancel() for task in lost)  # none was done
            await asyncio.gather(*lost, return_exceptions=True)
            return answer._replace(duration_ms=0)

    assert asyncio.run(scenario()) == DeliveryResult(status=200, error=None, body=b"ok")


def test_the_wait_for_a_place_is_not_part_of_the_deadline() -> None:
    async def scenario() -> list[DeliveryResult]:
        async with (
            serve_receiver(never_respond) as deaf,
            serve_receiver(respond_with(OK_RESPONSE)) as port,
        ):
            courier = WebhookDispatcher(unused_origin, timeout=0.2, max_in_flight=1)
            sent = [build_delivery_to(f"http://127.0.0.1:{at}/") for at in (deaf, deaf, port)]
            answers = await asyncio.gather(*map(courier.deliver, sent))
            return [answer._replace(duration_ms=0) for answer in answers]

    lost = DeliveryResult(status=None, error="timeout")
    assert asyncio.run(scenario()) == [
        lost,
        lost,
        DeliveryResult(status=200, error=None, body=b"ok"),
    ]


def test_a_cancelled_delivery_is_cut_and_leaves_its_place() -> None:
    async def scenario() -> DeliveryResult:
        begun, over = asyncio.Event(), asyncio.Event()

        async def waits(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            begun.set()
            with suppress(ConnectionError):
                await reader.read()
            over.set()

        async with serve_receiver(waits) as deaf, serve_receiver(respond_with(OK_RESPONSE)) as port:
            courier = WebhookDispatcher(unused_origin, max_in_flight=1)
            task = asyncio.create_task(
                courier.deliver(build_delivery_to(f"http://127.0.0.1:{deaf}/"))
            )
            await begun.wait()
            task.cancel()
            await over.wait()
            assert task.cancelled()
            return await courier.deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))

    assert asyncio.run(scenario())[:3] == (200, None, b"ok")


def test_close_cuts_what_is_under_way() -> None:
    async def scenario() -> DeliveryResult:
        begun = asyncio.Event()

        async def waits(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            begun.set()
            await reader.read()

        async with serve_receiver(waits) as port:
            courier = WebhookDispatcher(unused_origin)
            task = asyncio.create_task(
                courier.deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))
            )
            await begun.wait()
            await courier.close()
            return (await task)._replace(duration_ms=0)

    assert asyncio.run(scenario()) == DeliveryResult(status=None, error="reset")


def test_a_receiver_that_hangs_up_after_each_answer_loses_nothing() -> None:
    async def scenario() -> list[int | None]:
        async with serve_receiver(respond_with(OK_RESPONSE)) as port:
            courier = WebhookDispatcher(unused_origin)
            sent = build_delivery_to(f"http://127.0.0.1:{port}/")
            return [(await courier.deliver(sent)).status for _ in range(20)]

    assert asyncio.run(scenario()) == [200] * 20


"""Signed by itself, for localhost and 127.0.0.1, until 2120: it guards nothing but these tests."""
