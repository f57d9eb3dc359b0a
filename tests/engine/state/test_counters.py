"""The counters: keys that providers count; rate limits are tested with the pipeline, too."""

from bisect import bisect_right

import pytest

from mockserver.core.account import Account, Limits
from mockserver.engine.bounded_log import MAX_ITEMS
from mockserver.engine.state.counters import Counters

LIMITED = Account(name="one", provider="mobtexting", limits=Limits(requests=2, per=10))


@pytest.mark.parametrize(
    ("times", "now", "is_over"),
    [
        ((), 0, False),
        ((0,), 0, False),
        ((0, 5), 9, True),
        ((0, 5), 10, False),
        ((0, 5, 10), 14, True),
        ((0, 5, 10), 15, False),
    ],
)
def test_a_limit_counts_the_requests_within_its_period(
    times: tuple[int, ...],
    now: int,
    is_over: bool,  # noqa: FBT001 - what the table expects
) -> None:
    counters = Counters()
    for at in times:
        counters.record_request(LIMITED, at)
    assert counters.is_over_limit(LIMITED, now) is is_over


@pytest.mark.parametrize(
    ("times", "limits", "opens_at"),
    [
        ((0, 5), Limits(requests=2, per=10), 10),
        ((0, 5), Limits(requests=1, per=10), 15),
        ((0,), Limits(requests=2, per=10), 0),
        ((0, 5), Limits(requests=0, per=10), 0),
        ((0, 5), None, 0),
    ],
)
def test_a_full_window_opens_when_enough_of_its_requests_have_expired(
    times: tuple[int, ...], limits: Limits | None, opens_at: int
) -> None:
    counters = Counters()
    for at in times:
        counters.record_request(LIMITED.replace(limits=Limits(requests=9, per=99)), at)
    assert counters.opens_at(LIMITED.replace(limits=limits)) == opens_at


def test_expired_requests_are_dropped_and_an_account_without_a_limit_is_not_counted() -> None:
    counters, unlimited = Counters(), LIMITED.replace(name="two", limits=None)
    for at in (0, 5, 10):
        counters.record_request(LIMITED, at)
        counters.record_request(unlimited, at)
    assert {key: list(times) for key, times in counters.request_times.items()} == {
        ("mobtexting", "one"): [5, 10]
    }
    assert not counters.is_over_limit(unlimited, 10)


def test_the_times_of_a_key_are_bounded() -> None:
    counters = Counters()
    for at in range(2 * MAX_ITEMS):
        counters.count("busy", at)
    assert len(counters.counts["busy"]) == 2 * MAX_ITEMS
    counters.count("busy", 2 * MAX_ITEMS)
    times = counters.counts["busy"]
    assert (len(times), bisect_right(times, MAX_ITEMS)) == (MAX_ITEMS + 1, 1)


def test_the_key_counted_least_recently_is_evicted() -> None:
    counters = Counters()
    for key in ("old", "busy"):
        counters.count(key, 0)
    for number in range(MAX_ITEMS - 2):
        counters.count(f"k{number}", number)
    counters.count("old", MAX_ITEMS)
    counters.count("new", MAX_ITEMS)
    assert (len(counters.counts), "busy" in counters.counts) == (MAX_ITEMS, False)
    assert [*counters.counts][-2:] == ["old", "new"]
    assert counters.counts["old"] == [0, MAX_ITEMS]


def test_a_sequence_is_advanced_by_one_and_apart_from_others() -> None:
    counters = Counters()
    for key in ("one", "two", "one"):
        counters.advance(key)
    assert counters.sequences == {"one": 2, "two": 1}
