"""What a sandbox remembers, what is due in it, and what a reset leaves of it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from mockserver.core.account import Account, Limits
from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import ApiBehavior, MatchContext, MatchRule, Scenario
from mockserver.core.script import DueStep
from mockserver.core.selection import Activation
from mockserver.engine.choosing import Choice, turn
from mockserver.engine.ring import KEPT, Ring
from mockserver.engine.simulation import happen, step
from mockserver.engine.store import Due, Store, Told, World
from tests.conftest import START, click, play, with_account

STEP = DueStep(5, 0, Event(5, "play", "a"), "")


def accounts(store: Store, **credentials: frozenset[str] | None) -> None:
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
def test_account_named_before_any(store: Store, credential: str | None, name: str | None) -> None:
    accounts(
        store,
        any=None,
        late=None,
        one=frozenset({"k1", "both", "invalid"}),
        two=frozenset({"k2", "both", "revoked"}),
    )
    found = store.account("mobtexting", credential)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("credential", ["stranger", "k1"])
def test_account_of_another_provider(store: Store, credential: str) -> None:
    accounts(store, any=None, one=frozenset({"k1"}))
    assert store.account("phonon", credential) is None


def test_account_nobody_takes_strangers(store: Store) -> None:
    accounts(store, one=frozenset({"k1"}))
    assert store.account("mobtexting", "stranger") is None


def test_record_tells_the_watchers(store: Store) -> None:
    seen: list[JournalEntry] = []
    store.watchers.append(seen.append)
    facts = [JournalEntry(at, "clock", "", {}) for at in (1, 2)]
    for fact in facts:
        store.record(fact)
    assert (list(store.journal), seen, store.recorded) == (facts, facts, 2)


def test_record_counts_errors_and_weighs(store: Store) -> None:
    found = [(store.errors, store.journal.size)]
    for kind, size in (("clock", 0), ("error", 5), ("event", 7), ("error", 0)):
        store.record(JournalEntry(1, kind, "", {}), size)
        found.append((store.errors, store.journal.size))
    assert found == [(0, 0), (0, 0), (1, 5), (1, 12), (2, 12)]


def test_view_has_the_seed_and_all_that_providers_may_read(store: Store) -> None:
    click(store)
    play(store)
    store.marks["key"], store.blobs["digest"] = [1], b"data"
    view = store.view
    assert (view.seed, view.path_prefix) == (store.world.seed, "")
    assert (view.accounts, view.calls, view.call_ids_by_vendor_id) == (
        store.accounts,
        store.calls,
        store.named,
    )
    assert (view.deliveries, view.delivery_ids_by_call) == (store.deliveries, store.sent)
    assert (view.counts, view.uploads) == (store.marks, store.blobs)


def test_accounts_that_want_records_made_up_are_populated(world: World) -> None:
    def populate(seed: str, account: Account) -> Account:
        return account._replace(balance=Decimal(len(seed)))

    accounts = {
        ("toy", name): Account(name, "toy", generate=wanted)
        for name, wanted in (("plain", {}), ("made", {"agents": "3"}))
    }
    store = Store(world._replace(accounts=accounts, populate=populate, seed="four"), START)
    assert [one.balance for one in store.accounts.values()] == [None, Decimal(4)]


def test_forget_drops_all_by_which_a_call_is_played(store: Store) -> None:
    click(store, "doubled-report")
    click(store)
    for name in ("c1", "c2"):
        store.waiting[name], store.depths[name] = (), 1
        store.travels[name] = store.travels["c1"]
    parts = (store.stories, store.travels, store.scripts, store.turns, store.waiting, store.depths)
    assert [list(part) for part in parts] == [["c1", "c2"]] * 6
    store.forget("c1")
    assert [list(part) for part in parts] == [["c2"]] * 6


def test_record_goes_on_without_a_watcher_that_raises(store: Store) -> None:
    seen: list[JournalEntry] = []

    def failing(fact: JournalEntry) -> None:
        seen.append(fact)
        raise ZeroDivisionError

    store.watchers += [seen.append, failing, seen.append]
    facts = [JournalEntry(at, "clock", "", {}) for at in (1, 2)]
    for fact in facts:
        store.record(fact)
    assert (seen, list(store.journal)) == ([facts[0]] * 3 + [facts[1]] * 2, facts)
    assert store.watchers == [seen.append, seen.append]


def test_record_lets_a_watcher_take_itself_away(store: Store) -> None:
    seen: list[int] = []

    def once(fact: JournalEntry) -> None:
        seen.append(fact.at)
        store.watchers.remove(once)

    store.watchers += [once, lambda fact: seen.append(-fact.at)]
    for at in (1, 2):
        store.record(JournalEntry(at, "clock", "", {}))
    assert seen == [1, -1, -2]


def test_record_keeps_the_newest(world: World) -> None:
    store = Store(world, START)
    store.journal = Ring(3)
    for at in range(5):
        store.record(JournalEntry(at, "clock", "", {}))
    assert ([fact.at for fact in store.journal], store.recorded) == ([2, 3, 4], 5)


def test_take_in_order_of_time_then_of_arrival(store: Store) -> None:
    for at, name in ((20, "w1"), (10, "w2"), (20, "w3"), (10, "w4")):
        store.schedule(at, "delivery", name)
    taken = [store.take() for _ in range(5)]
    assert [due.subject if due else None for due in taken] == ["w2", "w4", "w1", "w3", None]


def test_take_at_the_beginning_of_time(store: Store) -> None:
    store.schedule(0, "delivery", "w1")
    assert (store.peek(), store.take(), store.peek()) == (
        Due(0, 1, "delivery", "w1"),
        Due(0, 1, "delivery", "w1"),
        None,
    )


def test_schedule_carries_what_was_told(store: Store) -> None:
    click(store, "answered")
    told = Told(0, Event(5, "hangup", "b"))
    serial = store.schedule(5, "told", "c1", told)
    assert store.take() == Due(5, serial, "told", "c1", told)


def test_take_passes_over_a_step_that_another_has_replaced(store: Store) -> None:
    store.turns["c1"] = (store.schedule(5, "script", "c1"), STEP)
    store.schedule(9, "script", "c2")
    store.turns["c1"] = (store.schedule(7, "script", "c1"), STEP)
    assert [due.at for due in store.pending()] == [7]
    assert [due.at if due else None for due in (store.take(), store.take())] == [7, None]


def test_pending_is_one_step_per_call(store: Store) -> None:
    click(store)
    click(store)
    for _ in range(6):
        step(store)
    happen(store, "c1", Event(START + 2_000, "digits", "a", {"digits": "1"}))
    pending = [(due.at, due.kind, due.subject) for due in sorted(store.pending())]
    assert pending == [(START + 2_000, "script", "c1"), (START + 2_000, "script", "c2")]


REFUSING = Scenario("refusing", responses=(ApiBehavior("conflict"),))

PARTS: list[Callable[[Store], object]] = [
    lambda store: store.accounts,
    lambda store: store.activations,
    lambda store: store.activated,
    lambda store: store.asked,
    lambda store: store.arrivals,
    lambda store: store.held,
    lambda store: store.media,
    lambda store: store.origins,
    lambda store: store.travels,
    lambda store: store.calls,
    lambda store: store.stories,
    lambda store: store.scripts,
    lambda store: store.turns,
    lambda store: store.waiting,
    lambda store: list(store.exchanges),
    lambda store: store.deliveries,
    lambda store: store.sent,
    lambda store: list(store.journal),
    lambda store: store.recorded,
    lambda store: store.requested,
    lambda store: list(store.pending()),
]


@pytest.mark.parametrize("part", PARTS)
def test_reset_is_back_at_the_start(world: World, part: Callable[[Store], object]) -> None:
    told = world.stories._replace(by_name={**world.stories.by_name, "refusing": REFUSING})
    store = Store(world._replace(stories=told), START)
    with_account(store, limits=Limits(9, 1_000))
    click(store, "callee-busy", "doubled-report")
    play(store)
    click(store, now=START + 60_000)
    turn(store, Choice(("refusing",)), (MatchContext("mobtexting", "", "", "", {}, {}),))
    store.held["c2"] = []
    store.activated = 1
    store.activations.append(Activation("a1", "callee-busy", MatchRule(), None))
    store.waiting["c2"] = ()
    store.accounts["mobtexting", "mine"] = Account("mine", "mobtexting")
    blank = part(Store(world, START))
    assert part(store) != blank
    store.reset(START)
    assert (part(store), store.epoch) == (blank, 1)


def test_reset_begins_the_same_story_again(store: Store) -> None:
    click(store)
    first = (play(store), list(store.journal))
    store.reset(START)
    click(store)
    again = [delivery._replace(epoch=0) for delivery in play(store)]
    kinds = [(fact.at, fact.type, fact.call_id) for fact in store.journal]
    assert (again, kinds) == (first[0], [(fact.at, fact.type, fact.call_id) for fact in first[1]])


def test_reset_keeps_its_watchers(store: Store) -> None:
    seen: list[JournalEntry] = []
    store.watchers.append(seen.append)
    store.reset(START)
    store.record(JournalEntry(1, "clock", "", {}))
    assert len(seen) == 1


def test_marks_are_bounded_by_key_and_in_number(store: Store) -> None:
    for at in range(2 * KEPT):
        store.mark("busy", at)
    assert len(store.marks["busy"]) == 2 * KEPT
    store.mark("busy", 2 * KEPT)
    assert (len(store.marks["busy"]), store.view.count_since("busy", KEPT)) == (KEPT + 1, KEPT)
    for at in range(KEPT):
        store.mark(f"k{at}", at)
    assert (len(store.marks), "busy" in store.marks, "k0" in store.marks) == (KEPT, False, True)


def test_origins_are_bounded(store: Store) -> None:
    for at in range(KEPT + 1):
        store.hear_from(f"http://h{at}")
    assert (len(store.origins), "http://h0" in store.origins) == (KEPT, False)
