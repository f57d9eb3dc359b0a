"""How an inbox responds to a webhook, and how many requests it keeps."""

import asyncio

import pytest

from mockserver.runtime.inboxes import (
    MAX_BYTES,
    MAX_REQUESTS,
    REQUEST_OVERHEAD,
    Inbox,
    InboxStorage,
    ReceivedRequest,
)

RECEIVED = ReceivedRequest(at=5, method="POST", path="/", query="", headers={}, body=b"")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [([], [200, 200, 200]), ([500], [500, 200, 200]), ([500, 404, 503], [500, 404, 503])],
)
def test_an_inbox_responds_with_its_queued_statuses_then_200(
    statuses: list[int], expected: list[int]
) -> None:
    inbox = Inbox()
    inbox.statuses.extend(statuses)
    assert [inbox.store(RECEIVED) for _ in range(3)] == expected
    assert list(inbox.requests) == [RECEIVED.replace(status=status) for status in expected]


@pytest.mark.parametrize(("delay", "expected"), [(2.5, [2.5]), (0, [])])
def test_an_inbox_pauses_before_a_response_that_is_delayed(
    delay: float, expected: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeps: list[float] = []

    async def sleep(seconds: float) -> None:
        sleeps.append(seconds)

    inbox = Inbox()
    inbox.program((), delay)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(inbox.pause())
    assert sleeps == expected


def receive(inbox: Inbox, *requests: ReceivedRequest) -> None:
    for request in requests:
        inbox.store(request)


def times(inbox: Inbox) -> list[int]:
    return [request.at for request in inbox.requests]


def sized(at: int, size: int) -> ReceivedRequest:
    """A request that counts `size` bytes."""
    return RECEIVED.replace(at=at, body=bytes(size - RECEIVED.size))


def test_an_inbox_keeps_only_its_newest_requests_and_counts_the_others() -> None:
    inbox = Inbox()
    receive(inbox, *(RECEIVED.replace(at=at) for at in range(MAX_REQUESTS + 2)))
    assert (len(inbox.requests), inbox.requests[0].at, inbox.evicted) == (MAX_REQUESTS, 2, 2)


def test_one_inbox_keeps_16_mb_at_most() -> None:
    inbox = Inbox()
    receive(inbox, *(sized(at, MAX_BYTES // 4) for at in range(6)))
    assert (times(inbox), inbox.evicted) == ([2, 3, 4, 5], 2)


def test_every_text_of_a_request_counts() -> None:
    request = RECEIVED.replace(path="/ab", query="c=d", headers={"name": "value"}, body=b"12")
    assert request.size - RECEIVED.size == 2 + 3 + 9 + 2
    assert RECEIVED.size == REQUEST_OVERHEAD + 1


def test_of_all_inboxes_together_the_oldest_requests_leave_first() -> None:
    storage = InboxStorage(max_bytes=10_000)
    first, second = Inbox(storage), Inbox(storage)
    receive(first, sized(1, 4_000))
    receive(second, sized(2, 4_000))
    receive(first, sized(3, 4_000))
    assert (times(first), times(second), first.evicted, second.evicted) == ([3], [2], 1, 0)
    receive(first, sized(4, 9_000))
    assert (times(first), times(second), first.evicted, second.evicted) == ([4], [], 2, 1)


def test_a_request_that_is_larger_than_the_storage_is_kept_alone() -> None:
    storage = InboxStorage(max_bytes=3_000)
    inbox = Inbox(storage)
    receive(inbox, sized(1, 2_500), sized(2, 5_000))
    assert (times(inbox), inbox.evicted) == ([2], 1)


def test_what_is_cleared_makes_room_and_does_not_count_as_evicted() -> None:
    storage = InboxStorage(max_bytes=10_000)
    first, second = Inbox(storage), Inbox(storage)
    receive(first, sized(1, 9_000))
    first.clear()
    receive(second, sized(2, 5_000), sized(3, 5_000))
    assert (times(first), times(second), first.evicted, second.evicted) == ([], [2, 3], 0, 0)


def test_inboxes_share_no_state() -> None:
    inbox, other = Inbox(), Inbox()
    inbox.program([500], 0.001)
    receive(inbox, RECEIVED)
    assert (list(other.statuses), other.delay, times(other), other.is_unused) == ([], 0, [], True)
