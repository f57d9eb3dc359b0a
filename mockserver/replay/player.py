"""Reproduce the entries of a journal in a new sandbox.

Inputs, such as requests, are sent again; all other entries must follow from them.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from mockserver.core.webhook import Delivery, DeliveryResult, planned_attempt
from mockserver.delivery.asgi import Application, call_asgi
from mockserver.replay.journal import Json, ReplayDiverged, entry_time
from mockserver.replay.refusals import is_recorded, replay_refusal
from mockserver.replay.requests import AsgiRequest, build_control_request, build_vendor_request
from mockserver.replay.secrets import find_secrets
from mockserver.runtime.sandbox import Sandbox

ENTRY_TIMEOUT: Final = 60.0  # real seconds for one entry: a scenario may delay a response


class ReplayDispatcher:
    """A dispatcher without a network: each attempt waits for its result from the journal."""

    def __init__(self) -> None:
        self._results: dict[tuple[str, int], asyncio.Future[DeliveryResult]] = {}

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        return await self._future(delivery.id, len(delivery.attempts) + 1)

    def set_result(self, entry: Json) -> None:
        result = self._future(entry["webhook"], entry["number"])
        if not result.done():
            result.set_result(
                DeliveryResult(entry["status"], entry["error"], reason=entry["reason"] or "")
            )

    def _future(self, delivery_id: str, number: int) -> asyncio.Future[DeliveryResult]:
        future = asyncio.get_running_loop().create_future()
        return self._results.setdefault((delivery_id, number), future)


class Player:
    """Replays a journal in a sandbox, through the server's own ASGI application."""

    def __init__(self, sandbox: Sandbox, dispatcher: ReplayDispatcher, app: Application) -> None:
        self._sandbox, self._dispatcher, self._app = sandbox, dispatcher, app
        self._secrets = find_secrets(sandbox)
        self._new_entry = asyncio.Event()
        self._tasks: list[asyncio.Task[DeliveryResult]] = []
        sandbox.state.journal.subscribe(lambda _: self._new_entry.set())

    async def play(self, entries: Sequence[Json]) -> str:
        """Replay all entries; return why the replay stopped early, or "" if it did not."""
        state = self._sandbox.state
        try:
            for index, entry in enumerate(entries):
                if state.journal.entry_count <= index:
                    self._sandbox.clock.jump(entry_time(entry))
                    await self._reproduce(index, entry)
        except ReplayDiverged as error:
            return str(error)
        except TimeoutError:
            return f"entry {state.journal.entry_count + 1} has not come within {ENTRY_TIMEOUT:g} s"
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return ""

    async def _reproduce(self, index: int, entry: Json) -> None:
        match entry["type"]:
            case "request" if is_recorded(entry):
                replay_refusal(entry, self._sandbox, self._secrets)
            case "request":
                self._send(build_vendor_request(entry, self._sandbox.name, self._secrets))
            case "command":
                self._send(build_control_request(entry, self._sandbox.name, self._secrets))
            case "clock":
                self._record_clock(entry)
            case "delivery-attempt" if not self._is_simulated(entry):
                await self._complete_attempt(entry)
            case _:
                await self._run_until_entry(index, entry)
        await self._wait_for_entry(index)

    async def _wait_for_entry(self, index: int) -> None:
        async with asyncio.timeout(ENTRY_TIMEOUT):
            while self._sandbox.state.journal.entry_count <= index:
                self._new_entry.clear()
                await self._new_entry.wait()

    async def _run_until_entry(self, index: int, entry: Json) -> None:
        """Run one due item after another until the journal has the entry."""
        while self._sandbox.state.journal.entry_count <= index:
            if not self._sandbox.scheduler.run_next(entry_time(entry)):
                summary = " ".join(str(entry.get(key) or "") for key in ("type", "event", "call"))
                raise ReplayDiverged(f"entry {entry['id']}, {summary.strip()}, does not come about")
            await asyncio.sleep(0)

    def _is_simulated(self, entry: Json) -> bool:
        """Return True if a scenario decides the result of this attempt, as it did before."""
        delivery = self._sandbox.state.deliveries.by_id.get(entry["webhook"])
        return delivery is not None and planned_attempt(delivery) is not None

    async def _complete_attempt(self, entry: Json) -> None:
        """Run due items until the webhook is sent, then set the result of the attempt."""
        deliveries = self._sandbox.state.deliveries.by_id
        while (
            entry["webhook"] not in deliveries
            or deliveries[entry["webhook"]].next_attempt_at is not None
        ):
            if not self._sandbox.scheduler.run_next(entry_time(entry)):
                raise ReplayDiverged(f"entry {entry['id']}: webhook {entry['webhook']} is not sent")
            await asyncio.sleep(0)
        self._dispatcher.set_result(entry)

    def _record_clock(self, entry: Json) -> None:
        reading = {key: entry[key] for key in ("mode", "advance", "wall_clock") if key in entry}
        self._sandbox.record_clock(reading)

    def _send(self, request: AsgiRequest) -> None:
        self._tasks.append(asyncio.create_task(call_asgi(self._app, *request)))
