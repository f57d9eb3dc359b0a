"""What a sandbox remembers, what is due in it, and what a reset leaves of it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from mockserver.core.account import Account, Limits
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import ApiBehavior, MatchContext, MatchRule, Scenario
from mockserver.core.script import DueStep
from mockserver.core.selection import Activation
from mockserver.engine.bounded_log import MAX_ITEMS, BoundedLog
from mockserver.engine.exchange import RequestSelection
from mockserver.engine.sandbox_state import DueItem, SandboxState, ScheduledEvent
from mockserver.engine.scenario_selection import select_api_behavior
from mockserver.engine.simulation import apply_event, step
from tests.conftest import START, click, play, with_account

STEP = DueStep(5, 0, Event(5, "play", "a"), "")


def accounts(store: SandboxState, **credentials: frozenset[str] | None) -> None:
    store.accounts = {
        ("mobtexting", name): Account(name, "mobtexting", keys)
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
def test_account_named_before_any(
    store: SandboxState, credential: str | None, name: str | None
) -> None:
    accounts(
        store,
        any=None,
        late=None,
        one=frozenset({"k1", "both", "invalid"}),
        two=frozenset({"k2", "both", "revoked"}),
    )
    found = store.find_account("mobtexting", credential)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("credential", ["stranger", "k1"])
def test_account_of_another_provider(store: SandboxState, credential: str) -> None:
    accounts(store, any=None, one=frozenset({"k1"}))
    assert store.find_account("phonon", credential) is None


def test_account_nobody_takes_strangers(store: SandboxState) -> None:
    accounts(store, one=frozenset({"k1"}))
    assert store.find_account("mobtexting", "stranger") is None


def test_record_tells_the_watchers(store: SandboxState) -> None:
    seen: list[JournalEntry] = []
    store.subscribers.append(seen.append)
    facts = [JournalEntry(at, "clock", "", {}) for at in (1, 2)]
    for fact in facts:
        store.record(fact)
    assert (list(store.journal), seen, store.entry_count) == (facts, facts, 2)


def test_record_counts_errors_and_weighs(store: SandboxState) -> None:
    found = [(store.error_count, store.journal.byte_count)]
    for kind, size in (("clock", 0), ("error", 5), ("event", 7), ("error", 0)):
        store.record(JournalEntry(1, kind, "", {}), size)
        found.append((store.error_count, store.journal.byte_count))
    assert found == [(0, 0), (0, 0), (1, 5), (1, 12), (2, 12)]


def test_view_has_the_seed_and_all_that_providers_may_read(store: SandboxState) -> None:
    click(store)
    play(store)
    store.counts["key"], store.uploads["digest"] = [1], b"data"
    view = store.read_model
    assert (view.seed, view.path_prefix) == (store.configuration.seed, "")
    assert (view.accounts, view.calls, view.call_ids_by_vendor_id) == (
        store.accounts,
        store.calls,
        store.call_ids_by_vendor_id,
    )
    assert (view.deliveries, view.delivery_ids_by_call) == (
        store.deliveries,
        store.delivery_ids_by_call,
    )
    assert (view.counts, view.uploads) == (store.counts, store.uploads)


def test_accounts_that_want_records_made_up_are_populated(world: Configuration) -> None:
    def populate(seed: str, account: Account) -> Account:
        return account._replace(balance=Decimal(len(seed)))

    accounts = {
        ("toy", name): Account(name, "toy", generate=wanted)
        for name, wanted in (("plain", {}), ("made", {"agents": "3"}))
    }
    store = SandboxState(world._replace(accounts=accounts, populate=populate, seed="four"), START)
    assert [one.balance for one in store.accounts.values()] == [None, Decimal(4)]


def test_forget_drops_all_by_which_a_call_is_played(store: SandboxState) -> None:
    click(store, "doubled-report")
    click(store)
    for name in ("c1", "c2"):
        store.wait_reasons[name], store.webhook_depths[name] = (), 1
        store.webhook_scenarios[name] = store.webhook_scenarios["c1"]
    parts = (
        store.leg_scenarios,
        store.webhook_scenarios,
        store.scripts,
        store.next_steps,
        store.wait_reasons,
        store.webhook_depths,
    )
    assert [list(part) for part in parts] == [["c1", "c2"]] * 6
    store.drop_progress("c1")
    assert [list(part) for part in parts] == [["c2"]] * 6


def test_record_goes_on_without_a_watcher_that_raises(store: SandboxState) -> None:
    seen: list[JournalEntry] = []

    def failing(fact: JournalEntry) -> None:
        seen.append(fact)
        raise ZeroDivisionError

    store.subscribers += [seen.append, failing, seen.append]
    facts = [JournalEntry(at, "clock", "", {}) for at in (1, 2)]
    for fact in facts:
        store.record(fact)
    assert (seen, list(store.journal)) == ([facts[0]] * 3 + [facts[1]] * 2, facts)
    assert store.subscribers == [seen.append, seen.append]


def test_record_lets_a_watcher_take_itself_away(store: SandboxState) -> None:
    seen: list[int] = []

    def once(fact: JournalEntry) -> None:
        seen.append(fact.at)
        store.subscribers.remove(once)

    store.subscribers += [once, lambda fact: seen.append(-fact.at)]
    for at in (1, 2):
        store.record(JournalEntry(at, "clock", "", {}))
    assert seen == [1, -1, -2]


def test_record_keeps_the_newest(world: Configuration) -> None:
    store = SandboxState(world, START)
    store.journal = BoundedLog(3)
    for at in range(5):
        store.record(JournalEntry(at, "clock", "", {}))
    assert ([fact.at for fact in store.journal], store.entry_count) == ([2, 3, 4], 5)


def test_take_in_order_of_time_then_of_arrival(store: SandboxState) -> None:
    for at, name in ((20, "w1"), (10, "w2"), (20, "w3"), (10, "w4")):
        store.schedule(at, "delivery", name)
    taken = [store.take() for _ in range(5)]
    assert [due.subject if due else None for due in taken] == ["w2", "w4", "w1", "w3", None]


def test_take_at_the_beginning_of_time(store: SandboxState) -> None:
    store.schedule(0, "delivery", "w1")
    assert (store.peek(), store.take(), store.peek()) == (
        DueItem(0, 1, "delivery", "w1"),
        DueItem(0, 1, "delivery", "w1"),
        None,
    )


def test_schedule_carries_what_was_told(store: SandboxState) -> None:
    click(store, "answered")
    told = ScheduledEvent(0, Event(5, "hangup", "b"))
    serial = store.schedule(5, "told", "c1", told)
    assert store.take() == DueItem(5, serial, "told", "c1", told)


def test_take_passes_over_a_step_that_another_has_replaced(store: SandboxState) -> None:
    store.next_steps["c1"] = (store.schedule(5, "script", "c1"), STEP)
    store.schedule(9, "script", "c2")
    store.next_steps["c1"] = (store.schedule(7, "script", "c1"), STEP)
    assert [due.at for due in store.pending_items()] == [7]
    assert [due.at if due else None for due in (store.take(), store.take())] == [7, None]


def test_pending_is_one_step_per_call(store: SandboxState) -> None:
    click(store)
    click(store)
    for _ in range(6):
        step(store)
    apply_event(store, "c1", Event(START + 2_000, "digits", "a", {"digits": "1"}))
    pending = [(due.at, due.kind, due.subject) for due in sorted(store.pending_items())]
    assert pending == [(START + 2_000, "script", "c1"), (START + 2_000, "script", "c2")]


REFUSING = Scenario("refusing", responses=(ApiBehavior("conflict"),))

PARTS: list[Callable[[SandboxState], object]] = [
    lambda store: store.accounts,
    lambda store: store.activations,
    lambda store: store.activation_count,
    lambda store: store.response_positions,
    lambda store: store.request_times,
    lambda store: store.held_deliveries,
    lambda store: store.call_ids_by_recording,
    lambda store: store.request_origins,
    lambda store: store.webhook_scenarios,
    lambda store: store.calls,
    lambda store: store.leg_scenarios,
    lambda store: store.scripts,
    lambda store: store.next_steps,
    lambda store: store.wait_reasons,
    lambda store: list(store.exchanges),
    lambda store: store.deliveries,
    lambda store: store.delivery_ids_by_call,
    lambda store: list(store.journal),
    lambda store: store.entry_count,
    lambda store: store.request_count,
    lambda store: list(store.pending_items()),
]


@pytest.mark.parametrize("part", PARTS)
def test_reset_is_back_at_the_start(
    world: Configuration, part: Callable[[SandboxState], object]
) -> None:
    told = world.scenarios._replace(by_name={**world.scenarios.by_name, "refusing": REFUSING})
    store = SandboxState(world._replace(scenarios=told), START)
    with_account(store, limits=Limits(9, 1_000))
    click(store, "callee-busy", "doubled-report")
    play(store)
    click(store, now=START + 60_000)
    select_api_behavior(
        store, RequestSelection(("refusing",)), (MatchContext("mobtexting", "", "", "", {}, {}),)
    )
    store.held_deliveries["c2"] = []
    store.activation_count = 1
    store.activations.append(Activation("a1", "callee-busy", MatchRule(), None))
    store.wait_reasons["c2"] = ()
    store.accounts["mobtexting", "mine"] = Account("mine", "mobtexting")
    blank = part(SandboxState(world, START))
    assert part(store) != blank
    store.reset(START)
    assert (part(store), store.epoch) == (blank, 1)


def test_reset_begins_the_same_story_again(store: SandboxState) -> None:
    click(store)
    first = (play(store), list(store.journal))
    store.reset(START)
    click(store)
    again = [delivery._replace(epoch=0) for delivery in play(store)]
    kinds = [(fact.at, fact.type, fact.call_id) for fact in store.journal]
    assert (again, kinds) == (first[0], [(fact.at, fact.type, fact.call_id) for fact in first[1]])


def test_reset_keeps_its_watchers(store: SandboxState) -> None:
    seen: list[JournalEntry] = []
    store.subscribers.append(seen.append)
    store.reset(START)
    store.record(JournalEntry(1, "clock", "", {}))
    assert len(seen) == 1


def test_marks_are_bounded_by_key_and_in_number(store: SandboxState) -> None:
    for at in range(2 * MAX_ITEMS):
        store.count("busy", at)
    assert len(store.counts["busy"]) == 2 * MAX_ITEMS
    store.count("busy", 2 * MAX_ITEMS)
    assert (len(store.counts["busy"]), store.read_model.count_since("busy", MAX_ITEMS)) == (
        MAX_ITEMS + 1,
        MAX_ITEMS,
    )
    for at in range(MAX_ITEMS):
        store.count(f"k{at}", at)
    assert (len(store.counts), "busy" in store.counts, "k0" in store.counts) == (
        MAX_ITEMS,
        False,
        True,
    )


def test_origins_are_bounded(store: SandboxState) -> None:
    for at in range(MAX_ITEMS + 1):
        store.record_origin(f"http://h{at}")
    assert (len(store.request_origins), "http://h0" in store.request_origins) == (MAX_ITEMS, False)
