"""Thousands of resets at every moment: no webhook of an earlier epoch arrives."""

import asyncio

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from tests.support import read
from tests.support.simulation import START, click_to_call


class EpochRecorder:
    """Records the epoch of each delivery and that of the sandbox when it arrives, a turn later."""

    def __init__(self) -> None:
        self.epochs: list[tuple[int, int]] = []
        self.sandbox: Sandbox | None = None

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        assert self.sandbox
        await asyncio.sleep(0)
        self.epochs.append((delivery.epoch, self.sandbox.state.epoch))
        return DeliveryResult(status=200)


def test_no_webhook_of_an_earlier_epoch_arrives_after_a_reset(
    configuration: Configuration, request: pytest.FixtureRequest
) -> None:
    resets: int = request.config.getoption("--resets")

    async def run() -> None:
        recorder.sandbox = sandbox = Sandbox(
            "t", configuration, Timing(mode="manual", start=START), recorder
        )
        sandbox.start()
        for number in range(resets):
            click_to_call(sandbox.state)
            advance = asyncio.create_task(sandbox.scheduler.advance(START + 1_000 * (number % 60)))
            for _ in range(number % 7):
                await asyncio.sleep(0)
            await sandbox.reset()
            await asyncio.wait([advance])
        await sandbox.scheduler.advance(None)
        assert sandbox.state.epoch == resets
        assert list(read.pending_items(sandbox.state)) == []
        await sandbox.stop()

    recorder = EpochRecorder()
    asyncio.run(run())
    assert [epochs for epochs in recorder.epochs if epochs[0] != epochs[1]] == []
    assert len(recorder.epochs) > 0
