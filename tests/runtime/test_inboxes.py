"""How an inbox responds to a webhook, and how many requests it keeps."""

import asyncio

import pytest

from mockserver.runtime.inboxes import MAX_REQUESTS, Inbox, ReceivedRequest

RECEIVED = ReceivedRequest(at=5, method="POST", path="/", query="", headers={}, body=b"")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [([], [200, 200, 200]), ([500], [500, 200, 200]), ([500, 404, 503], [500, 404, 503])],
)
def test_an_inbox_responds_with_its_queued_statuses_then_200(
    statuses: list[int], expected: list[int]
) -> None:
    async def run() -> list[int]:
        return [await inbox.receive(RECEIVED) for _ in range(3)]

    inbox = Inbox()
    inbox.statuses.extend(statuses)
    assert asyncio.run(run()) == expected
    assert list(inbox.requests) == [RECEIVED.replace(status=status) for status in expected]


def test_an_inbox_records_the_request_then_delays_its_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sleeps: list[tuple[float, int]] = []

    async def sleep(seconds: float) -> None:
        sleeps.append((seconds, len(inbox.requests)))

    inbox = Inbox(delay=2.5)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert (asyncio.run(inbox.receive(RECEIVED)), sleeps) == (200, [(2.5, 1)])


def test_an_inbox_keeps_only_its_newest_requests() -> None:
    inbox = Inbox()
    for at in range(MAX_REQUESTS + 2):
        inbox.requests.append(
            ReceivedRequest(
                at=at, method="POST", path="/", query="", headers={}, body=b"", status=200
            )
        )
    assert (len(inbox.requests), inbox.requests[0].at) == (MAX_REQUESTS, 2)


def test_inboxes_share_no_state() -> None:
    inbox, other = Inbox(), Inbox()
    inbox.statuses.append(500)
    inbox.requests.append(
        ReceivedRequest(at=0, method="POST", path="/", query="", headers={}, body=b"", status=500)
    )
    assert other == Inbox()
