"""A server with a file, whose sandboxes a test lets sleep."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from mockserver.app.world import STORED_TIME_TO_LIVE
from mockserver.core.webhook import Dispatcher
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.runtime.sleep import SLEEP_AFTER, SleepingSandbox
from tests.support.fake_clock import FakeClock
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.stored_site import open_stored_site, stored_settings

LIST: Final = "/_mock/sandboxes"


class SleepingSite(NamedTuple):
    """A server that has started; `clock` is its real clock, and `lines` are what it says."""

    sandboxes: SandboxRegistry
    client: httpx.AsyncClient
    lines: list[str]
    clock: FakeClock

    async def pass_time(self, seconds: float = SLEEP_AFTER) -> None:
        """Let real time pass, and the check for unused sandboxes come."""
        self.clock.seconds += seconds
        await self.sandboxes.expire()

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.client.request(method, path, **more)

    async def click_to_call(self, prefix: str = "", **more: Any) -> httpx.Response:
        path, headers = f"{prefix}{CLICK_TO_CALL_PATH}", {**HEADERS, **more}
        return await self.request("POST", path, json=dict(CLICK_TO_CALL), headers=headers)

    async def states(self) -> dict[str, str]:
        """Name of each sandbox -> its state, as the list has them."""
        listed = (await self.request("GET", LIST)).json()["sandboxes"]
        return {each["name"]: each["state"] for each in listed}

    async def make_sleeping(self, name: str = "t1") -> SleepingSandbox:
        """Make a sandbox with a call, and let it sleep."""
        await self.click_to_call(f"/_sandbox/{name}")
        await self.pass_time()
        return self.sandboxes.asleep[name]

    def awake(self, name: str = "t1") -> Sandbox:
        sandbox = self.sandboxes.find(name)
        assert sandbox
        return sandbox

    def count_builds(self) -> list[str]:
        """Return a list that gets the name of each sandbox that is built again."""
        build, names = self.sandboxes.sleeping.build, list[str]()

        async def count(sleeping: SleepingSandbox) -> None:
            names.append(sleeping.record.name)
            await build(sleeping)

        self.sandboxes.sleeping.build = count
        return names


@asynccontextmanager
async def open_sleeping_site(
    path: Path, dispatcher: Dispatcher | None = None, at: float = 0, **changes: object
) -> AsyncIterator[SleepingSite]:
    """Start a server on a file at a real time in seconds; `changes` are to its settings."""
    clock = FakeClock(at)
    settings = stored_settings(path, **changes)
    async with open_stored_site(settings, dispatcher, monotonic=clock) as site:
        site.sandboxes.time_to_live = STORED_TIME_TO_LIVE
        yield SleepingSite(*site, clock)


def run(path: Path, work: Callable[[SleepingSite], Awaitable[None]], **more: Any) -> None:
    """Start a server on a file, do this work with it, and end it."""

    async def main() -> None:
        async with open_sleeping_site(path, **more) as site:
            await asyncio.wait_for(work(site), 20)

    asyncio.run(main())
