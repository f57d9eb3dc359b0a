"""Rule machines that play the receivers which ask the vendor's API, too."""

from collections import Counter, defaultdict
from contextlib import suppress
from http.client import HTTPException
from typing import ClassVar

from mockserver.testing import CallMachine
from tests.ordeal.receivers.callers import CALLED_BACK, WEBHOOKS, post
from tests.ordeal.receivers.receiver import Receiver
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

ORIGIN = "http://receiver.test"
KINDS = 2
"""The kinds of webhooks of an Innocalls call."""


class ReceiverMachine(CallMachine):
    """Attaches a receiver, and keeps what the vendor has sent in the last run that has ended."""

    build: ClassVar[type[Receiver]]
    last_run: ClassVar[tuple[str, ...]] = ()

    def start(self) -> None:
        self.placed = 0
        self.receiver = self.build()
        self.receiver.url = ORIGIN
        self.receiver.origin = self.mock_calls.url(self.provider).removesuffix(f"/{self.provider}")
        self.mock_calls.attach(ORIGIN, self.receiver)

    def place_call(self) -> None:
        self.placed += 1
        with suppress(OSError, HTTPException):  # refused, or not answered, by a drawn scenario
            self.send_request()

    def send_request(self) -> None:
        """Let the receiver place a call."""
        self.receiver.place_call()

    def check_end(self) -> None:
        type(self).last_run = tuple(
            f"{sent.call} {sent.kind}" + ", again" * (len(sent.attempts) - 1)
            for sent in self.mock_calls.webhooks()
        )
        self.check_counts()

    def check_counts(self) -> None:
        """Assert what holds of all calls."""


class CallingBackMachine(ReceiverMachine):
    """For each call that is placed, the receiver calls back at most once."""

    provider = "mobtexting"

    def send_request(self) -> None:
        fields = {**CLICK_TO_CALL, "to": f"9188671{self.placed:05}"}
        post(self.mock_calls.url("mobtexting") + CLICK_TO_CALL_PATH, fields)

    def check_counts(self) -> None:
        asked = [request.body["to"] for request in self.mock_calls.requests()]
        assert asked.count(CALLED_BACK) <= self.placed, "a call led to several"


class ApplicationMachine(ReceiverMachine):
    """The application counts each call of which it has accepted enough webhooks."""

    provider = "effebot"

    def check_counts(self) -> None:
        accepted = Counter[str]()
        for sent in self.mock_calls.webhooks():
            accepted[sent.call] += sum(attempt.status == 200 for attempt in sent.attempts)
        complete = [call for call, count in accepted.items() if count >= WEBHOOKS]
        assert self.receiver.counts["calls"] == len(complete), "a call is missing"


class DispatchMachine(ReceiverMachine):
    """The application counts each call of which it has accepted both kinds of webhooks."""

    provider = "innocalls"

    def check_counts(self) -> None:
        accepted = defaultdict[str, set[str]](set)
        for sent in self.mock_calls.webhooks():
            if any(attempt.status == 200 for attempt in sent.attempts):
                accepted[sent.call].add(sent.kind)
        complete = [call for call, kinds in accepted.items() if len(kinds) == KINDS]
        assert self.receiver.counts["calls"] == len(complete), "a call is missing"
