"""Sixteen concurrent clients, each with its own sandbox of one server, see only their own data."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START

COUNT = 16
STEPS = 14
SCENARIOS = ("answered", "callee-busy", "no-answer", "doubled-report", "rush-hour", "presses-one")
NAMES = [f"s{number:02}" for number in range(COUNT)]


class Outcome(NamedTuple):
    """What a client placed, and what its sandbox shows at the end."""

    placed: list[str]
    calls: list[str]
    webhooks: list[str]
    received: list[str]
    journal: str


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with run_server(Settings(port=0, clock="manual", seed="s", start=START, quiet=True)) as url:
        yield url


class Client:
    """A client; two whose numbers differ by eight do the same, in different threads."""

    def __init__(self, number: int, http: httpx.Client) -> None:
        self.name, self.http = NAMES[number], http
        self.rng = random.Random(number % (COUNT // 2))  # noqa: S311 - repeatable, and not for security
        self.placed: list[str] = []

    @property
    def prefix(self) -> str:
        return f"/_sandbox/{self.name}"

    def request_control(self, method: str, path: str, body: object = None) -> Any:
        return parse_success(self.http.request(method, f"{self.prefix}/_mock{path}", json=body))

    def create_sandbox(self) -> None:
        body = {
            "seed": f"seed {self.rng.random()}",
            "credentials": {"mobtexting": [f"key-{self.name}"]},
        }
        parse_success(self.http.put(f"/_mock/sandboxes/{self.name}", json=body))

    def place_call(self) -> None:
        mid = f"{self.name}-{len(self.placed)}"
        headers = {"authorization": "Bearer key", "x-mock-scenario": self.rng.choice(SCENARIOS)}
        selector, path = self.rng.randrange(3), CLICK_TO_CALL_PATH
        if selector == 0:
            path = f"{self.prefix}{CLICK_TO_CALL_PATH}"
        elif selector == 1:
            headers["x-mock-sandbox"] = self.name
        else:
            headers["authorization"] = f"Bearer key-{self.name}"
        parse_success(self.http.post(path, json={**CLICK_TO_CALL, "mid": mid}, headers=headers))
        self.placed.append(mid)

    def advance_clock(self) -> None:
        self.request_control("POST", "/clock/advance", {"by": self.rng.randrange(1, 90)})

    def activate(self) -> None:
        body = {"scenario": self.rng.choice(SCENARIOS), "times": self.rng.randrange(1, 3)}
        self.request_control("POST", "/activations", body)

    def check_calls(self) -> None:
        mids = [
            call["parameters"]["mid"] for call in self.request_control("GET", "/calls")["calls"]
        ]
        assert mids == self.placed

    def take_random_action(self) -> None:
        actions = (
            self.place_call,
            self.place_call,
            self.advance_clock,
            self.activate,
            self.check_calls,
        )
        actions[self.rng.randrange(len(actions))]()

    def read_outcome(self) -> Outcome:
        calls = self.request_control("GET", "/calls")["calls"]
        mids = {call["id"]: call["parameters"]["mid"] for call in calls}
        webhooks = self.request_control("GET", "/webhooks")["webhooks"]
        received = self.request_control("GET", "/inboxes/mobtexting")["received"]
        journal = self.http.get(f"{self.prefix}/_mock/journal").text
        return Outcome(
            self.placed,
            list(mids.values()),
            [mids[hook["call"]] for hook in webhooks if hook["state"] == "delivered"],
            [item["body"]["unixtime"] for item in received],
            journal.replace(self.name, "it"),
        )


def parse_success(response: httpx.Response) -> Any:
    assert response.is_success, response.text
    return response.json()


def run_client(number: int, origin: str, barrier: Barrier) -> Outcome:
    with httpx.Client(base_url=origin, trust_env=False, timeout=60) as http:
        client = Client(number, http)
        client.create_sandbox()
        barrier.wait(timeout=30)
        for _ in range(STEPS):
            client.take_random_action()
        client.place_call()
        client.request_control("POST", "/clock/advance", {"until": "idle"})
        return client.read_outcome()


@pytest.fixture(scope="module")
def outcomes(origin: str) -> list[Outcome]:
    barrier = Barrier(COUNT)
    with ThreadPoolExecutor(COUNT) as threads:
        return list(threads.map(lambda number: run_client(number, origin, barrier), range(COUNT)))


def test_each_sandbox_has_exactly_the_calls_of_its_client(outcomes: list[Outcome]) -> None:
    assert [outcome.calls for outcome in outcomes] == [outcome.placed for outcome in outcomes]
    for name, outcome in zip(NAMES, outcomes, strict=True):
        assert outcome.calls == [f"{name}-{number}" for number in range(len(outcome.placed))]
    assert sum(len(outcome.placed) for outcome in outcomes) > COUNT


def test_each_sandbox_has_exactly_the_webhooks_of_its_client(outcomes: list[Outcome]) -> None:
    assert [set(outcome.webhooks) for outcome in outcomes] == [
        set(outcome.placed) for outcome in outcomes
    ]
    assert [len(outcome.received) for outcome in outcomes] == [
        len(outcome.webhooks) for outcome in outcomes
    ]


def test_no_journal_names_another_sandbox(outcomes: list[Outcome]) -> None:
    for name, outcome in zip(NAMES, outcomes, strict=True):
        assert [other for other in NAMES if other != name and f"{other}-" in outcome.journal] == []


def test_the_same_seed_and_actions_give_the_same_journal(outcomes: list[Outcome]) -> None:
    """The other fourteen clients run at the same time."""
    half = COUNT // 2
    assert [outcome.journal for outcome in outcomes[:half]] == [
        outcome.journal for outcome in outcomes[half:]
    ]
    assert len({outcome.journal for outcome in outcomes}) == half


def test_the_default_sandbox_stays_empty(outcomes: list[Outcome], origin: str) -> None:
    assert len(outcomes) == COUNT
    with httpx.Client(base_url=origin, trust_env=False) as http:
        assert http.get("/_mock/journal").json() == {"entries": [], "evicted": 0}
        assert http.get("/_mock/inboxes/mobtexting").json()["received"] == []
