"""What a server does beside its requests: starts and stops its sandboxes, watches, reminds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.compiler import scenario_files
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.runtime.file_watcher import watch_files
from mockserver.runtime.regular_storing import store_regularly
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.runtime.tasks import spawn
from mockserver.settings import Settings, SettingsError
from mockserver.web.dependencies import Dependencies


class Hooks(NamedTuple):
    """What starts the sandboxes, what reloads the files, and what waits for the first request."""

    start: Callable[[], Awaitable[None]]
    reload: Callable[[], Awaitable[None]]
    remind: Callable[[], Coroutine[Any, Any, None]]


def build_lifespan(
    settings: Settings,
    dependencies: Dependencies,
    dispatcher: WebhookDispatcher,
    hooks: Hooks,
) -> Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any]]]:
    """Build the ASGI lifespan: it starts and stops the sandboxes and the tasks beside them."""
    sandboxes = dependencies.sandboxes

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[Mapping[str, Any]]:
        await hooks.start()
        tasks = [*_start_tasks(settings, hooks, sandboxes)]
        yield {"dependencies": dependencies}
        for task in tasks:
            task.cancel()
        await sandboxes.stop()
        if sandboxes.durability:
            await sandboxes.durability.close([*sandboxes])
        await dispatcher.close()

    return lifespan


def _start_tasks(
    settings: Settings, hooks: Hooks, sandboxes: SandboxRegistry
) -> Iterator[asyncio.Task[None]]:
    """Watch files and store sandboxes if asked for; wait for requests if a person reads the log."""
    on_error = sandboxes.record_error
    if sandboxes.durability:
        yield spawn(store_regularly(sandboxes.durability, sandboxes), on_error)
    if settings.watch:
        list_files = partial(_existing_files, settings)
        yield spawn(watch_files(list_files, hooks.reload), on_error)
    if not settings.quiet and settings.log_format == "text":
        yield spawn(hooks.remind(), on_error)


def _existing_files(settings: Settings) -> list[Path]:
    """Return the user's files; empty if one is missing, as while an editor replaces it."""
    with suppress(SettingsError):
        return scenario_files(settings)
    return []
