"""Builds a sandbox that is the same as another one was, by playing the inputs of that."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.core.configuration import Configuration
from mockserver.core.suggestions import did_you_mean
from mockserver.runtime.recording import IncompleteInputs, Recording
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.control.input_player import InputDiverged, InputPlayer
from mockserver.web.control.inputs import incomplete_problem
from mockserver.web.problems import TOO_MANY_SANDBOXES, ProblemError
from mockserver.web.router import Router
from mockserver.web.slices import iterate_in_slices


class Fork(NamedTuple):
    """A sandbox with the state that was played in it; `start` begins it."""

    sandbox: Sandbox
    player: InputPlayer
    initial_configuration: Configuration

    def start(self) -> None:
        """Let the sandbox, which has its place, go on from the state."""
        player = self.player
        deliveries = player.in_flight.values()
        self.sandbox.resume(self.initial_configuration, player.uploads, deliveries, player.now)


REQUEST_ID: Final = re.compile(r"r([1-9]\d*)")


def find_recording(registry: SandboxRegistry, body: Mapping[str, Any]) -> Recording:
    """Return the recording that `from` and `snapshot` of a body name.

    Raises:
        ProblemError: there is none.
    """
    name, snapshot = str(body["from"]), body.get("snapshot")
    source = registry.find(name)
    if source is None and name in registry.asleep and name not in registry.refused:
        raise ProblemError("too-many-sandboxes", TOO_MANY_SANDBOXES)
    if source is None:
        known = registry.names
        hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise ProblemError("unknown-sandbox", f"no sandbox is named {name}: {hint}")
    try:
        recording = source.record() if snapshot is None else source.snapshots.get(str(snapshot))
    except IncompleteInputs as error:
        raise incomplete_problem(error) from None
    if recording is None:
        hint = did_you_mean(str(snapshot), source.snapshots) or (
            f"known: {', '.join(source.snapshots) or 'none'}"
        )
        raise ProblemError("unknown-snapshot", f"{name} has no snapshot {snapshot}: {hint}")
    return recording


async def play_recording(
    sandbox: Sandbox, recording: Recording, router: Router, until: int | None
) -> InputPlayer:
    """Play a recording in a new sandbox, up to the request of number `until`; None plays all.

    Raises:
        InputDiverged: an input does something else than it did.
    """

    def find(_: InputPlayer, number: int, __: Any) -> Configuration:
        return recording.configurations[number]

    player = InputPlayer(sandbox.state, router, find)
    async for _ in iterate_in_slices(_play_in_steps(player, recording, until)):
        pass
    return player


def _play_in_steps(player: InputPlayer, recording: Recording, until: int | None) -> Iterator[None]:
    """Play a recording while it is iterated over, with a step for each input and due item."""
    for entry in recording.inputs:
        yield from player.play_in_steps(entry)
        if player.state.journal.request_count == until:
            return
        yield
    yield from player.run_in_steps(recording.steps)


async def build_fork(
    registry: SandboxRegistry, router: Router, name: str, body: Mapping[str, Any], mode: str
) -> Fork:
    """Build the sandbox `name` as another one was; it has no place in the registry yet.

    Raises:
        ProblemError: what the body names does not exist, or cannot be played.
    """
    recording, until = find_recording(registry, body), _parse_until(body)
    timing = Timing(mode or recording.mode, recording.started_at)
    sandbox = registry.build(name, recording.base, timing)
    try:
        player = await play_recording(sandbox, recording, router, until)
    except InputDiverged as error:
        await sandbox.stop()
        raise ProblemError("inputs-diverged", str(error)) from None
    if until is not None and sandbox.state.journal.request_count != until:
        count = sandbox.state.journal.request_count
        await sandbox.stop()
        raise ProblemError("invalid-body", f"there is no request r{until}: the last is r{count}")
    if until is None:
        player.now = max(player.now, recording.now)
    return Fork(sandbox, player, recording.initial_configuration)


def _parse_until(body: Mapping[str, Any]) -> int | None:
    text = body.get("until")
    match = REQUEST_ID.fullmatch(str(text))
    if text is not None and match is None:
        raise ProblemError(
            "invalid-body", f"until must be the id of a request, such as r120, not {text!r}"
        )
    return int(match[1]) if match else None
