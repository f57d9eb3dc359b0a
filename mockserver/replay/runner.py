"""Replay an exported log of inputs in a new sandbox, without sockets or waiting."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.compiler import ScenarioCompiler, build_configuration
from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from mockserver.replay.input_file import (
    InputFile,
    InvalidInputs,
    build_inputs,
    naming_input,
    parse_input_file,
    parse_time,
    split_lines,
)
from mockserver.replay.secrets import SecretsByMask, find_secrets, unmask
from mockserver.settings import Settings
from mockserver.web.control.input_player import InputDiverged, InputPlayer
from mockserver.web.redaction import MASK_PATTERN
from mockserver.web.router import Router
from mockserver.web.views.inputs_export import digest_journal
from mockserver.web.views.journal_export import export_lines


class ReplayResult(NamedTuple):
    """The journal of the replay, and how it differs from the recorded one; "" if it does not."""

    lines: tuple[str, ...]
    difference: str = ""


Build = Callable[[Mapping[str, Any]], tuple[Configuration, ScenarioCompiler]]
"""(data of an input that brings files) -> configuration with them, compiler of uploads beside them.
"""


class _Replay(NamedTuple):
    """What configurations of the recorded run are built from."""

    settings: Settings
    secrets: Mapping[str, str]

    def build(self, data: Mapping[str, Any]) -> tuple[Configuration, ScenarioCompiler]:
        """Build the configuration of these files, and the compiler of uploads beside them."""
        files = data["files"].items()
        restored = {name: unmask(self.secrets, text).encode() for name, text in files}
        configuration = build_configuration(self.settings, restored)
        return configuration, ScenarioCompiler(self.settings, restored)


class RecordedRun(NamedTuple):
    """A run that can be played: its log, the secrets that this masks, and its configurations.

    It begins at `started_at`, in ms, with `configuration`; `later` finds those that inputs bring.
    """

    file: InputFile
    secrets: SecretsByMask
    configuration: Configuration
    started_at: int
    later: "Configurations"

    @property
    def sandbox(self) -> str:
        """The name of the sandbox that was recorded."""
        return str(self.file.heading["sandbox"])

    def play(self, player: InputPlayer) -> str:
        """Play every input; return at which of them the run differs from the recorded one.

        Returns:
            What differs, "" if nothing does.
        """
        difference = _play(player, self.file, self.secrets)
        if difference:
            return difference
        journal = export_lines(player.state, self.file.heading["origins"])
        is_same = digest_journal(journal) == self.file.end["journal"]
        return "" if is_same else "all inputs do what they did, but the journals differ"


def parse_run(lines: Sequence[str], settings: Settings) -> RecordedRun:
    """Parse a log of inputs, and build the configuration with which it begins.

    Files, options, seed and start are those of the log. Credentials that it masks are taken from
    the files of `settings`.

    Raises:
        InvalidInputs: the lines are not a log of inputs, or what it needs is missing.
        SettingsError, InvalidFiles: as `build_configuration`.
    """
    file = parse_input_file(lines)
    heading = file.heading
    secrets = find_secrets(build_configuration(settings), heading["seed"])
    _check_masks(heading["files"], secrets)
    recorded = build_recorded_settings(heading, heading["seed"])
    replay = _Replay(recorded, secrets)
    configuration, compiler = replay.build(heading)
    later = Configurations(replay.build, configuration, compiler)
    return RecordedRun(file, secrets, configuration, parse_time(heading["start_at"]), later)


def build_recorded_settings(options: Mapping[str, Any], seed: str) -> Settings:
    """Build the settings of a recorded run, of which only those that decide on responses count.

    `options` are those of a heading, or as `recorded_options` returns them.
    """
    return Settings(
        seed=seed,
        number_plan=options["number_plan"],
        quirk=tuple((provider, quirk) for provider, quirk in options["quirks"]),
        webhook=options["webhook"],
        webhook_targets=tuple(options["webhook_targets"]),
        webhook_rewrite=tuple((host, other) for host, other in options["webhook_rewrite"]),
        trace_webhooks=options["trace_webhooks"],
    )


def replay_inputs(lines: Sequence[str], settings: Settings) -> ReplayResult:
    """Play every input once more, each at its time and after the items that ran before it.

    Raises:
        InvalidInputs, SettingsError, InvalidFiles: as `parse_run`.
    """
    run = parse_run(lines, settings)
    state = SandboxState(run.configuration, run.started_at, run.sandbox)
    difference = run.play(InputPlayer(state, Router(run.configuration.providers), run.later))
    return ReplayResult(tuple(export_lines(state, run.file.heading["origins"])), difference)


class Configurations:
    """Finds the configuration that an input brings, by building it from the recorded texts.

    `initial` is the latest without uploads, to which a reset returns, and `compiler` compiles
    uploads on top of it.
    """

    def __init__(self, build: Build, initial: Configuration, compiler: ScenarioCompiler) -> None:
        self._build, self.initial, self.compiler = build, initial, compiler

    def __call__(self, player: InputPlayer, _: int, data: Mapping[str, Any]) -> Configuration:
        current = player.state.configuration
        if "files" in data:
            self.initial, self.compiler = self._build(data)
            return self.compiler.build_configuration(current, player.uploads, self.initial)
        accounts = dict(player.state.accounts.by_key)
        configuration, problems = self.compiler(current, player.uploads, accounts)
        if configuration is None:
            raise InputDiverged("; ".join(problems))
        return configuration


def _check_masks(files: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Check that every credential in the recorded files is known.

    Raises:
        InvalidInputs: one is not.
    """
    for name, text in files.items():
        for number, line in enumerate(split_lines(text), 1):
            if any(masked not in secrets for masked in MASK_PATTERN.findall(line)):
                raise InvalidInputs(
                    f"{name}:{number} has a credential that the log masks: "
                    f"name the scenario file that has it, with --scenarios"
                )


def _play(player: InputPlayer, file: InputFile, secrets: Mapping[str, str]) -> str:
    """Play all inputs; return at which of them the replay differs, "" if at none.

    Raises:
        InvalidInputs: an input is not as it was exported.
    """
    try:
        for number, entry in enumerate(build_inputs(file, secrets), 1):
            with naming_input(number):
                player.play(entry)
        player.run_items(file.end["end"])
    except InputDiverged as error:
        return str(error)
    return ""
