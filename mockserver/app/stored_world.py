"""Starts a server with the sandboxes of its store, most of them asleep, and wakes them."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from mockserver.app.restored_sandboxes import Restorer
from mockserver.app.store_key import read_key, warn_of_readers
from mockserver.app.world import World
from mockserver.compiler import InvalidFiles, ScenarioCompiler
from mockserver.runtime.clock import Timing, parse_rate
from mockserver.runtime.durability import Durability
from mockserver.runtime.sandbox_registry import (
    DEFAULT_SANDBOX,
    SandboxRegistry,
    TooManySandboxes,
)
from mockserver.runtime.scheduler import MAX_EVENTS
from mockserver.runtime.sleep import SleepingSandbox
from mockserver.settings import Settings, SettingsError
from mockserver.store.records import SandboxRecord, StoreRefused, StoreUnavailable
from mockserver.store.sqlite_file import SqliteFile
from mockserver.web.control.input_player import InputDiverged
from mockserver.web.router import Router
from mockserver.web.views.inputs_export import VERSION

Records = tuple[SandboxRecord, ...]

EXPLAINED: Final = (InputDiverged, InvalidFiles, SettingsError, StoreUnavailable)
"""Errors whose text says why a sandbox does not go on."""


def open_file(
    settings: Settings, monotonic: Callable[[], float] = time.monotonic
) -> tuple[Durability, Records]:
    """Open the file of the settings, and read the records of its sandboxes.

    `monotonic` is a real clock in seconds.

    Raises:
        SettingsError: it cannot be opened; the message says why.
    """
    if settings.load:
        raise SettingsError("load: --load does not go with --store, which has its own sandboxes")
    try:
        file = SqliteFile.open(Path(settings.store), settings.durable, read_key(settings))
        records = tuple(file.read_sandboxes())
    except (StoreRefused, StoreUnavailable) as error:
        raise SettingsError(f"store: {error}") from None
    uptime = max((each.used_at for each in records), default=0)
    return Durability(file, VERSION, monotonic=monotonic, earlier_uptime=uptime), records


def build_stored_world(
    settings: Settings,
    sandboxes: SandboxRegistry,
    stored: tuple[Durability, Records],
    say: Callable[[str], None],
) -> World:
    """Return the world whose start builds the sandboxes of the store again."""
    configuration, compiler = sandboxes.initial_setup[0], ScenarioCompiler(settings)
    durability, records = stored
    router = Router(configuration.providers)
    restorer = Restorer(sandboxes, durability, router, compiler, settings.seed)
    sandboxes.sleeping.build = partial(_build, restorer, say)
    for warning in warn_of_readers(settings):
        say(warning)
    start = partial(_start, sandboxes, durability, records, say)
    return World(configuration, compiler, start)


async def _start(
    sandboxes: SandboxRegistry, durability: Durability, records: Records, say: Callable[[str], None]
) -> None:
    """Build the sandboxes again in which something goes on; others sleep until they are used."""
    idle_times = {each.name: durability.uptime() - each.used_at for each in records}
    for record in records:
        sandboxes.add_sleeping(_build_sleeping(record), idle_times[record.name])
    needed = [each.name for each in records if _goes_on(each)]
    for name in needed:
        await sandboxes.wake(name, idle_times[name])
    restored = [name for name in needed if name not in sandboxes.asleep]
    if records:
        say(_describe_start(restored, len(records), len(sandboxes.asleep) - len(sandboxes.refused)))
    sandboxes.start()
    for sandbox in sandboxes:
        sandbox.scheduler.catch_up(MAX_EVENTS)


def _build_sleeping(record: SandboxRecord) -> SleepingSandbox:
    """Return a sandbox whose time has gone on since it was stored, unless its clock is manual."""
    place, elapsed = record.place, max(0, time.time_ns() // 1_000_000 - record.wall)
    now = place.now + int(elapsed * (parse_rate(place.mode) or 0))
    return SleepingSandbox(record, Timing(place.mode, now).build_clock())


def _goes_on(record: SandboxRecord) -> bool:
    """Return True if something happens in a sandbox by itself; `default` is always awake."""
    is_timed = record.next_due is not None and bool(parse_rate(record.place.mode))
    return is_timed or record.is_sending or record.name == DEFAULT_SANDBOX


def _describe_start(restored: list[str], count: int, asleep: int) -> str:
    names = f": {', '.join(restored)}" if restored else ""
    rest = f"; {asleep} asleep until used" if asleep else ""
    return f"{len(restored)} of {count} sandboxes go on{names}{rest}"


async def _build(restorer: Restorer, say: Callable[[str], None], sleeping: SleepingSandbox) -> None:
    """Build a sandbox again, or refuse its requests; without room for it, it sleeps on."""
    record = sleeping.record
    try:
        if note := await restorer.restore(sleeping):
            say(note)
    except TooManySandboxes:
        return
    except Exception as error:  # noqa: BLE001 - a log that cannot be played costs its sandbox alone
        written_by = f" by version {record.version}" if record.version != VERSION else ""
        why = str(error) if isinstance(error, EXPLAINED) else f"its log is damaged: {error!r}"
        reason = f"{record.name} does not go on as it was stored{written_by}: {why}"
        restorer.sandboxes.refuse(record.name, reason)
        say(reason)
