"""The changes that come through the control API.

Each command checks what is asked for, appends its journal entry, and then applies the change: the
entries that follow from it come after its own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.configuration import AccountKey, Configuration, recorded_options
from mockserver.core.journal import JournalEntry
from mockserver.core.selection import Activation
from mockserver.engine import webhooks
from mockserver.engine.failures import fail_event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_transitions, compute_transitions, update_account


def inject_event(
    state: SandboxState, call_id: str, event: Event, body: Mapping[str, object]
) -> Call:
    """Apply an event to a call; `body` is what the client sent.

    Returns:
        The call after the event and all that follow from it.

    Raises:
        IllegalTransition: the lifecycle forbids the event; nothing has changed.
        FailedHalfway: there was an internal error; the call has ended.
    """
    transitions = compute_transitions(state, call_id, event)
    _record(state, event.at, "POST", f"/calls/{call_id}/events", call_id, body=body)
    try:
        return apply_transitions(state, call_id, transitions)
    except Exception as error:
        raise fail_event(state, call_id, error, event.at) from error


def read_account(
    configuration: Configuration, key: AccountKey, document: Mapping[str, Any]
) -> tuple[Account | None, tuple[Any, ...]]:
    """Read an account from a document as in a file; for `put_account` and `patch_account`.

    It changes nothing, and takes long for many records: it can run on another thread.

    Returns:
        (the account with its generated records, ()), or (None, the problems), each a (path,
        message).
    """
    account, problems = configuration.parse_account(key[1], key[0], document)
    return account and configuration.populate(configuration.seed, account), problems


def put_account(
    state: SandboxState, account: Account, document: Mapping[str, Any], now: int
) -> None:
    """Create or replace an account; `document` is what the client sent."""
    _replace_account(state, account, now, "PUT", document)


def patch_account(
    state: SandboxState, account: Account, patch: Mapping[str, Any], now: int
) -> None:
    """Replace an account by itself with a JSON Merge Patch (RFC 7396), which the client sent."""
    _replace_account(state, account, now, "PATCH", patch)


def activate(
    state: SandboxState, activation: Activation, body: Mapping[str, object], now: int
) -> None:
    """Put a scenario in force; `body` is what the client sent.

    The id of the activation is `state.activations.next_id`.
    """
    _record(state, now, "POST", "/activations", body=body)
    state.activations.add(activation)


def clear_activations(state: SandboxState, now: int) -> None:
    _record(state, now, "DELETE", "/activations")
    state.activations.clear()


def remove_activation(state: SandboxState, activation_id: str, now: int) -> None:
    _record(state, now, "DELETE", f"/activations/{activation_id}")
    state.activations.remove(activation_id)


def put_scenario(
    state: SandboxState, name: str, text: str, configuration: Configuration, now: int
) -> None:
    """Add or replace a scenario: `configuration` is the one with it."""
    _record(state, now, "PUT", f"/scenarios/{name}", configuration=configuration, body=text)
    state.set_configuration(configuration)
    state.activations.restart_responses(name)


def delete_scenario(state: SandboxState, name: str, configuration: Configuration, now: int) -> None:
    """Remove an uploaded scenario: `configuration` is the one without it."""
    _record(state, now, "DELETE", f"/scenarios/{name}", configuration=configuration, body=None)
    state.set_configuration(configuration)
    state.activations.restart_responses(name)


def set_configuration(
    state: SandboxState, configuration: Configuration, now: int, accounts: Iterable[Account] = ()
) -> None:
    """Replace the configuration and these accounts; all other state stays.

    It has no journal entry, as nothing in it is visible from outside.
    """
    changed = tuple(accounts)
    keys, files = [account.key for account in changed], configuration.files
    data: dict[str, object] = {"accounts": keys, "files": files}
    options = recorded_options(configuration)
    if options != recorded_options(state.configuration):
        data["options"] = options
    state.inputs.record("configuration", now, data, configuration)
    state.set_configuration(configuration)
    for account in changed:
        update_account(state, account, now)


def redeliver(state: SandboxState, delivery_id: str, now: int) -> None:
    """Send a finished delivery once more."""
    call_id = state.deliveries.by_id[delivery_id].webhook.call_id
    _record(state, now, "POST", f"/webhooks/{delivery_id}/redeliver", call_id)
    webhooks.redeliver(state, delivery_id, now)


def record_clock(state: SandboxState, reading: Mapping[str, object], now: int) -> None:
    """Journal a change of the clock: its new `mode`, or the `advance` that has ended."""
    state.inputs.record("clock", now, reading)
    state.journal.append(JournalEntry(now, "clock", "", reading))


def record_receipt(state: SandboxState, receipt: Mapping[str, object], now: int) -> None:
    """Journal that an inbox has received a request, without its headers and its body."""
    state.inputs.record("receipt", now, receipt)
    state.journal.append(JournalEntry(now, "received", "", receipt))


def reset(state: SandboxState, configuration: Configuration, start: int) -> None:
    """Return to the seeded start of this configuration, at `start` in ms, in a new epoch.

    It has no journal entry: the journal begins anew.
    """
    state.set_configuration(configuration)
    state.reset(start)


def _replace_account(
    state: SandboxState, account: Account, now: int, method: str, body: Mapping[str, Any]
) -> None:
    _record(state, now, method, f"/accounts/{account.provider}/{account.name}", body=body)
    update_account(state, account, now)


def _record(  # noqa: PLR0913 - the last three are optional
    state: SandboxState,
    now: int,
    method: str,
    path: str,
    call_id: str = "",
    *,
    configuration: Configuration | None = None,
    **body: object,
) -> None:
    """Append a command to the inputs and the journal; it has no `body` if none is passed.

    `configuration` is the one that the command brings, if it brings one.
    """
    command = {"method": method, "path": path, **body}
    state.inputs.record("command", now, command, configuration)
    state.journal.append(JournalEntry(now, "command", call_id, command))
