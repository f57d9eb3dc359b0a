"""The rule machine: it plays an application in forks, and finds what is wrong with it."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import Phase, settings

from mock_calls import MockServer
from mockserver.app import run_server
from mockserver.settings import Settings
from mockserver.testing import CallMachine, run_machine
from tests.support.client_calls import click_to_call

ORIGIN = "http://shop.test"
FEW = settings(
    max_examples=15,
    stateful_step_count=6,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
)


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        yield origin


@pytest.fixture
def base(origin: str, request: pytest.FixtureRequest) -> Iterator[MockServer]:
    """A sandbox in which reports go to the shop."""
    with MockServer(origin, request.node.name.replace("_", "-")[:50]) as client:
        client.open(clock="manual", seed="s", start_at="2026-01-01T09:00:00Z")
        client.deliver("mobtexting", f"{ORIGIN}/report")
        yield client
        client.drop()


class Shop:
    """Bills each call that was answered; `bills_copies` if it bills one as often as it is told."""

    def __init__(self, *, bills_copies: bool) -> None:
        self.bills_copies = bills_copies
        self.bills: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            report = json.loads(body)
        except ValueError:
            start_response("400 Bad Request", [])
            return []
        if self.bills_copies or report["start_at"] not in self.bills:
            self.bills.append(report["start_at"])
        start_response("200 OK", [])
        return []


class ShopMachine(CallMachine):
    provider = "mobtexting"
    bills_copies = False
    sandboxes: ClassVar[list[str]] = []
    ends: ClassVar[list[int]] = []

    def start(self) -> None:
        self.sandboxes.append(self.mock_calls.sandbox)
        self.shop = Shop(bills_copies=self.bills_copies)
        self.mock_calls.attach(ORIGIN, self.shop)

    def place_call(self) -> None:
        click_to_call(self.mock_calls)

    def check_end(self) -> None:
        self.ends.append(len(self.mock_calls.calls()))
        assert len(self.shop.bills) == len(set(self.shop.bills)), "a call was billed twice"


class HastyShopMachine(ShopMachine):
    bills_copies = True


class PersonMachine(CallMachine):
    """Each call waits for a person, and then ends at once."""

    provider = "mobtexting"
    seen: ClassVar[set[str]] = set()

    def start(self) -> None:
        self.mock_calls.use("waits-for-a-person")

    def place_call(self) -> None:
        click_to_call(self.mock_calls)
        self.mock_calls.finish()

    def check_end(self) -> None:
        events = {event for call in self.mock_calls.calls() for event in call.events}
        sent_again = any(len(each.attempts) > 1 for each in self.mock_calls.webhooks())
        self.seen.update(events, {"sent again"} if sent_again else ())


class UnstartedMachine(ShopMachine):
    def start(self) -> None:
        raise RuntimeError("the database is away")


class SpeechlessMachine(CallMachine):
    provider = "mobtexting"


class NamelessMachine(CallMachine):
    def place_call(self) -> None:
        """Never called."""


class BrokenMachine(ShopMachine):
    def place_call(self) -> None:
        raise RuntimeError("the line is cut")


def count_sandboxes(base: MockServer) -> int:
    response = httpx.get(f"{base.origin}/_mock/sandboxes", trust_env=False)
    return len(response.json()["sandboxes"])


def test_a_right_application_passes_in_forks_that_are_dropped(base: MockServer) -> None:
    before = count_sandboxes(base)
    run_machine(ShopMachine, base, FEW)
    assert len(set(ShopMachine.sandboxes)) == len(ShopMachine.sandboxes) >= 10
    assert max(ShopMachine.ends) > 1
    assert (count_sandboxes(base), base.calls()) == (before, [])


def test_an_application_that_bills_copies_is_found(base: MockServer) -> None:
    before = count_sandboxes(base)
    with pytest.raises(AssertionError, match="a call was billed twice"):
        run_machine(HastyShopMachine, base, settings(FEW, max_examples=200))
    assert count_sandboxes(base) == before


def test_persons_answer_or_hang_up_and_webhooks_are_sent_again(base: MockServer) -> None:
    run_machine(PersonMachine, base, settings(FEW, max_examples=80, stateful_step_count=20))
    assert {"answer b", "hangup b", "sent again"} <= PersonMachine.seen


@pytest.mark.parametrize(
    ("machine", "error", "message"),
    [
        (UnstartedMachine, RuntimeError, "the database is away"),
        (BrokenMachine, RuntimeError, "the line is cut"),
        (SpeechlessMachine, TypeError, "SpeechlessMachine does not say how to place a call"),
        (NamelessMachine, TypeError, "NamelessMachine names no provider, such as"),
    ],
)
def test_an_error_of_a_machine_is_the_error_of_its_run(
    base: MockServer, machine: type[CallMachine], error: type[Exception], message: str
) -> None:
    before = count_sandboxes(base)
    with pytest.raises(error, match=message):
        run_machine(machine, base, FEW)
    assert count_sandboxes(base) == before


def test_without_settings_there_are_30_runs_of_15_steps_without_a_deadline(
    base: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = []

    def take(_: object, settings: settings) -> None:
        used.append((settings.max_examples, settings.stateful_step_count, settings.deadline))

    monkeypatch.setattr("mockserver.testing.machine.run_state_machine_as_test", take)
    run_machine(BrokenMachine, base)
    assert used == [(30, 15, None)]
