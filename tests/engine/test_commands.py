"""Commands: each appends its journal entry first, and then changes the state."""

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.core.account import Account
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import MatchRule
from mockserver.core.selection import Activation
from mockserver.engine import commands
from mockserver.engine.failures import record_error
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, click_to_call, play_until_idle, take_due_item

KEY = ("mobtexting", "mobtexting-default")
BUSY = Activation(id="a1", scenario_name="callee-busy", match=MatchRule(), remaining=1)
HANGUP = Event(at=START, type="hangup", leg="a", data={"cause": "busy"}, source="control")


def entry_payloads(state: SandboxState, since: int) -> list[object]:
    return [entry.payload for entry in list(read.journal(state))[since:]]


def test_the_entry_of_an_injected_event_comes_before_those_of_its_consequences(
    state: SandboxState,
) -> None:
    click_to_call(state, "waits-for-a-person")
    play_until_idle(state)
    since, hangup = read.entry_count(state), HANGUP.replace(at=START + 2_000)
    call = commands.inject_event(state, "c1", hangup, {"event": "hangup"})
    command, *events = list(read.journal(state))[since:]
    assert (command.type, command.call_id, command.payload) == (
        "command",
        "c1",
        {"method": "POST", "path": "/calls/c1/events", "body": {"event": "hangup"}},
    )
    assert [entry.payload for entry in events] == list(call.events[-len(events) :])
    assert (events[0].payload, call.phase) == (hangup, "ended")


def test_an_illegal_event_changes_nothing(state: SandboxState) -> None:
    click_to_call(state)
    before = (read.entry_count(state), read.calls(state)["c1"])
    with pytest.raises(IllegalTransition):
        commands.inject_event(state, "c1", HANGUP.replace(type="bridge"), {})
    assert (read.entry_count(state), read.calls(state)["c1"]) == before


@pytest.mark.parametrize(
    ("change", "method"), [(commands.put_account, "PUT"), (commands.patch_account, "PATCH")]
)
def test_an_account_is_changed_after_its_entry(
    state: SandboxState, change: Callable[..., None], method: str
) -> None:
    account, problems = commands.read_account(state.configuration, KEY, {"balance": "7"})
    assert (account is None, problems) == (False, ())
    change(state, account, {"balance": "7"}, START)
    path = "/accounts/mobtexting/mobtexting-default"
    assert entry_payloads(state, 0) == [{"method": method, "path": path, "body": {"balance": "7"}}]
    assert str(read.accounts(state)[KEY].balance) == "7"


def test_the_problems_of_an_account_are_returned_and_nothing_is_changed(
    state: SandboxState,
) -> None:
    before = read.accounts(state)[KEY]
    account, [(path, _)] = commands.read_account(state.configuration, KEY, {"balance": "seven"})
    assert (account, path, read.accounts(state)[KEY]) == (None, ("balance",), before)
    assert entry_payloads(state, 0) == []


def test_an_account_is_read_with_the_records_that_it_generates(state: SandboxState) -> None:
    account, _ = commands.read_account(state.configuration, KEY, {"generate": {"flows": 3}})
    assert account is not None
    assert len(account.records["flows"]) == 3


def test_scenarios_are_activated_and_all_activations_are_cleared(state: SandboxState) -> None:
    for activation in (BUSY, BUSY.replace(id="a2")):
        commands.activate(state, activation, {"scenario": "callee-busy"}, START)
    assert list(read.activations(state)) == [BUSY, BUSY.replace(id="a2")]
    commands.clear_activations(state, START)
    assert (list(read.activations(state)), entry_payloads(state, 1)) == (
        [],
        [
            {"method": "POST", "path": "/activations", "body": {"scenario": "callee-busy"}},
            {"method": "DELETE", "path": "/activations"},
        ],
    )


def test_one_activation_is_removed_and_the_others_stay_in_force(state: SandboxState) -> None:
    for activation in (BUSY, BUSY.replace(id="a2")):
        commands.activate(state, activation, {"scenario": "callee-busy"}, START)
    commands.remove_activation(state, "a1", START)
    assert list(read.activations(state)) == [BUSY.replace(id="a2")]
    assert entry_payloads(state, 1)[-1] == {"method": "DELETE", "path": "/activations/a1"}


def test_scenarios_are_put_and_deleted_with_their_configuration(
    state: SandboxState, configuration: Configuration
) -> None:
    other = configuration._replace(webhook_targets={"mobtexting": "http://x"})
    commands.put_scenario(state, "mine", "use: busy", other, START)
    put = state.configuration
    commands.delete_scenario(state, "mine", configuration, START)
    assert (put, state.configuration) == (other, configuration)
    assert entry_payloads(state, 0) == [
        {"method": "PUT", "path": "/scenarios/mine", "body": "use: busy"},
        {"method": "DELETE", "path": "/scenarios/mine", "body": None},
    ]


def test_a_configuration_is_replaced_with_these_accounts_and_without_an_entry(
    state: SandboxState, configuration: Configuration
) -> None:
    other = configuration._replace(webhook_targets={"mobtexting": "http://x"})
    mine = Account(name="mine", provider="mobtexting")
    commands.set_configuration(state, other, START, [mine])
    assert (state.configuration, [*read.accounts(state)]) == (other, [KEY, mine.key])
    assert read.entry_count(state) == 0


@pytest.mark.parametrize("changes", [{}, {"webhook_targets": {"mobtexting": "http://x"}}])
def test_options_are_recorded_if_they_change(
    state: SandboxState, configuration: Configuration, changes: dict[str, Any]
) -> None:
    """A store is opened by a server whose options may be others."""
    commands.set_configuration(state, configuration._replace(**changes), START)
    data = state.inputs.entries[-1].data
    assert data.get("options", {}).get("webhook") == changes.get("webhook_targets")


def test_a_webhook_is_sent_again_after_its_entry(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    since = read.entry_count(state)
    commands.redeliver(state, "w1", START + 90_000)
    due = take_due_item(state)
    assert (due and due.subject, due and due.at) == ("w1", START + 90_000)
    assert read.deliveries(state)["w1"].state == "pending"
    assert entry_payloads(state, since) == [{"method": "POST", "path": "/webhooks/w1/redeliver"}]


def test_readings_of_the_clock_and_errors_are_journaled(state: SandboxState) -> None:
    error = ValueError("boom")
    commands.record_clock(state, {"mode": "manual"}, START)
    record_error(state, error, START + 1, "c1")
    assert [(entry.at, entry.type, entry.call_id) for entry in read.journal(state)] == [
        (START, "clock", ""),
        (START + 1, "error", "c1"),
    ]
    assert entry_payloads(state, 0) == [{"mode": "manual"}, error]


def test_a_reset_begins_anew_with_its_configuration(
    state: SandboxState, configuration: Configuration
) -> None:
    click_to_call(state)
    other = configuration._replace(accounts={})
    commands.reset(state, other, START + 5)
    assert (state.configuration, state.started_at, state.epoch) == (other, START + 5, 1)
    assert (read.entry_count(state), read.calls(state), read.accounts(state)) == (0, {}, {})
