"""What a server begins with: that of its options, or of a log of inputs."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from mockserver.compiler import ScenarioCompiler
from mockserver.core.configuration import Configuration
from mockserver.runtime.durability import Durability
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, IDLE_TIMEOUT, SandboxRegistry
from mockserver.settings import Settings, SettingsError
from mockserver.store.records import SandboxRecord

STORED_TIME_TO_LIVE: Final = 30 * 86_400.0
"""Real seconds after which an unused sandbox is removed from a store."""


class World(NamedTuple):
    """The configuration and the compiler of uploads; `start` starts the sandboxes."""

    configuration: Configuration
    compiler: ScenarioCompiler
    start: Callable[[], Awaitable[None]]


class Stored(NamedTuple):
    """The sandboxes of the store, if there is one, and with what new ones begin."""

    setup: tuple[Configuration, Timing]
    durability: Durability | None = None
    records: tuple[SandboxRecord, ...] = ()


def open_store(settings: Settings, configuration: Configuration) -> Stored:
    """Open the store of the settings; new sandboxes have its seed, unless one was given.

    Raises:
        SettingsError: it cannot be opened; the message says why.
    """
    timing = Timing(settings.clock, settings.start)
    if not settings.store:
        _check_memory(settings)
        return Stored((configuration, timing))
    from mockserver.app.stored_world import open_file  # noqa: PLC0415 - only `store` needs it

    durability, records = open_file(settings)
    seeds = [each.seed for each in records if each.name == DEFAULT_SANDBOX]
    seed = settings.seed or [configuration.seed, *seeds][-1]
    return Stored((configuration._replace(seed=seed), timing), durability, records)


def _check_memory(settings: Settings) -> None:
    """Check that no option is given that only a store has.

    Raises:
        SettingsError: one is; the message names it.
    """
    for name in ("store_key", "durable"):
        if getattr(settings, name) != Settings._field_defaults[name]:
            raise SettingsError(f"{name.replace('_', '-')} goes with --store sqlite:PATH")


def build_world(
    settings: Settings,
    sandboxes: SandboxRegistry,
    stored: Stored,
    say: Callable[[str], None],
) -> World:
    """Return the world of the registry, changed to that of `--load` or `--store` if there is one.

    Raises:
        SettingsError, InvalidFiles: as `load_world`.
    """
    default = STORED_TIME_TO_LIVE if stored.durability else IDLE_TIMEOUT
    sandboxes.time_to_live = default if settings.sandbox_ttl is None else settings.sandbox_ttl
    if settings.load:
        from mockserver.app.loaded_world import load_world  # noqa: PLC0415 - only `load` needs it

        return load_world(settings, sandboxes)
    if stored.durability:
        from mockserver.app.stored_world import build_stored_world  # noqa: PLC0415

        return build_stored_world(settings, sandboxes, (stored.durability, stored.records), say)

    async def start() -> None:
        sandboxes.start()

    return World(sandboxes.initial_setup[0], ScenarioCompiler(settings), start)
