"""How a ready-made receiver answers next, and how much it keeps."""

import asyncio

import pytest

from mockserver.runtime.inboxes import KEPT, Inbox, Received

COME = Received(5, "POST", "/", "", {}, b"")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([], [200, 200, 200]), ([500], [500, 200, 200]), ([500, 404, 503], [500, 404, 503])],
)
def test_answers_as_programmed_then_200(answers: list[int], expected: list[int]) -> None:
    async def told() -> list[int]:
        return [await inbox.take(COME) for _ in range(3)]

    inbox = Inbox()
    inbox.answers.extend(answers)
    assert asyncio.run(told()) == expected
    assert list(inbox.received) == [COME._replace(status=status) for status in expected]


def test_a_delay_counts_before_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[tuple[float, int]] = []

    async def sleep(seconds: float) -> None:
        slept.append((seconds, len(inbox.received)))

    inbox = Inbox(delay=2.5)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert (asyncio.run(inbox.take(COME)), slept) == (200, [(2.5, 1)])


def test_received_keeps_the_newest() -> None:
    inbox = Inbox()
    for at in range(KEPT + 2):
        inbox.received.append(Received(at, "POST", "/", "", {}, b"", 200))
    assert (len(inbox.received), inbox.received[0].at) == (KEPT, 2)


def test_inboxes_share_nothing() -> None:
    one, other = Inbox(), Inbox()
    one.answers.append(500)
    one.received.append(Received(0, "POST", "/", "", {}, b"", 500))
    assert other == Inbox()
