"""The sandbox state: accounts, journal, agenda, and what a reset restores."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from mockserver.core.account import Account, Limits
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import ApiBehavior, MatchRule, Scenario
from mockserver.core.script import DueStep
from mockserver.engine.bounded_log import MAX_ITEMS, BoundedLog
from mockserver.engine.sandbox_state import DueItem, SandboxState, ScheduledEvent
from mockserver.engine.simulation import apply_event, run_due_item
from tests.support.simulation import START, change_account, click_to_call, play_until_idle

STEP = DueStep(at=5, track_index=0, event=Event(at=5, type="play", leg="a"), location="")


def set_accounts(state: SandboxState, **credentials: frozenset[str] | None) -> None:
    state.accounts = {
        ("mobtexting", name): Account(name=name, provider="mobtexting", credentials=keys)
        for name, keys in credentials.items()
    }


@pytest.mark.parametrize(
    ("credential", "name"),
    [
        ("k1", "one"),
        ("k2", "two"),
        ("stranger", "any"),
        ("both", "one"),
        ("invalid", None),
        ("revoked", None),
        ("", None),
        (None, None),
    ],
)
def test_an_account_that_names_the_credential_comes_before_one_that_accepts_any(
    state: SandboxState, credential: str | None, name: str | None
) -> None:
    set_accounts(
        state,
        any=None,
        late=None,
        one=frozenset({"k1", "both", "invalid"}),
        two=frozenset({"k2", "both", "revoked"}),
    )
    account = state.find_account("mobtexting", credential)
    assert (account.name if account else None) == name


@pytest.mark.parametrize("credential", ["stranger", "k1"])
def test_an_account_of_another_provider_is_not_found(state: SandboxState, credential: str) -> None:
    set_accounts(state, any=None, one=frozenset({"k1"}))
    assert state.find_account("phonon", credential) is None


def test_an_unknown_credential_finds_no_account_if_none_accepts_any(state: SandboxState) -> None:
    set_accounts(state, one=frozenset({"k1"}))
    assert state.find_account("mobtexting", "stranger") is None


def test_a_recorded_entry_is_passed_to_the_subscribers(state: SandboxState) -> None:
    seen: list[JournalEntry] = []
    state.subscribers.append(seen.append)
    entries = [JournalEntry(at=at, type="clock", call_id="", payload={}) for at in (1, 2)]
    for entry in entries:
        state.record(entry)
    assert (list(state.journal), seen, state.entry_count) == (entries, entries, 2)


def test_recording_counts_errors_and_bytes(state: SandboxState) -> None:
    counts = [(state.error_count, state.journal.byte_count)]
    for kind, size in (("clock", 0), ("error", 5), ("event", 7), ("error", 0)):
        state.record(JournalEntry(at=1, type=kind, call_id="", payload={}), size)
        counts.append((state.error_count, state.journal.byte_count))
    assert counts == [(0, 0), (0, 0), (1, 5), (1, 12), (2, 12)]


def test_the_read_model_has_the_seed_and_the_state_that_providers_may_read(
    state: SandboxState,
) -> None:
    click_to_call(state)
    play_until_idle(state)
    state.counts["key"], state.uploads["digest"] = [1], b"data"
    read_model = state.read_model
    assert (read_model.seed, read_model.path_prefix) == (state.configuration.seed, "")
    assert (read_model.accounts, read_model.calls, read_model.call_ids_by_vendor_id) == (
        state.accounts,
        state.calls,
        state.call_ids_by_vendor_id,
    )
    assert (read_model.deliveries, read_model.delivery_ids_by_call) == (
        state.deliveries,
        state.delivery_ids_by_call,
    )
    assert (read_model.counts, read_model.uploads) == (state.counts, state.uploads)


def test_accounts_with_generated_records_are_populated(configuration: Configuration) -> None:
    def populate(seed: str, account: Account) -> Account:
        return account.replace(balance=Decimal(len(seed)))

    accounts = {
        ("toy", name): Account(name=name, provider="toy", generate=generate)
        for name, generate in (("plain", {}), ("made", {"agents": "3"}))
    }
    state = SandboxState(
        configuration._replace(accounts=accounts, populate=populate, seed="four"), START
    )
    assert [account.balance for account in state.accounts.values()] == [None, Decimal(4)]


def test_dropping_the_progress_of_a_call_drops_its_scripts_scenarios_and_waits(
    state: SandboxState,
) -> None:
    click_to_call(state, "doubled-report")
    click_to_call(state)
    for name in ("c1", "c2"):
        state.wait_reasons[name], state.webhook_depths[name] = (), 1
        state.webhook_scenarios[name] = state.webhook_scenarios["c1"]
    mappings = (
        state.leg_scenarios,
        state.webhook_scenarios,
        state.scripts,
        state.next_steps,
        state.wait_reasons,
        state.webhook_depths,
    )
    assert [list(mapping) for mapping in mappings] == [["c1", "c2"]] * 6
    state.drop_progress("c1")
    assert [list(mapping) for mapping in mappings] == [["c2"]] * 6


def test_a_subscriber_that_raises_is_removed(state: SandboxState) -> None:
    seen: list[JournalEntry] = []

    def failing(entry: JournalEntry) -> None:
        seen.append(entry)
        raise ZeroDivisionError

    state.subscribers += [seen.append, failing, seen.append]
    entries = [JournalEntry(at=at, type="clock", call_id="", payload={}) for at in (1, 2)]
    for entry in entries:
        state.record(entry)
    assert (seen, list(state.journal)) == ([entries[0]] * 3 + [entries[1]] * 2, entries)
    assert state.subscribers == [seen.append, seen.append]


def test_a_subscriber_can_remove_itself(state: SandboxState) -> None:
    seen: list[int] = []

    def once(entry: JournalEntry) -> None:
        seen.append(entry.at)
        state.subscribers.remove(once)

    state.subscribers += [once, lambda entry: seen.append(-entry.at)]
    for at in (1, 2):
        state.record(JournalEntry(at=at, type="clock", call_id="", payload={}))
    assert seen == [1, -1, -2]


def test_the_journal_keeps_the_newest_entries(configuration: Configuration) -> None:
    state = SandboxState(configuration, START)
    state.journal = BoundedLog(3)
    for at in range(5):
        state.record(JournalEntry(at=at, type="clock", call_id="", payload={}))
    assert ([entry.at for entry in state.journal], state.entry_count) == ([2, 3, 4], 5)


def test_due_items_are_taken_in_order_of_time_and_then_of_scheduling(state: SandboxState) -> None:
    for at, name in ((20, "w1"), (10, "w2"), (20, "w3"), (10, "w4")):
        state.schedule(at, "delivery", name)
    taken = [state.take() for _ in range(5)]
    assert [due.subject if due else None for due in taken] == ["w2", "w4", "w1", "w3", None]


def test_an_item_due_at_time_zero_is_taken(state: SandboxState) -> None:
    state.schedule(0, "delivery", "w1")
    assert (state.peek(), state.take(), state.peek()) == (
        DueItem(at=0, serial=1, kind="delivery", subject="w1"),
        DueItem(at=0, serial=1, kind="delivery", subject="w1"),
        None,
    )


def test_a_due_item_has_its_scheduled_event(state: SandboxState) -> None:
    click_to_call(state, "answered")
    event = ScheduledEvent(attempt=0, event=Event(at=5, type="hangup", leg="b"))
    serial = state.schedule(5, "event", "c1", event)
    assert state.take() == DueItem(at=5, serial=serial, kind="event", subject="c1", payload=event)


def test_a_replaced_step_is_skipped(state: SandboxState) -> None:
    state.next_steps["c1"] = (state.schedule(5, "script", "c1"), STEP)
    state.schedule(9, "script", "c2")
    state.next_steps["c1"] = (state.schedule(7, "script", "c1"), STEP)
    assert [due.at for due in state.pending_items()] == [7]
    assert [due.at if due else None for due in (state.take(), state.take())] == [7, None]


def test_each_call_has_one_pending_step(state: SandboxState) -> None:
    click_to_call(state)
    click_to_call(state)
    for _ in range(6):
        run_due_item(state)
    apply_event(state, "c1", Event(at=START + 2_000, type="press", leg="a", data={"digits": "1"}))
    pending = [(due.at, due.kind, due.subject) for due in sorted(state.pending_items())]
    assert pending == [(START + 2_000, "script", "c1"), (START + 2_000, "script", "c2")]


REFUSING = Scenario(name="refusing", responses=(ApiBehavior(fault="conflict"),))

STATE_PARTS: list[Callable[[SandboxState], object]] = [
    lambda state: state.accounts,
    lambda state: state.activations.in_force(),
    lambda state: state.activations.add("busy", MatchRule(), None).id,
    lambda state: state.activations.take_position(("", "refusing")),
    lambda state: state.request_times,
    lambda state: state.held_deliveries,
    lambda state: state.call_ids_by_recording,
    lambda state: state.request_origins,
    lambda state: state.webhook_scenarios,
    lambda state: state.calls,
    lambda state: state.leg_scenarios,
    lambda state: state.scripts,
    lambda state: state.next_steps,
    lambda state: state.wait_reasons,
    lambda state: list(state.exchanges),
    lambda state: state.deliveries,
    lambda state: state.delivery_ids_by_call,
    lambda state: list(state.journal),
    lambda state: state.entry_count,
    lambda state: state.request_count,
    lambda state: list(state.pending_items()),
]


@pytest.mark.parametrize("part", STATE_PARTS)
def test_a_reset_restores_the_initial_state(
    configuration: Configuration, part: Callable[[SandboxState], object]
) -> None:
    scenarios = configuration.scenarios._replace(
        by_name={**configuration.scenarios.by_name, "refusing": REFUSING}
    )
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    change_account(state, limits=Limits(requests=9, per=1_000))
    click_to_call(state, "callee-busy", "doubled-report")
    play_until_idle(state)
    click_to_call(state, now=START + 60_000)
    state.activations.take_position(("", "refusing"))
    state.held_deliveries["c2"] = []
    state.activations.add("callee-busy", MatchRule(), None)
    state.wait_reasons["c2"] = ()
    state.accounts["mobtexting", "mine"] = Account(name="mine", provider="mobtexting")
    initial = part(SandboxState(configuration, START))
    assert part(state) != initial
    state.reset(START)
    assert (part(state), state.epoch) == (initial, 1)


def test_the_same_call_after_a_reset_has_the_same_journal_and_webhooks(state: SandboxState) -> None:
    click_to_call(state)
    first = (play_until_idle(state), list(state.journal))
    state.reset(START)
    click_to_call(state)
    repeated = [delivery.replace(epoch=0) for delivery in play_until_idle(state)]
    kinds = [(entry.at, entry.type, entry.call_id) for entry in state.journal]
    assert (repeated, kinds) == (
        first[0],
        [(entry.at, entry.type, entry.call_id) for entry in first[1]],
    )


def test_a_reset_keeps_the_subscribers(state: SandboxState) -> None:
    seen: list[JournalEntry] = []
    state.subscribers.append(seen.append)
    state.reset(START)
    state.record(JournalEntry(at=1, type="clock", call_id="", payload={}))
    assert len(seen) == 1


def test_counts_are_bounded_per_key_and_in_number_of_keys(state: SandboxState) -> None:
    for at in range(2 * MAX_ITEMS):
        state.count("busy", at)
    assert len(state.counts["busy"]) == 2 * MAX_ITEMS
    state.count("busy", 2 * MAX_ITEMS)
    assert (len(state.counts["busy"]), state.read_model.count_since("busy", MAX_ITEMS)) == (
        MAX_ITEMS + 1,
        MAX_ITEMS,
    )
    for at in range(MAX_ITEMS):
        state.count(f"k{at}", at)
    assert (len(state.counts), "busy" in state.counts, "k0" in state.counts) == (
        MAX_ITEMS,
        False,
        True,
    )


def test_request_origins_are_bounded(state: SandboxState) -> None:
    for at in range(MAX_ITEMS + 1):
        state.record_origin(f"http://h{at}")
    assert (len(state.request_origins), "http://h0" in state.request_origins) == (MAX_ITEMS, False)
