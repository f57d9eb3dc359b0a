"""Plays an exported journal again in a world of the same seed, without sockets or waiting."""

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
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from mockserver.web.access_control import AccessControl
from mockserver.web.app import build_app
from mockserver.web.dependencies import Dependencies
from mockserver.web.views.journal_export import export_lines


class ReplayResult(NamedTuple):
    """The journal of the replay, and why it ended early if it did."""

    lines: tuple[str, ...]
    stop_reason: str = ""


def replay_journal(journal_lines: Sequence[str], settings: Settings) -> ReplayResult:
    """Every request and control request of the journal once more, each at its time.

    Receivers answer as they did. Files and options are those of `settings`; seed, start and
    sandbox are the journal's.

    Raises:
        Unreadable: what is given is no journal, or not the whole of one.
        Mistake, Unusable: as `world`.
    """
    head, *facts = parse_journal(journal_lines)
    start = to_milliseconds(datetime.fromisoformat(head["start_at"]))
    told = settings._replace(seed=head["seed"], clock="manual", start=start)
    return asyncio.run(_replay(head["sandbox"], facts, told))


@asynccontextmanager
async def _no_lifespan(_: Any) -> AsyncIterator[None]:
    yield


async def _replay(name: str, entries: list[Json], settings: Settings) -> ReplayResult:
    start, courier = build_configuration(settings), ReplayDispatcher()
    timing = Timing("manual", settings.start)
    sandboxes = SandboxRegistry(courier, (start, timing), lambda _: None)
    parts = Dependencies(
        sandboxes=sandboxes,
        origins=lambda: (OWN_ORIGIN,),
        compile_scenarios=ScenarioCompiler(settings),
        control_document=load_control_openapi,
        rejections=Counter(),
        access_control=AccessControl(),
        public_url=settings.public_url.rstrip("/"),
    )
    sandbox = sandboxes.get(name)
    stopped = await Player(sandbox, courier, build_app(parts, _no_lifespan)).play(entries)
    await sandbox.scheduler.cancel_deliveries()
    return ReplayResult(tuple(export_lines(sandbox.state, (OWN_ORIGIN,))), stopped)
