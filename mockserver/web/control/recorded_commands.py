"""Carries out recorded commands of the control API again, by their method and path."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mockserver.core.account import Account, merge_patch
from mockserver.core.call import IllegalTransition
from mockserver.engine import commands
from mockserver.engine.failures import FailedHalfway
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.activations import activate_body
from mockserver.web.control.calls import apply_event_body


class RecordedCommand(NamedTuple):
    """A command with the segments of its path after the first, and its body if it has one."""

    state: SandboxState
    path: list[str]
    body: Any
    now: int


def carry_out(method: str, path: str, command: RecordedCommand) -> None:
    """Carry out a command; `path` is its first segment."""
    _COMMANDS[method, path](command)


def _put_account(command: RecordedCommand) -> None:
    account = _read_account(command, command.body)
    commands.put_account(command.state, account, command.body, command.now)


def _patch_account(command: RecordedCommand) -> None:
    provider, name = command.path
    before = command.state.accounts.by_key[provider, name]
    account = _read_account(command, merge_patch(before.document, command.body))
    commands.patch_account(command.state, account, command.body, command.now)


def _read_account(command: RecordedCommand, document: Mapping[str, Any]) -> Account:
    provider, name = command.path
    configuration = command.state.configuration
    account, problems = commands.read_account(configuration, (provider, name), document)
    if account is None:
        raise ValueError(f"the account {name} of {provider} is not accepted: {problems}")
    return account


def _inject_event(command: RecordedCommand) -> None:
    with suppress(IllegalTransition, FailedHalfway):
        apply_event_body(command.state, command.path[0], command.body, command.now)


def _activate(command: RecordedCommand) -> None:
    activate_body(command.state, command.body, command.now)


def _remove_activations(command: RecordedCommand) -> None:
    """Remove the activation that the path names, or all."""
    if command.path:
        commands.remove_activation(command.state, command.path[0], command.now)
    else:
        commands.clear_activations(command.state, command.now)


def _redeliver(command: RecordedCommand) -> None:
    commands.redeliver(command.state, command.path[0], command.now)


_COMMANDS: Final[Mapping[tuple[str, str], Callable[[RecordedCommand], None]]] = MappingProxyType(
    {
        ("PUT", "accounts"): _put_account,
        ("PATCH", "accounts"): _patch_account,
        ("POST", "calls"): _inject_event,
        ("POST", "activations"): _activate,
        ("DELETE", "activations"): _remove_activations,
        ("POST", "webhooks"): _redeliver,
    }
)
"""(method, first segment of the path) -> what it does; scenarios are the player's."""
