"""Reads a sandbox's state: the one place in the tests that knows where it holds what."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import cast

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
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import DueItem
from mockserver.engine.state.calls import CallProgress
from mockserver.engine.state.deliveries import WebhookKey


def subscribers(state: SandboxState) -> list[Callable[[JournalEntry], None]]:
    return cast("list[Callable[[JournalEntry], None]]", state.journal.subscribers)


def accounts(state: SandboxState) -> Mapping[AccountKey, Account]:
    return state.accounts.by_key


def calls(state: SandboxState) -> Mapping[str, Call]:
    return state.calls.by_id


def progress(state: SandboxState) -> Mapping[str, CallProgress]:
    return state.calls.progress


def leg_scenarios(state: SandboxState) -> dict[str, SelectedScenario]:
    return {name: each.leg_scenario for name, each in state.calls.progress.items()}


def leg_sources(state: SandboxState, call_id: str) -> list[tuple[int, str, str, str]]:
    """(number of the dial attempt, leg, number, what decided its behavior) of each leg."""
    return [
        (each.attempt, each.leg, each.number, each.source)
        for each in state.calls.progress[call_id].leg_sources
    ]


def webhook_scenarios(state: SandboxState) -> dict[str, Scenario]:
    return {
        name: each.webhook_scenario
        for name, each in state.calls.progress.items()
        if each.webhook_scenario
    }


def activations(state: SandboxState) -> tuple[Activation, ...]:
    """The activations that are in force."""
    return state.activations.in_force


def request_times(state: SandboxState) -> Mapping[AccountKey, Sequence[int]]:
    return state.counters.request_times


def held_deliveries(state: SandboxState) -> Mapping[str, tuple[str, ...]]:
    return state.deliveries.held_back


def deliveries_held_for_calls(state: SandboxState) -> Mapping[WebhookKey, tuple[str, ...]]:
    return state.deliveries.held_for_calls


def resource_queue(state: SandboxState) -> Mapping[str, str]:
    return state.calls.resource_queue


def call_ids_by_recording(state: SandboxState) -> Mapping[str, str]:
    return state.calls.ids_by_recording


def request_origins(state: SandboxState) -> Collection[str]:
    return state.journal.request_origins


def scripts(state: SandboxState) -> dict[str, Script]:
    return {name: each.script for name, each in state.calls.progress.items()}


def next_steps(state: SandboxState) -> dict[str, tuple[int, DueStep]]:
    return {
        name: (each.serial, each.next_step)
        for name, each in state.calls.progress.items()
        if each.next_step
    }


def wait_reasons(state: SandboxState) -> dict[str, tuple[WaitReason, ...]]:
    return {name: state.calls.progress[name].wait_reasons for name in state.calls.waiting}


def exchanges(state: SandboxState) -> BoundedLog[Exchange]:
    return cast("BoundedLog[Exchange]", state.journal.exchanges)


def deliveries(state: SandboxState) -> Mapping[str, Delivery]:
    return state.deliveries.by_id


def delivery_ids_by_call(state: SandboxState) -> Mapping[str, Sequence[str]]:
    return state.deliveries.ids_by_call


def webhook_depths(state: SandboxState) -> dict[str, int]:
    return {
        name: each.webhook_depth
        for name, each in state.calls.progress.items()
        if each.webhook_depth
    }


def journal(state: SandboxState) -> BoundedLog[JournalEntry]:
    return cast("BoundedLog[JournalEntry]", state.journal.entries)


def ended_calls(state: SandboxState) -> Collection[str]:
    return state.calls.ended


def call_ids_by_vendor_id(state: SandboxState) -> Mapping[AccountKey, str]:
    return state.calls.ids_by_vendor_id


def counts(state: SandboxState) -> Mapping[str, Sequence[int]]:
    return state.counters.counts


def uploads(state: SandboxState) -> Mapping[str, bytes]:
    return state.accounts.uploads


def entry_count(state: SandboxState) -> int:
    return state.journal.entry_count


def request_count(state: SandboxState) -> int:
    return state.journal.request_count


def own_refusal_count(state: SandboxState) -> int:
    """How many requests the mock server itself has refused."""
    return sum(exchange.problem != "" for exchange in state.journal.exchanges)


def call_count(state: SandboxState) -> int:
    return state.calls.count


def delivery_count(state: SandboxState) -> int:
    return state.deliveries.count


def error_count(state: SandboxState) -> int:
    return state.journal.error_count


def peek(state: SandboxState) -> DueItem | None:
    """The earliest due item, which stays scheduled."""
    return state.peek()


def pending_items(state: SandboxState) -> Iterator[DueItem]:
    return state.pending_items()


def find_account(state: SandboxState, provider: str, credential: str | None) -> Account | None:
    return state.accounts.find(provider, credential)
