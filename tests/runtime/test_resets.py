"""Thousands of resets at every moment: nothing comes that was scheduled before."""

import asyncio

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from tests.support import read
from tests.support.simulation import START, click_to_call


class Listening:
    """A receiver that notes in which world a webhook reaches it, and takes its time."""

    def __init__(self) -> None:
        self.epochs: list[tuple[int, int]] = []
        self.box: Sandbox | None = None

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        assert self.box
        await asyncio.sleep(0)
        self.epochs.append((delivery.epoch, self.box.state.epoch))
        return DeliveryResult(status=200)


def test_nothing_comes_of_a_world_that_was_reset(
    configuration: Configuration, request: pytest.FixtureRequest
) -> None:
    resets: int = request.config.getoption("--resets")

    async def scenario() -> None:
        receiver.box = box = Sandbox(
            "t", configuration, Timing(mode="manual", start=START), receiver
        )
        box.start()
        for number in range(resets):
            click_to_call(box.state)
            advance = asyncio.create_task(box.scheduler.advance(START + 1_000 * (number % 60)))
            for _ in range(number % 7):
                await asyncio.sleep(0)
            await box.reset()
            await asyncio.wait([advance])
        await box.scheduler.advance(None)
        assert box.state.epoch == resets
        assert list(read.pending_items(box.state)) == []
        await box.stop()

    receiver = Listening()
    asyncio.run(scenario())
    assert [one for one in receiver.epochs if one[0] != one[1]] == []
    assert len(receiver.epochs) > 0
