"""The journal: entries and exchanges, both bounded, and those who listen."""

import pytest

from mockserver.core.journal import JournalEntry
from mockserver.engine.bounded_log import MAX_ITEMS
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.journal import Journal
from tests.support import read
from tests.support.simulation import click_to_call


def build_journal_entry(at: int = 1, kind: str = "clock") -> JournalEntry:
    return JournalEntry(at=at, type=kind, call_id="", payload={})


def test_a_recorded_entry_is_passed_to_the_subscribers() -> None:
    journal, seen = Journal(), list[JournalEntry]()
    journal.subscribe(seen.append)
    entries = [build_journal_entry(at=at) for at in (1, 2)]
    for entry in entries:
        journal.append(entry)
    assert (list(journal.entries), seen, journal.entry_count) == (entries, entries, 2)


def test_the_times_of_entries_never_step_back() -> None:
    """What was due before an entry can be recorded after it; a cleared journal begins anew."""
    journal = Journal()
    for at in (5, 3, 7, 6):
        journal.append(build_journal_entry(at=at))
    assert [entry.at for entry in journal.entries] == [5, 5, 7, 7]
    journal.clear()
    journal.append(build_journal_entry(at=2))
    assert [entry.at for entry in journal.entries] == [2]


def test_recording_counts_errors() -> None:
    journal, counts = Journal(), []
    for kind in ("clock", "error", "event", "error"):
        journal.append(build_journal_entry(kind=kind))
        counts.append(journal.error_count)
    assert counts == [0, 1, 1, 2]


def test_the_journal_keeps_the_newest_entries() -> None:
    journal = Journal(max_entries=3)
    for at in range(5):
        journal.append(build_journal_entry(at=at))
    assert ([entry.at for entry in journal.entries], journal.entry_count) == ([2, 3, 4], 5)


@pytest.mark.parametrize(("count", "first"), [(0, 1), (2, 1), (3, 1), (5, 3)])
def test_the_first_sequence_is_that_of_the_oldest_entry(count: int, first: int) -> None:
    journal = Journal(max_entries=3)
    for at in range(count):
        journal.append(build_journal_entry(at=at))
    assert journal.first_sequence == first


def test_a_subscriber_that_raises_is_removed() -> None:
    journal, seen = Journal(), list[JournalEntry]()

    def failing(entry: JournalEntry) -> None:
        seen.append(entry)
        raise ZeroDivisionError

    for subscriber in (seen.append, failing, seen.append):
        journal.subscribe(subscriber)
    entries = [build_journal_entry(at=at) for at in (1, 2)]
    for entry in entries:
        journal.append(entry)
    assert (seen, list(journal.entries)) == ([entries[0]] * 3 + [entries[1]] * 2, entries)
    assert journal.subscribers == [seen.append, seen.append]


def test_a_subscriber_can_remove_itself() -> None:
    journal, seen = Journal(), list[int]()

    def once(entry: JournalEntry) -> None:
        seen.append(entry.at)
        unsubscribe()

    unsubscribe = journal.subscribe(once)
    journal.subscribe(lambda entry: seen.append(-entry.at))
    for at in (1, 2):
        journal.append(build_journal_entry(at=at))
    assert seen == [1, -1, -2]


def test_a_subscription_can_be_ended_twice() -> None:
    journal, seen = Journal(), list[JournalEntry]()
    unsubscribe = journal.subscribe(seen.append)
    unsubscribe()
    unsubscribe()
    journal.append(build_journal_entry())
    assert (seen, journal.subscribers) == ([], [])


def test_request_origins_are_bounded(state: SandboxState) -> None:
    journal, exchange = Journal(), click_to_call(state)
    for number in range(MAX_ITEMS + 1):
        request = exchange.request.replace(origin=f"http://h{number}")
        journal.record_exchange(exchange.replace(request=request))
    origins = journal.request_origins
    assert (len(origins), "http://h0" in origins) == (MAX_ITEMS, False)


def test_clearing_keeps_the_subscribers_and_the_number_of_errors(state: SandboxState) -> None:
    journal, seen = Journal(), list[JournalEntry]()
    journal.subscribe(seen.append)
    journal.append(build_journal_entry(kind="error"))
    journal.record_exchange(click_to_call(state))
    journal.clear()
    assert (list(journal.entries), list(journal.exchanges), [*journal.request_origins]) == (
        [],
        [],
        [],
    )
    assert (journal.entry_count, journal.request_count, journal.error_count) == (0, 0, 1)
    assert journal.subscribers == [seen.append]


def test_a_corrected_exchange_replaces_the_latest_one_also_in_its_entry(
    state: SandboxState,
) -> None:
    exchange = click_to_call(state)
    corrected = exchange.replace(problem="internal-error")
    state.journal.correct_exchange(corrected)
    assert list(read.exchanges(state)) == [corrected]
    assert read.journal(state)[0].payload is corrected


def test_an_exchange_whose_entry_is_gone_is_corrected(state: SandboxState) -> None:
    journal, exchange = Journal(max_entries=1), click_to_call(state)
    journal.record_exchange(exchange)
    journal.append(build_journal_entry())
    corrected = exchange.replace(problem="internal-error")
    journal.correct_exchange(corrected)
    assert list(journal.exchanges) == [corrected]
    assert [entry.type for entry in journal.entries] == ["clock"]
