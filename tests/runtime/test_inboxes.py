"""How a ready-made receiver answers next, and how much it keeps."""

import asyncio

import pytest

from mockserver.runtime.inboxes import MAX_REQUESTS, Inbox, ReceivedRequest

COME = ReceivedRequest(at=5, method="POST", path="/", query="", headers={}, body=b"")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([], [200, 200, 200]), ([500], [500, 200, 200]), ([500, 404, 503], [500, 404, 503])],
)
def test_answers_as_programmed_then_200(answers: list[int], expected: list[int]) -> None:
    async def told() -> list[int]:
        return [await inbox.receive(COME) for _ in range(3)]

    inbox = Inbox()
    inbox.statuses.extend(answers)
    assert asyncio.run(told()) == expected
    assert list(inbox.requests) == [COME._replace(status=status) for status in expected]


def test_a_delay_counts_before_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[tuple[float, int]] = []

    async def sleep(seconds: float) -> None:
        slept.append((seconds, len(inbox.requests)))

    inbox = Inbox(delay=2.5)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert (asyncio.run(inbox.receive(COME)), slept) == (200, [(2.5, 1)])


def test_received_keeps_the_newest() -> None:
    inbox = Inbox()
    for at in range(MAX_REQUESTS + 2):
        inbox.requests.append(
            ReceivedRequest(
                at=at, method="POST", path="/", query="", headers={}, body=b"", status=200
            )
        )
    assert (len(inbox.requests), inbox.requests[0].at) == (MAX_REQUESTS, 2)


def test_inboxes_share_nothing() -> None:
    one, other = Inbox(), Inbox()
    one.statuses.append(500)
    one.requests.append(
        ReceivedRequest(at=0, method="POST", path="/", query="", headers={}, body=b"", status=500)
    )
    assert other == Inbox()
