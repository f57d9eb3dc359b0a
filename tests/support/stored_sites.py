"""A whole server in this process, without a socket: in memory, or with a SQLite file."""

import asyncio
import socket
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar
from unittest.mock import patch

import httpx

from mockserver import app
from mockserver.app import build_server
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from tests.support.dispatchers import Receiver, RecordingDispatcher, respond_with_thanks
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS, build_client

Result = TypeVar("Result")
VIEWS = (
    *("calls", "requests", "webhooks", "scenarios", "activations", "clock", "receivers"),
    *("accounts/mobtexting", "journal", "unexpected", "phones"),
)
"""What the control API shows of a sandbox."""

STATUSES = (500, 200, 404)
JOURNAL = "/_mock/journal?format=jsonl"


async def vary_results(delivery: Delivery) -> DeliveryResult:
    """Give 500, a timeout, 404, 500 and 200 in turn."""
    number = len(delivery.attempts)
    return (
        DeliveryResult(status=None, error="timeout")
        if number == 1
        else DeliveryResult(status=STATUSES[number % 3])
    )


class ClosableDispatcher(RecordingDispatcher):
    """A recording dispatcher that a server can close."""

    async def close(self) -> None:
        """Close nothing."""


class StoredSite:
    """A server that begins, serves and ends on a loop of its own.

    `said` are its lines for the log. `stop` ends it as SIGTERM does, and `kill` as SIGKILL.
    """

    def __init__(
        self,
        configuration: Configuration,
        settings: Settings,
        listener: socket.socket,
        receive: Receiver,
    ) -> None:
        self.dispatcher, self.said = ClosableDispatcher(receive), list[str]()
        self._runner = asyncio.Runner()
        self._origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with patch.object(app, "build_dispatcher", lambda *_: self.dispatcher):
            printers = (lambda _: None, self.said.append)
            self._app: Any = build_server(configuration, settings, listener, printers).config.app
        self.registry = self.run(self._start())

    async def _start(self) -> SandboxRegistry:
        self._end, started = asyncio.Event(), asyncio.Event()
        state: dict[str, Any] = {}

        async def receive() -> dict[str, str]:
            if started.is_set():
                await self._end.wait()
            return {}

        async def send(_: object) -> None:
            started.set()

        scope = {"type": "lifespan", "state": state}
        self._lifespan = asyncio.create_task(self._app(scope, receive, send))
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait((self._lifespan, waiting), return_when=asyncio.FIRST_COMPLETED)
        found: SandboxRegistry = state["dependencies"].sandboxes
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def run(self, work: Awaitable[Result]) -> Result:
        async def wait() -> Result:
            return await work

        return self._runner.run(wait())

    def stop(self) -> None:
        self.run(self.registry.stop_schedulers())
        self._end.set()
        self.run(self._lifespan)
        self._runner.close()

    def kill(self) -> None:
        """End at once: what is not in the file by now is gone. Do nothing if it has ended."""
        if not self._lifespan.done():
            self.run(self._abandon())
            self._runner.close()

    async def _abandon(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.registry.durability:
            await self.registry.durability.close([])

    def client(self) -> httpx.AsyncClient:
        return build_client(self._app, self._origin)

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async with self.client() as client:
            return await client.request(method, path, **more)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.run(self.send(method, path, **more))

    def get_json(self, path: str) -> Any:
        response = self.request("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def click_to_call(self, *scenarios: str, **fields: object) -> httpx.Response:
        headers = HEADERS | ({"x-mock-scenario": ", ".join(scenarios)} if scenarios else {})
        return self.request(
            "POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, **fields}, headers=headers
        )

    def advance(self, **goal: object) -> Any:
        response = self.request("POST", "/_mock/clock/advance", json=goal or {"until": "idle"})
        assert response.status_code == 200, response.text
        return response.json()

    def journal(self, prefix: str = "") -> list[str]:
        return self.request("GET", prefix + JOURNAL).text.splitlines()


def describe(site: StoredSite) -> dict[str, Any]:
    """Return what the control API shows of all sandboxes, but for real durations of responses."""
    names = [each["name"] for each in site.get_json("/_mock/sandboxes")["sandboxes"]]
    described: dict[str, Any] = {
        f"{name}: {view}": site.get_json(f"/_sandbox/{name}/_mock/{view}")
        for name in sorted(names)
        for view in VIEWS
    }
    for name in names:
        described[f"{name}: lines"] = site.journal(f"/_sandbox/{name}")
        for request in described[f"{name}: requests"]["requests"]:
            request.pop("duration_ms")
    return {**described, "snapshots": site.get_json("/_mock/sandboxes/default/snapshots")}


class Host:
    """Starts servers one after another at the same address and with the same options."""

    def __init__(
        self, configuration: Configuration, listener: socket.socket, settings: Settings
    ) -> None:
        self.configuration, self.settings = configuration, settings
        self.receive: Receiver = respond_with_thanks
        self._listener = listener

    def start(self, **options: Any) -> StoredSite:
        """Start a server; `options` replace some of its settings."""
        settings = self.settings._replace(**options)
        return StoredSite(self.configuration, settings, self._listener, self.receive)


@contextmanager
def open_host(configuration: Configuration, **options: Any) -> Iterator[Host]:
    """Open a host whose servers have a manual clock and the seed of the configuration."""
    settings = Settings(
        **{"port": 0, "clock": "manual", "start": START, "seed": "seed", "quiet": True, **options}
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield Host(configuration, listener, settings)
