"""The webhooks of a call come before the response to the request that places it."""

from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Final

import pytest

from mockserver.ordeal import slow_reply
from mockserver.ordeal.cases import CASES
from mockserver.ordeal.control import OrdealError
from mockserver.ordeal.plan import Plan, build_scenario
from mockserver.ordeal.slow_reply import play_during_reply
from tests.support.ordeal_vendors import VENDORS

PLAN: Final = Plan(provider="phonon", vendor=VENDORS["phonon"], seed="s")
[CASE] = [case for case in CASES if case.has_slow_reply]


class Played:
    """Calls in place of those of a server: what is placed when, and how long the webhooks take.

    The response comes when the webhooks have gone, and then `place` is called.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: Callable[[], None]) -> None:
        self.now, self.took = 0.0, 0.0
        self.calls: list[list[str]] = [[], ["c1"]]
        self.place, self.sent = place, Event()
        clock = SimpleNamespace(monotonic=lambda: self.now, sleep=lambda _: None)
        monkeypatch.setattr(slow_reply, "time", clock)
        monkeypatch.setattr(slow_reply, "ask", lambda *_: {"calls": self.take_calls()})
        monkeypatch.setattr(slow_reply, "place_calls", self.place_calls)

    def take_calls(self) -> list[str]:
        return self.calls.pop(0) if len(self.calls) > 1 else self.calls[0]

    def place_calls(self, *_: object) -> None:
        self.sent.wait(10)
        self.place()

    def send_webhooks(self) -> None:
        self.now += self.took
        self.sent.set()

    def play(self) -> str:
        return play_during_reply("http://mock.test", PLAN, CASE, self.send_webhooks)


def test_the_scenario_of_the_case_lets_the_response_come_slowly() -> None:
    assert build_scenario(PLAN, CASE) == {
        "needs": {"provider": "phonon", "operation": "create"},
        "responses": [{"dribble": "3s"}],
    }


@pytest.mark.parametrize(
    ("took", "doubt"),
    [
        (2.9, ""),
        (3.0, "the webhooks took 3.0 s, and the response 3 s: it may have come first"),
        (4.25, "the webhooks took 4.2 s, and the response 3 s: it may have come first"),
    ],
)
def test_webhooks_that_take_as_long_as_the_response_are_a_doubt(
    monkeypatch: pytest.MonkeyPatch, took: float, doubt: str
) -> None:
    """The first look at the calls finds none, the second one finds one."""
    played = Played(monkeypatch, lambda: None)
    played.took = took
    assert played.play() == doubt
    assert played.calls == [["c1"]]


def test_an_application_that_does_not_wait_for_the_response_is_a_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = Played(monkeypatch, fail)
    assert played.play() == "the webhooks came first, but then the application has failed"


def test_a_call_that_is_not_placed_ends_the_ordeal(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played(monkeypatch, fail)
    played.calls = [[]]
    played.sent.set()
    with pytest.raises(OrdealError, match="the application has failed"):
        played.play()


def fail() -> None:
    raise OrdealError("the application has failed")
