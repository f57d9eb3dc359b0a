"""Goes through the facts: what came from outside is sent again, the rest must come of it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.replay.asking import Asked, by_client, by_control
from mockserver.replay.journal import Diverged, Json, at, source
from mockserver.replay.unmasking import known
from mockserver.runtime.attached import Application, spoken
from mockserver.runtime.sandbox import Sandbox

PATIENCE: Final = 60.0  # real seconds for one fact: a story may make a client wait


class Recorded:
    """A courier that goes nowhere: each attempt is answered as the journal tells, when it does."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int], asyncio.Future[DeliveryResult]] = {}

    async def carry(self, delivery: Delivery) -> DeliveryResult:
        return await self._of(delivery.id, len(delivery.attempts) + 1)

    def answer(self, fact: Json) -> None:
        told = self._of(fact["webhook"], fact["number"])
        if not told.done():
            told.set_result(DeliveryResult(fact["status"], fact["error"]))

    def _of(self, name: str, number: int) -> asyncio.Future[DeliveryResult]:
        waiting = asyncio.get_running_loop().create_future()
        return self._answers.setdefault((name, number), waiting)


class Player:
    def __init__(self, sandbox: Sandbox, courier: Recorded, app: Application) -> None:
        self._sandbox, self._courier, self._app = sandbox, courier, app
        self._known = known(sandbox)
        self._grown = asyncio.Event()
        self._tasks: list[asyncio.Task[DeliveryResult]] = []
        self._early: set[int] = set()
        sandbox.store.watchers.append(lambda _: self._grown.set())

    async def play(self, facts: Sequence[Json]) -> str:
        """Why it ended before the last fact; empty if it did not."""
        store = self._sandbox.store
        try:
            for place, fact in enumerate(facts):
                if store.recorded <= place:
                    self._sandbox.clock.jump(at(fact))
                    await self._bring_about(facts, place)
        except Diverged as diverged:
            return str(diverged)
        except TimeoutError:
            return f"fact {store.recorded + 1} has not come within {PATIENCE:g} s"
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return ""

    async def _bring_about(self, facts: Sequence[Json], place: int) -> None:
        fact = facts[place]
        match fact["fact"]:
            case "request":
                self._send(by_client(fact, self._sandbox.name, self._known))
            case "control" if place not in self._early:
                self._send(by_control(fact, self._sandbox.name, self._known))
            case "clock":
                self._record(fact)
            case "attempt":
                await self._answer(fact)
            case "event" if fact.get("by") == "control":
                ordered = source(facts, place)
                self._early.add(ordered)
                self._send(by_control(facts[ordered], self._sandbox.name, self._known))
            case _:
                await self._step(place, fact)
        await self._until(place)

    async def _until(self, place: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self._sandbox.store.recorded <= place:
                self._grown.clear()
                await self._grown.wait()

    async def _step(self, place: int, fact: Json) -> None:
        """Time goes on, thing by thing, until the fact is there."""
        while self._sandbox.store.recorded <= place:
            if not self._sandbox.driver.once(at(fact)):
                what = " ".join(str(fact.get(key) or "") for key in ("fact", "event", "call"))
                raise Diverged(f"fact {fact['id']}, {what.strip()}, does not come about")
            await asyncio.sleep(0)

    async def _answer(self, fact: Json) -> None:
        """The webhook leaves when it is due, and its receiver answers."""
        deliveries = self._sandbox.store.deliveries
        while (
            fact["webhook"] not in deliveries
            or deliveries[fact["webhook"]].next_attempt_at is not None
        ):
            if not self._sandbox.driver.once(at(fact)):
                raise Diverged(f"fact {fact['id']}: webhook {fact['webhook']} is not sent")
            await asyncio.sleep(0)
        self._courier.answer(fact)

    def _record(self, fact: Json) -> None:
        told = {key: fact[key] for key in ("mode", "advance") if key in fact}
        self._sandbox.store.record(JournalEntry(at(fact), "clock", "", told))

    def _send(self, asked: Asked) -> None:
        self._tasks.append(asyncio.create_task(spoken(self._app, *asked)))
