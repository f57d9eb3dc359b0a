"""Replay an exported journal in a sandbox with the same seed, without sockets or waiting."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

from mockserver.compiler import ScenarioCompiler, build_configuration
from mockserver.config.registry import load_control_openapi
from mockserver.core.time import to_milliseconds
from mockserver.replay.journal import Json, parse_journal
from mockserver.replay.player import Player, ReplayDispatcher
from mockserver.replay.secrets import OWN_ORIGIN
from mockserver.runtime.background import Background
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from mockserver.web.access_control import AccessControl
from mockserver.web.app import build_app
from mockserver.web.dependencies import Dependencies
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.router import Router
from mockserver.web.views.journal_export import export_lines


class ReplayResult(NamedTuple):
    """The journal of the replay; `stop_reason` says why it stopped early, "" if it did not."""

    lines: tuple[str, ...]
    stop_reason: str = ""


def replay_journal(journal_lines: Sequence[str], settings: Settings) -> ReplayResult:
    """Send every vendor and control request of the journal again, each at its time.

    Webhook attempts get the results that the journal has. Files and options are those of
    `settings`; seed, start and sandbox name are those of the journal.

    Raises:
        InvalidJournal: the lines are not a journal, or its oldest entries are missing.
        SettingsError, InvalidFiles: as `build_configuration`.
    """
    header, *entries = parse_journal(journal_lines)
    start = to_milliseconds(datetime.fromisoformat(header["start_at"]))
    settings = settings._replace(seed=header["seed"], clock="manual", start=start)
    return asyncio.run(_replay(header["sandbox"], entries, settings))


@asynccontextmanager
async def _no_lifespan(_: Any) -> AsyncIterator[None]:
    yield


async def _replay(name: str, entries: list[Json], settings: Settings) -> ReplayResult:
    configuration, dispatcher = build_configuration(settings), ReplayDispatcher()
    timing = Timing("manual", settings.start)
    sandboxes = SandboxRegistry(dispatcher, (configuration, timing), lambda _: None)
    dependencies = Dependencies(
        sandboxes=sandboxes,
        router=Router(configuration.providers),
        origins=(OWN_ORIGIN,),
        compile_scenarios=ScenarioCompiler(settings),
        control_document=load_control_openapi,
        rejections=Counter(),
        log_throttle=LogThrottle(),
        background=Background(),
        access_control=AccessControl(),
        public_url=settings.public_url.rstrip("/"),
    )
    sandbox = sandboxes.get_or_create(name)
    player = Player(sandbox, dispatcher, build_app(dependencies, _no_lifespan))
    stop_reason = await player.play(entries)
    await sandbox.scheduler.deliveries.cancel()
    return ReplayResult(tuple(export_lines(sandbox.state, (OWN_ORIGIN,))), stop_reason)
