"""Sixteen clients in sixteen sandboxes of one server, all at once: each sees only its own."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.edge_site import CLICK_TO_CALL_PATH
from tests.support.simulation import CLICK_TO_CALL, START

COUNT = 16
STEPS = 14
STORIES = ("answered", "callee-busy", "no-answer", "doubled-report", "rush-hour", "presses-one")
NAMES = [f"s{number:02}" for number in range(COUNT)]


class Seen(NamedTuple):
    """What a client did, and what its sandbox shows of it at the end."""

    placed: list[str]
    calls: list[str]
    reports: list[str]
    received: list[str]
    journal: str


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with run_server(Settings(port=0, clock="manual", seed="s", start=START, quiet=True)) as there:
        yield there


class Client:
    """One client; two whose number differs by eight do the same, in another order of threads."""

    def __init__(self, number: int, http: httpx.Client) -> None:
        self.name, self.http = NAMES[number], http
        self.chance = random.Random(number % (COUNT // 2))  # noqa: S311 - a test's own dice
        self.placed: list[str] = []

    @property
    def prefix(self) -> str:
        return f"/_sandbox/{self.name}"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        return answered(self.http.request(method, f"{self.prefix}/_mock{path}", json=body))

    def begin(self) -> None:
        body = {
            "seed": f"seed {self.chance.random()}",
            "credentials": {"mobtexting": [f"key-{self.name}"]},
        }
        answered(self.http.put(f"/_mock/sandboxes/{self.name}", json=body))

    def place(self) -> None:
        mid = f"{self.name}-{len(self.placed)}"
        headers = {"authorization": "Bearer key", "x-mock-scenario": self.chance.choice(STORIES)}
        way, path = self.chance.randrange(3), CLICK_TO_CALL_PATH
        if way == 0:
            path = f"{self.prefix}{CLICK_TO_CALL_PATH}"
        elif way == 1:
            headers["x-mock-sandbox"] = self.name
        else:
            headers["authorization"] = f"Bearer key-{self.name}"
        answered(self.http.post(path, json={**CLICK_TO_CALL, "mid": mid}, headers=headers))
        self.placed.append(mid)

    def move(self) -> None:
        self.ask("POST", "/clock/advance", {"by": self.chance.randrange(1, 90)})

    def activate(self) -> None:
        body = {"scenario": self.chance.choice(STORIES), "times": self.chance.randrange(1, 3)}
        self.ask("POST", "/activations", body)

    def look(self) -> None:
        told = [one["wanted"]["mid"] for one in self.ask("GET", "/calls")["calls"]]
        assert told == self.placed

    def act(self) -> None:
        acts = (self.place, self.place, self.move, self.activate, self.look)
        acts[self.chance.randrange(len(acts))]()

    def seen(self) -> Seen:
        calls = self.ask("GET", "/calls")["calls"]
        mids = {one["id"]: one["wanted"]["mid"] for one in calls}
        webhooks = self.ask("GET", "/webhooks")["webhooks"]
        received = self.ask("GET", "/inboxes/mobtexting")["received"]
        journal = self.http.get(f"{self.prefix}/_mock/journal").text
        return Seen(
            self.placed,
            list(mids.values()),
            [mids[one["call"]] for one in webhooks if one["state"] == "delivered"],
            [one["body"]["unixtime"] for one in received],
            journal.replace(self.name, "it"),
        )


def answered(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def played(number: int, origin: str, together: Barrier) -> Seen:
    with httpx.Client(base_url=origin, trust_env=False, timeout=60) as http:
        client = Client(number, http)
        client.begin()
        together.wait(timeout=30)
        for _ in range(STEPS):
            client.act()
        client.place()
        client.ask("POST", "/clock/advance", {"until": "idle"})
        return client.seen()


@pytest.fixture(scope="module")
def seen(origin: str) -> list[Seen]:
    together = Barrier(COUNT)
    with ThreadPoolExecutor(COUNT) as threads:
        return list(threads.map(lambda number: played(number, origin, together), range(COUNT)))


def test_each_ends_with_exactly_its_own_calls(seen: list[Seen]) -> None:
    assert [one.calls for one in seen] == [one.placed for one in seen]
    for name, one in zip(NAMES, seen, strict=True):
        assert one.calls == [f"{name}-{number}" for number in range(len(one.placed))]
    assert sum(len(one.placed) for one in seen) > COUNT


def test_each_ends_with_exactly_its_own_reports(seen: list[Seen]) -> None:
    assert [set(one.reports) for one in seen] == [set(one.placed) for one in seen]
    assert [len(one.received) for one in seen] == [len(one.reports) for one in seen]


def test_no_other_s_name_is_in_a_journal(seen: list[Seen]) -> None:
    for name, one in zip(NAMES, seen, strict=True):
        assert [other for other in NAMES if other != name and f"{other}-" in one.journal] == []


def test_the_same_seed_and_acts_give_the_same_journal(seen: list[Seen]) -> None:
    """Whatever the fourteen others did meanwhile."""
    half = COUNT // 2
    assert [one.journal for one in seen[:half]] == [one.journal for one in seen[half:]]
    assert len({one.journal for one in seen}) == half


def test_the_default_one_has_seen_nothing(seen: list[Seen], origin: str) -> None:
    assert len(seen) == COUNT
    with httpx.Client(base_url=origin, trust_env=False) as http:
        assert http.get("/_mock/journal").json() == {"facts": [], "dropped": 0}
        assert http.get("/_mock/inboxes/mobtexting").json()["received"] == []
