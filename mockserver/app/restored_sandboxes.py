"""Builds stored sandboxes again: as they were when they fell asleep, or when a server ended."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.compiler import InvalidFiles, ScenarioCompiler, build_configuration
from mockserver.core.configuration import Configuration, recorded_options
from mockserver.engine.sandbox_state import SandboxState
from mockserver.replay.runner import Configurations, build_recorded_settings
from mockserver.runtime.durability import Durability
from mockserver.runtime.recording import Recording
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.runtime.sleep import SleepingSandbox
from mockserver.runtime.stored_sandbox import build_stored_sandbox
from mockserver.store.records import LogPlace, LogStart, SandboxRecord, StoredLog
from mockserver.web.control.input_player import InputDiverged, InputPlayer
from mockserver.web.router import Router
from mockserver.web.slices import iterate_in_slices

OLD_OPTIONS: Final[Mapping[str, object]] = {"trace_webhooks": False}
"""Options that files of earlier versions lack."""

Parts = tuple[Configuration, ScenarioCompiler]
"""A configuration, and the compiler of uploads beside it."""


class OwnWorld(NamedTuple):
    """What the server has now: its configuration and compiler, and the seed that was given."""

    configuration: Configuration
    compiler: ScenarioCompiler
    seed: str

    def is_that_of(self, options: Mapping[str, object], files: Mapping[str, bytes]) -> bool:
        return (options, files) == (recorded_options(self.configuration), self.configuration.files)

    def build(self, options: Mapping[str, Any], files: Mapping[str, bytes], seed: str) -> Parts:
        """Build the parts with these options and files, or return the own ones if they have them.

        Raises:
            SettingsError, InvalidFiles: as `build_configuration`.
        """
        if self.is_that_of(options, files):
            return self.configuration._replace(seed=seed), self.compiler
        settings = build_recorded_settings(options, seed)
        return build_configuration(settings, files), ScenarioCompiler(settings, files)


class PlayedLog(NamedTuple):
    """A log that was played.

    `initials` map the number of an input that has brought files, or 0 for the start, to the
    configuration without uploads.
    """

    log: StoredLog
    player: InputPlayer
    initials: Mapping[int, Configuration]

    def record(self, place: LogPlace) -> Recording:
        """Return the recording up to a place in the log."""
        state = self.player.state
        known = state.inputs.configurations.items()
        return Recording(
            base=state.inputs.base,
            started_at=state.started_at,
            inputs=tuple(self.log.inputs[: place.length]),
            configurations={number: each for number, each in known if number <= place.length},
            steps=place.steps,
            now=place.now,
            mode=place.mode,
            initial_configuration=self.initials[max(filter(place.length.__ge__, self.initials))],
            log=state.inputs,
        )


class Restorer(NamedTuple):
    """Builds stored sandboxes again, and puts them in their places."""

    sandboxes: SandboxRegistry
    durability: Durability
    router: Router
    compiler: ScenarioCompiler
    seed: str

    @property
    def own(self) -> OwnWorld:
        """What a reload has changed is in it."""
        return OwnWorld(self.sandboxes.initial_setup[0], self.compiler, self.seed)

    async def restore(self, sleeping: SleepingSandbox) -> str:
        """Build a sandbox again; its time has gone on meanwhile, unless its clock is manual.

        One that has been replaced or removed by then is given up.

        Returns:
            What the user should know of it, "" if there is nothing.

        Raises:
            InputDiverged: an input does something else than it did.
            SettingsError, InvalidFiles: its configuration cannot be built by this version.
            StoreUnavailable: its log cannot be read.
            TooManySandboxes: there is no room for it.
        """
        record, place = sleeping.record, sleeping.record.place
        log = await self.durability.read_log(place)
        later = await asyncio.to_thread(self._build_configurations, log.start)
        sandbox = build_stored_sandbox(self.sandboxes, record, log.start, later.initial)
        played = await self._play(sandbox.state, log, place, later)
        self._check_end(sandbox.state, place)
        logs = {place.log: played}
        sandbox.snapshots = {
            name: (await self._find_log(record, each, logs)).record(each)
            for name, each in record.snapshots.items()
        }
        inboxes = await self.durability.read_inboxes(record.name)
        if self.sandboxes.asleep.get(record.name) is not sleeping:
            return ""
        await self.sandboxes.replace(sandbox, record.claims)
        sleeping.give_to(sandbox)
        sandbox.inboxes.restore(inboxes)
        owners = {each.player.state.inputs: number for number, each in logs.items()}
        self.durability.adopt(sandbox, owners, record.version)
        return self._resume(sandbox, played, later.initial)

    def _build_configurations(self, start: LogStart) -> Configurations:
        options, own = {**OLD_OPTIONS, **start.options}, self.own
        seed = str(options.pop("seed"))

        def build(data: Mapping[str, Any]) -> Parts:
            options.update(data.get("options", {}))
            return own.build(options, data["files"], seed)

        return Configurations(build, *build({"files": start.files}))

    async def _play(
        self, state: SandboxState, log: StoredLog, place: LogPlace, later: Configurations
    ) -> PlayedLog:
        player, initials = InputPlayer(state, self.router, later), {0: later.initial}

        def play_in_steps() -> Iterator[None]:
            for number, entry in enumerate(log.inputs, 1):
                yield from player.play_in_steps(entry)
                if entry.kind == "configuration":
                    initials[number] = later.initial
                yield
            yield from player.run_in_steps(place.steps)

        async for _ in iterate_in_slices(play_in_steps()):
            pass
        return PlayedLog(log, player, initials)

    @staticmethod
    def _check_end(state: SandboxState, place: LogPlace) -> None:
        if (state.inputs.count, state.inputs.steps) != (place.length, place.steps):
            raise InputDiverged(
                f"playing {place.length:,} inputs leads to {state.inputs.count:,} of them"
            )

    async def _find_log(
        self, record: SandboxRecord, place: LogPlace, logs: dict[int, PlayedLog]
    ) -> PlayedLog:
        """Return the log of a snapshot, which may have begun before a reset; play it once."""
        if place.log not in logs:
            log = await self.durability.read_log(
                max(
                    (each for each in record.snapshots.values() if each.log == place.log),
                    key=lambda each: each.length,
                )
            )
            later = await asyncio.to_thread(self._build_configurations, log.start)
            state = SandboxState(later.initial, log.start.started_at, record.name)
            logs[place.log] = await self._play(state, log, place._replace(steps=0), later)
        return logs[place.log]

    def _resume(self, sandbox: Sandbox, played: PlayedLog, initial: Configuration) -> str:
        """Let a sandbox go on, with the files and the options that the server has now."""
        player = played.player
        now = max(player.now, sandbox.clock.now())
        if not sandbox.has_own_start and self.seed:
            initial = initial._replace(seed=self.seed)
        player.give_up_unfinished(now)
        sandbox.resume(initial, player.uploads, player.in_flight.values(), now, repeats=True)
        return self._reload(sandbox, initial)

    def _reload(self, sandbox: Sandbox, initial: Configuration) -> str:
        """Reload files and options if they have changed, as `--watch` does."""
        if self.own.is_that_of(recorded_options(initial), initial.files):
            return ""
        own = self.own.configuration
        try:
            configuration = self.compiler.build_configuration(
                sandbox.state.configuration, sandbox.uploaded_scenarios, own
            )
        except InvalidFiles as error:
            return f"{sandbox.name} keeps its files: its uploads do not go with yours: {error}"
        old, new = initial.accounts, own.accounts.items()
        changed = {key: account for key, account in new if old.get(key) != account}
        sandbox.set_configuration(configuration, changed, own._replace(seed=initial.seed))
        return f"{sandbox.name} goes on with scenario files or options that have changed"
