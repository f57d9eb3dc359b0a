"""How a ready-made receiver answers next, and how much it keeps."""

import pytest

from mockserver.runtime.inboxes import KEPT, Inbox, Received


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([], [200, 200, 200]), ([500], [500, 200, 200]), ([500, 404, 503], [500, 404, 503])],
)
def test_next_status_as_programmed_then_200(answers: list[int], expected: list[int]) -> None:
    inbox = Inbox()
    inbox.answers.extend(answers)
    assert [inbox.next_status() for _ in range(3)] == expected


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
