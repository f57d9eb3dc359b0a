"""Starts a server with the world that an exported log of inputs describes."""

from functools import partial
from pathlib import Path
from typing import Final

from mockserver.app.world import World
from mockserver.replay.input_file import InvalidInputs, split_lines
from mockserver.replay.runner import RecordedRun, parse_run
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SandboxRegistry
from mockserver.settings import OPTIONS, Settings, SettingsError
from mockserver.web.control.forks import Fork
from mockserver.web.control.input_player import InputPlayer
from mockserver.web.router import Router

RECORDED: Final = {
    "webhook": "webhook",
    "watch": "watch",
    "number_plan": "no_number_plan",
    "quirk": "quirk",
    "trace_webhooks": "trace_webhooks",
    "start": "start_at",
    "seed": "seed",
}
"""Setting that a log of inputs decides -> its option."""


async def _start(sandboxes: SandboxRegistry, fork: Fork) -> None:
    """Put the loaded sandbox and a new default one into the registry, and start all."""
    await sandboxes.adopt(sandboxes.build(DEFAULT_SANDBOX, *sandboxes.initial_setup), ())
    await sandboxes.adopt(fork.sandbox, ())
    sandboxes.start()
    fork.start()


def load_world(settings: Settings, sandboxes: SandboxRegistry) -> World:
    """Play the file of `--load`, and give new sandboxes its scenario files, seed and start.

    Raises:
        SettingsError: the file cannot be read or played; the message says why.
        InvalidFiles: its scenario files are not valid.
    """
    _check_options(settings)
    run = _parse_run(settings)
    timing = Timing(settings.clock, run.started_at)
    sandbox = sandboxes.build(run.sandbox, run.configuration, timing)
    player = InputPlayer(sandbox.state, Router(run.configuration.providers), run.later)
    _play(run, player, settings.load)
    sandboxes.initial_setup = (run.later.initial, timing)
    fork = Fork(sandbox, player, run.later.initial)
    return World(run.later.initial, run.later.compiler, partial(_start, sandboxes, fork))


def _parse_run(settings: Settings) -> RecordedRun:
    try:
        return parse_run(split_lines(Path(settings.load).read_text("utf-8")), settings)
    except OSError as error:
        raise SettingsError(f"load: {settings.load} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"load: {settings.load} is not text in UTF-8") from None
    except InvalidInputs as error:
        raise SettingsError(f"load: {settings.load} cannot be loaded: {error}") from None


def _play(run: RecordedRun, player: InputPlayer, name: str) -> None:
    try:
        difference = run.play(player)
    except InvalidInputs as error:
        difference = str(error)
    if difference:
        raise SettingsError(f"load: {name} does not play as recorded: {difference}")


def _check_options(settings: Settings) -> None:
    """Check that no option is given that the log decides.

    Raises:
        SettingsError: one is; the message names it.
    """
    flags = {option.name: option.flag for option in OPTIONS}
    for setting, option in RECORDED.items():
        if getattr(settings, setting) != Settings._field_defaults[setting]:
            raise SettingsError(
                f"load: {flags[option]} does not go with --load: the log of inputs decides it"
            )
