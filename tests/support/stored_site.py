"""The whole application in this process with a SQLite file: started, served, and ended again."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from mockserver.app.stored_world import build_stored_world, open_file
from mockserver.compiler import build_configuration
from mockserver.config.registry import load_control_openapi
from mockserver.core.webhook import Dispatcher
from mockserver.runtime.background import Background
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from mockserver.store.records import Batch, Change, SandboxRecord
from mockserver.web.access_control import AccessControl
from mockserver.web.app import build_app
from mockserver.web.dependencies import Dependencies
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.router import Router
from tests.support.dispatchers import AcceptingDispatcher
from tests.support.simulation import START
from tests.support.site import ORIGIN, build_client, no_lifespan


class StoredSite(NamedTuple):
    """A server that has started; `lines` are what it says of its store."""

    sandboxes: SandboxRegistry
    client: httpx.AsyncClient
    lines: list[str]


def stored_settings(path: Path, **changes: object) -> Settings:
    """Settings of a manual clock that keep sandboxes in a file."""
    settings = Settings(store=str(path), clock="manual", start=START, seed="seed", quiet=True)
    return settings._replace(**changes)  # type: ignore[arg-type]


@asynccontextmanager
async def open_stored_site(
    settings: Settings,
    dispatcher: Dispatcher | None = None,
    max_inbox_bytes: int = 64_000_000,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[StoredSite]:
    """Start a server without sockets on a file, and end it as SIGTERM does."""
    (durability, records), configuration = (
        open_file(settings, monotonic),
        build_configuration(settings),
    )
    setup = (configuration, Timing(settings.clock, settings.start))
    sandboxes = SandboxRegistry(
        dispatcher or AcceptingDispatcher(), setup, lambda _: None, monotonic, durability
    )
    sandboxes.inbox_storage.max_bytes = max_inbox_bytes
    lines: list[str] = []
    world = build_stored_world(settings, sandboxes, (durability, records), lines.append)
    dependencies = Dependencies(
        sandboxes=sandboxes,
        router=Router(configuration.providers),
        origins=(ORIGIN,),
        compile_scenarios=world.compiler,
        control_document=load_control_openapi,
        rejections=Counter(),
        log_throttle=LogThrottle(),
        background=Background(),
        access_control=AccessControl(),
        public_url="",
    )
    await world.start()
    try:
        async with build_client(build_app(dependencies, no_lifespan)) as client:
            yield StoredSite(sandboxes, client, lines)
    finally:
        await sandboxes.stop()
        await durability.close([*sandboxes])


def use(
    settings: Settings, work: Callable[[StoredSite], Awaitable[object]], **more: object
) -> None:
    """Start a server, do this work with it, and end it."""

    async def main() -> None:
        async with open_stored_site(settings, **more) as site:  # type: ignore[arg-type]
            await work(site)

    asyncio.run(main())


def renewal_of(records: Iterable[SandboxRecord]) -> Batch:
    """Return a batch that stores other records of sandboxes that are in a file."""
    changes = [Change(record=each, known=each.place.length, inputs=()) for each in records]
    return Batch(removed=(), changes=changes)


def copy_file(path: Path, to: Path) -> Path:
    """Copy a file that is in use, as it is left by a process that was killed now."""
    for each in files_of(path):
        shutil.copy(each, to.with_name(each.name.replace(path.name, to.name)))
    return to


def files_of(path: Path) -> Iterable[Path]:
    """Return the file, and what SQLite keeps beside it."""
    return sorted(path.parent.glob(f"{path.name}*"))
