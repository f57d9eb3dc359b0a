"""Reads a sandbox's state: the one place in the tests that knows where it holds what."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.configuration import AccountKey
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import Scenario
from mockserver.core.script import DueStep, Script, WaitReason
from mockserver.core.selection import Activation, SelectedScenario
from mockserver.core.webhook import Delivery
from mockserver.engine.bounded_log import BoundedLog
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import DueItem, SandboxState


def subscribers(state: SandboxState) -> list[Callable[[JournalEntry], None]]:
    return state.subscribers


def accounts(state: SandboxState) -> dict[AccountKey, Account]:
    return state.accounts


def calls(state: SandboxState) -> dict[str, Call]:
    return state.calls


def leg_scenarios(state: SandboxState) -> dict[str, SelectedScenario]:
    return state.leg_scenarios


def webhook_scenarios(state: SandboxState) -> dict[str, Scenario]:
    return state.webhook_scenarios


def activations(state: SandboxState) -> tuple[Activation, ...]:
    """The activations that are in force."""
    return state.activations.in_force()


def request_times(state: SandboxState) -> dict[AccountKey, deque[int]]:
    return state.request_times


def held_deliveries(state: SandboxState) -> dict[str, list[str]]:
    return state.held_deliveries


def resource_queue(state: SandboxState) -> dict[str, str]:
    return state.resource_queue


def call_ids_by_recording(state: SandboxState) -> dict[str, str]:
    return state.call_ids_by_recording


def request_origins(state: SandboxState) -> OrderedDict[str, None]:
    return state.request_origins


def scripts(state: SandboxState) -> dict[str, Script]:
    return state.scripts


def next_steps(state: SandboxState) -> dict[str, tuple[int, DueStep]]:
    return state.next_steps


def wait_reasons(state: SandboxState) -> dict[str, tuple[WaitReason, ...]]:
    return state.wait_reasons


def exchanges(state: SandboxState) -> BoundedLog[Exchange]:
    return state.exchanges


def deliveries(state: SandboxState) -> dict[str, Delivery]:
    return state.deliveries


def delivery_ids_by_call(state: SandboxState) -> dict[str, list[str]]:
    return state.delivery_ids_by_call


def webhook_depths(state: SandboxState) -> dict[str, int]:
    return state.webhook_depths


def journal(state: SandboxState) -> BoundedLog[JournalEntry]:
    return state.journal


def ended_calls(state: SandboxState) -> OrderedDict[str, None]:
    return state.ended_calls


def call_ids_by_vendor_id(state: SandboxState) -> dict[AccountKey, str]:
    return state.call_ids_by_vendor_id


def counts(state: SandboxState) -> OrderedDict[str, list[int]]:
    return state.counts


def uploads(state: SandboxState) -> dict[str, bytes]:
    return state.uploads


def entry_count(state: SandboxState) -> int:
    return state.entry_count


def request_count(state: SandboxState) -> int:
    return state.request_count


def call_count(state: SandboxState) -> int:
    return state.call_count


def delivery_count(state: SandboxState) -> int:
    return state.delivery_count


def error_count(state: SandboxState) -> int:
    return state.error_count


def peek(state: SandboxState) -> DueItem | None:
    """The earliest due item, which stays scheduled."""
    return state.peek()


def pending_items(state: SandboxState) -> Iterator[DueItem]:
    return state.pending_items()


def find_account(state: SandboxState, provider: str, credential: str | None) -> Account | None:
    return state.find_account(provider, credential)
