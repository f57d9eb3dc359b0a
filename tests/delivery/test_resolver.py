"""Names that are looked up: who waits for whom, and who never does."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import wait
from threading import Event

import pytest

from mockserver.delivery import address_policy, resolver
from mockserver.delivery.address_policy import find_addresses
from mockserver.delivery.resolver import Resolver, look_up


class Stuck:
    """A resolver that answers only after `release`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.begun = Event()
        self.release = Event()

    def __call__(self, name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked.append(name)
        self.begun.set()
        self.release.wait()
        return [(0, 0, 0, "", ("10.0.0.1", 0))]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stuck]:
    stuck, desk = Stuck(), Resolver()
    monkeypatch.setattr(resolver, "getaddrinfo", stuck)
    monkeypatch.setattr(address_policy, "RESOLVER", desk)
    yield stuck
    jobs = [*desk._running.copy().values()]  # noqa: SLF001 - a test leaves none of its threads at work
    stuck.release.set()
    wait(jobs, timeout=10)


def test_dead_names_delay_neither_localhost_nor_literals(stuck: Stuck) -> None:
    async def scenario() -> list[str]:
        dead = [asyncio.create_task(find_addresses(f"dead{number}.test")) for number in range(100)]
        await asyncio.to_thread(stuck.begun.wait)
        done = [(await find_addresses(host))[0] for host in ("localhost", "10.1.2.3", "::1")]
        assert not any(task.done() for task in dead)
        return done  # and whoever is still waiting is cancelled

    assert asyncio.run(scenario()) == ["127.0.0.1", "10.1.2.3", "::1"]
    assert len(stuck.asked) <= resolver.MAX_THREADS


def test_who_asks_for_the_same_name_shares_one_lookup(stuck: Stuck) -> None:
    async def scenario() -> list[tuple[str, ...]]:
        asking = [asyncio.create_task(find_addresses("slow.test")) for _ in range(20)]
        await asyncio.to_thread(stuck.begun.wait)
        asking.pop().cancel()
        stuck.release.set()
        return await asyncio.gather(*asking)

    assert asyncio.run(scenario()) == [("10.0.0.1",)] * 19
    assert stuck.asked == ["slow.test"]


def test_a_lookup_that_nobody_awaits_any_more_is_not_begun(
    stuck: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "MAX_THREADS", 1)
    monkeypatch.setattr(resolver, "LOOKUP_TIMEOUT", 0.01)
    monkeypatch.setattr(resolver, "monotonic", lambda: 0.0)

    async def scenario() -> list[tuple[str, ...]]:
        given_up = [await find_addresses("first.test"), await find_addresses("second.test")]
        await asyncio.to_thread(stuck.begun.wait)
        monkeypatch.setattr(resolver, "LOOKUP_TIMEOUT", 2.0)
        monkeypatch.setattr(resolver, "monotonic", lambda: 1.0)
        stuck.release.set()
        return [*given_up, await find_addresses("third.test")]

    assert asyncio.run(scenario()) == [(), (), ("10.0.0.1",)]
    assert stuck.asked == ["first.test", "third.test"]


def test_a_name_that_the_resolver_cannot_read_has_no_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise UnicodeError

    monkeypatch.setattr(resolver, "getaddrinfo", unreadable)
    assert look_up("a..b") == ()


HANGING = """
import asyncio, threading
from mockserver.delivery import address_policy, resolver
resolver.LOOKUP_TIMEOUT = 0.01
resolver.getaddrinfo = lambda *_, **__: threading.Event().wait()
print(asyncio.run(address_policy.find_addresses("dead.test")))
"""


def test_a_hung_lookup_does_not_delay_the_exit() -> None:
    done = subprocess.run(  # noqa: S603 -- our own interpreter and our own text
        [sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=10, check=True
    )
    assert (done.stdout, done.stderr) == ("()\n", "")
