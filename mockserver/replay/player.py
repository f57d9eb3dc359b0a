"""Goes through the facts: what came from outside is sent again, the rest must come of it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.delivery.asgi import Application, call_asgi
from mockserver.replay.journal import Json, ReplayDiverged, entry_time, find_control_request
from mockserver.replay.requests import AsgiRequest, build_control_request, build_vendor_request
from mockserver.replay.secrets import find_secrets
from mockserver.runtime.sandbox import Sandbox

ENTRY_TIMEOUT: Final = 60.0  # real seconds for one fact: a story may make a client wait


class ReplayDispatcher:
    """A courier that goes nowhere: each attempt is answered as the journal tells, when it does."""

    def __init__(self) -> None:
        self._results: dict[tuple[str, int], asyncio.Future[DeliveryResult]] = {}

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        return await self._future(delivery.id, len(delivery.attempts) + 1)

    def set_result(self, entry: Json) -> None:
        told = self._future(entry["webhook"], entry["number"])
        if not told.done():
            told.set_result(DeliveryResult(entry["status"], entry["error"]))

    def _future(self, delivery_id: str, number: int) -> asyncio.Future[DeliveryResult]:
        waiting = asyncio.get_running_loop().create_future()
        return self._results.setdefault((delivery_id, number), waiting)


class Player:
    def __init__(self, sandbox: Sandbox, dispatcher: ReplayDispatcher, app: Application) -> None:
        self._sandbox, self._dispatcher, self._app = sandbox, dispatcher, app
        self._secrets = find_secrets(sandbox)
        self._new_entry = asyncio.Event()
        self._tasks: list[asyncio.Task[DeliveryResult]] = []
        self._early_indexes: set[int] = set()
        sandbox.state.subscribers.append(lambda _: self._new_entry.set())

    async def play(self, entries: Sequence[Json]) -> str:
        """Why it ended before the last fact; empty if it did not."""
        store = self._sandbox.state
        try:
            for place, fact in enumerate(entries):
                if store.entry_count <= place:
                    self._sandbox.clock.jump(entry_time(fact))
                    await self._reproduce(entries, place)
        except ReplayDiverged as diverged:
            return str(diverged)
        except TimeoutError:
            return f"fact {store.entry_count + 1} has not come within {ENTRY_TIMEOUT:g} s"
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return ""

    async def _reproduce(self, entries: Sequence[Json], index: int) -> None:
        fact = entries[index]
        match fact["fact"]:
            case "request":
                self._send(build_vendor_request(fact, self._sandbox.name, self._secrets))
            case "control" if index not in self._early_indexes:
                self._send(build_control_request(fact, self._sandbox.name, self._secrets))
            case "clock":
                self._record_clock(fact)
            case "attempt":
                await self._complete_attempt(fact)
            case "event" if fact.get("by") == "control":
                ordered = find_control_request(entries, index)
                self._early_indexes.add(ordered)
                self._send(
                    build_control_request(entries[ordered], self._sandbox.name, self._secrets)
                )
            case _:
                await self._run_until_entry(index, fact)
        await self._wait_for_entry(index)

    async def _wait_for_entry(self, index: int) -> None:
        async with asyncio.timeout(ENTRY_TIMEOUT):
            while self._sandbox.state.entry_count <= index:
                self._new_entry.clear()
                await self._new_entry.wait()

    async def _run_until_entry(self, index: int, entry: Json) -> None:
        """Time goes on, thing by thing, until the fact is there."""
        while self._sandbox.state.entry_count <= index:
            if not self._sandbox.scheduler.run_next(entry_time(entry)):
                what = " ".join(str(entry.get(key) or "") for key in ("fact", "event", "call"))
                raise ReplayDiverged(f"fact {entry['id']}, {what.strip()}, does not come about")
            await asyncio.sleep(0)

    async def _complete_attempt(self, entry: Json) -> None:
        """The webhook leaves when it is due, and its receiver answers."""
        deliveries = self._sandbox.state.deliveries
        while (
            entry["webhook"] not in deliveries
            or deliveries[entry["webhook"]].next_attempt_at is not None
        ):
            if not self._sandbox.scheduler.run_next(entry_time(entry)):
                raise ReplayDiverged(f"fact {entry['id']}: webhook {entry['webhook']} is not sent")
            await asyncio.sleep(0)
        self._dispatcher.set_result(entry)

    def _record_clock(self, entry: Json) -> None:
        told = {key: entry[key] for key in ("mode", "advance") if key in entry}
        self._sandbox.state.record(JournalEntry(entry_time(entry), "clock", "", told))

    def _send(self, request: AsgiRequest) -> None:
        self._tasks.append(asyncio.create_task(call_asgi(self._app, *request)))
