"""Lookups of host names: what they delay, what they share, and what they never block."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from threading import Event

import pytest

from mockserver.delivery import resolver
from mockserver.delivery.resolver import resolve_blocking
from mockserver.delivery.target_resolver import TargetResolver


class BlockedLookup:
    """Stands for `getaddrinfo`: records the names, and returns only after `release`."""

    def __init__(self) -> None:
        self.targets = TargetResolver()
        self.names: list[str] = []
        self.started = Event()
        self.release = Event()

    def __call__(self, name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.names.append(name)
        self.started.set()
        self.release.wait()
        return [(0, 0, 0, "", ("10.0.0.1", 0))]


@pytest.fixture
def lookup(monkeypatch: pytest.MonkeyPatch) -> Iterator[BlockedLookup]:
    lookup = BlockedLookup()
    monkeypatch.setattr(resolver, "getaddrinfo", lookup)
    before = {*threading.enumerate()}
    yield lookup
    lookup.release.set()
    lookup.targets.close()
    for thread in {*threading.enumerate()} - before:
        thread.join(10)
        assert not thread.is_alive()


def test_unresponsive_names_delay_neither_localhost_nor_literals(lookup: BlockedLookup) -> None:
    async def run() -> list[str]:
        pending = [
            asyncio.create_task(lookup.targets.find_addresses(f"dead{number}.test"))
            for number in range(100)
        ]
        await asyncio.to_thread(lookup.started.wait)
        addresses = [
            (await lookup.targets.find_addresses(host))[0]
            for host in ("localhost", "10.1.2.3", "::1")
        ]
        assert not any(task.done() for task in pending)
        return addresses  # the pending tasks are canceled

    assert asyncio.run(run()) == ["127.0.0.1", "10.1.2.3", "::1"]
    assert len(lookup.names) <= resolver.MAX_THREADS


def test_concurrent_requests_for_one_name_share_one_lookup(lookup: BlockedLookup) -> None:
    async def run() -> list[tuple[str, ...]]:
        lookups = [
            asyncio.create_task(lookup.targets.find_addresses("slow.test")) for _ in range(20)
        ]
        await asyncio.to_thread(lookup.started.wait)
        lookups.pop().cancel()
        lookup.release.set()
        return await asyncio.gather(*lookups)

    assert asyncio.run(run()) == [("10.0.0.1",)] * 19
    assert lookup.names == ["slow.test"]


def test_a_lookup_that_is_no_longer_awaited_is_not_started(
    lookup: BlockedLookup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "MAX_THREADS", 1)
    monkeypatch.setattr(resolver, "LOOKUP_TIMEOUT", 0.01)
    monkeypatch.setattr(resolver, "monotonic", lambda: 0.0)

    async def run() -> list[tuple[str, ...]]:
        abandoned = [
            await lookup.targets.find_addresses("first.test"),
            await lookup.targets.find_addresses("second.test"),
        ]
        await asyncio.to_thread(lookup.started.wait)
        monkeypatch.setattr(resolver, "LOOKUP_TIMEOUT", 2.0)
        monkeypatch.setattr(resolver, "monotonic", lambda: 1.0)
        lookup.release.set()
        return [*abandoned, await lookup.targets.find_addresses("third.test")]

    assert asyncio.run(run()) == [(), (), ("10.0.0.1",)]
    assert lookup.names == ["first.test", "third.test"]


def test_a_closed_resolver_ends_its_threads_and_starts_new_ones_for_a_later_lookup(
    lookup: BlockedLookup,
) -> None:
    def lookup_threads() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "lookup"]

    others = lookup_threads()
    lookup.release.set()
    for name in ("first.test", "second.test"):
        assert asyncio.run(lookup.targets.find_addresses(name)) == ("10.0.0.1",)
        started = [thread for thread in lookup_threads() if thread not in others]
        assert started != []
        lookup.targets.close()
        for thread in started:
            thread.join(10)
        assert [thread for thread in lookup_threads() if thread not in others] == []


def test_a_name_that_cannot_be_encoded_has_no_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise UnicodeError

    monkeypatch.setattr(resolver, "getaddrinfo", fail)
    assert resolve_blocking("a..b") == ()


HANGING = """
import asyncio, threading
from mockserver.delivery import resolver
from mockserver.delivery.target_resolver import TargetResolver
resolver.LOOKUP_TIMEOUT = 0.01
resolver.getaddrinfo = lambda *_, **__: threading.Event().wait()
print(asyncio.run(TargetResolver().find_addresses("dead.test")))
"""


def test_a_hanging_lookup_does_not_delay_the_exit_of_the_process() -> None:
    process = subprocess.run(  # noqa: S603 -- own interpreter and own text
        [sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=10, check=True
    )
    assert (process.stdout, process.stderr) == ("()\n", "")
