"""What a server begins with: that of its options, or of a log of inputs."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from mockserver.compiler import ScenarioCompiler
from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings


class World(NamedTuple):
    """The configuration and the compiler of uploads; `start` starts the sandboxes."""

    configuration: Configuration
    compiler: ScenarioCompiler
    start: Callable[[], Awaitable[None]]


def build_world(settings: Settings, sandboxes: SandboxRegistry) -> World:
    """Return the world of the registry, changed to that of the option `load` if there is one.

    Raises:
        SettingsError, InvalidFiles: as `load_world`.
    """
    if settings.load:
        from mockserver.app.loaded_world import load_world  # noqa: PLC0415 - only `load` needs it

        return load_world(settings, sandboxes)

    async def start() -> None:
        sandboxes.start()

    return World(sandboxes.initial_setup[0], ScenarioCompiler(settings), start)
