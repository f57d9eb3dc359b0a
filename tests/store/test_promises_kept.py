"""What a store promises beyond what tests of crashes and faults show, and what memory does not."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support import read
from tests.support.dispatchers import respond_with_thanks
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.stored_sites import Host, StoredSite, open_host

LATE = {"responses": [{"after": "60s"}]}
MARK = "X-Mock-Repeated"


@pytest.fixture
def memory(configuration: Configuration) -> Iterator[Host]:
    with open_host(configuration) as host:
        yield host


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


@pytest.fixture
def host(configuration: Configuration, file: Path) -> Iterator[Host]:
    with open_host(configuration, store=str(file)) as host:
        yield host


either_durable = pytest.mark.parametrize("durable", ["engine", "disk"])
either_end = pytest.mark.parametrize("end", ["kill", "stop"])


def calls_of(site: StoredSite) -> list[str]:
    return [call["id"] for call in site.get_json("/_mock/calls")["calls"]]


def send_request_without_response(site: StoredSite) -> None:
    """Send a request whose response is delayed, until it is admitted and that is stored."""

    async def send() -> None:
        headers = {**HEADERS, "x-mock-scenario": "late"}
        body = dict(CLICK_TO_CALL)
        task = asyncio.create_task(
            site.send("POST", CLICK_TO_CALL_PATH, json=body, headers=headers)
        )
        await asyncio.wait((task,), timeout=0.05)
        await site.send("GET", "/_mock/clock")
        assert not task.done()

    site.request("PUT", "/_mock/scenarios/late", json=LATE)
    site.run(send())


@either_end
def test_without_a_store_all_is_gone_when_the_server_ends(memory: Host, end: str) -> None:
    with memory.start() as site:
        site.click_to_call("callee-busy")
        site.advance(by="1s")
        getattr(site, end)()
    with memory.start() as site:
        assert calls_of(site) == []
        site.advance()
        assert site.dispatcher.deliveries == []


def test_without_a_store_no_file_is_opened(
    memory: Host, connections: list[sqlite3.Connection]
) -> None:
    with memory.start() as site:
        assert site.click_to_call().status_code == 200
        site.advance()
    assert connections == []


@either_durable
def test_a_webhook_whose_result_was_not_stored_is_sent_again_and_counts_once(
    host: Host, connections: list[sqlite3.Connection], durable: str
) -> None:
    async def accept_and_lose_the_store(delivery: Delivery) -> DeliveryResult:
        connections[-1].execute("PRAGMA query_only = 1")
        return await respond_with_thanks(delivery)

    host.receive = accept_and_lose_the_store
    with host.start(durable=durable) as site:
        site.click_to_call("callee-busy")
        response = site.request("POST", "/_mock/clock/advance", json={"until": "idle"})
        assert response.status_code == 503
        [first] = site.dispatcher.deliveries
    host.receive = respond_with_thanks
    with host.start(durable=durable) as site:
        site.advance()
        [second] = site.dispatcher.deliveries
        [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
        assert (webhook["state"], len(webhook["attempts"])) == ("delivered", 1)
    assert (first.webhook.headers.get(MARK), second.webhook.headers.get(MARK)) == (None, "1")
    assert second.webhook.body == first.webhook.body


@either_durable
def test_a_request_without_a_response_may_have_happened(
    host: Host, connections: list[sqlite3.Connection], durable: str
) -> None:
    """The call of a request that got 503 is there; one whose response was delayed has none."""
    with host.start(durable=durable) as site:
        send_request_without_response(site)
        assert calls_of(site) == []
        connections[-1].execute("PRAGMA query_only = 1")
        assert site.click_to_call().status_code == 503
        connections[-1].execute("PRAGMA query_only = 0")
        site.get_json("/_mock/clock")
    with host.start(durable=durable) as site:
        assert calls_of(site) == ["c1"]
        requests = site.get_json("/_mock/requests")["requests"]
        assert [each["calls"] for each in requests] == [["c1"]]


@pytest.mark.usefixtures("connections")
def test_a_result_is_stored_though_nothing_waits_for_it(host: Host) -> None:
    """So a server that is killed long after the last webhook does not send it again."""

    async def wait_until_it_is_stored(site: StoredSite) -> None:
        assert site.registry.durability
        state = site.registry.default.state
        async with asyncio.timeout(10):
            while {each.state for each in read.deliveries(state).values()} != {"delivered"}:
                await asyncio.to_thread(int)
            while not site.registry.durability.is_durable(site.registry.default):
                await asyncio.to_thread(int)

    with host.start(clock="60x") as site:
        site.click_to_call("callee-busy")
        site.run(wait_until_it_is_stored(site))
    with host.start(clock="60x") as site:
        [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
        assert (webhook["state"], site.dispatcher.deliveries) == ("delivered", [])


@pytest.mark.parametrize(("durable", "level"), [("engine", 1), ("disk", 2)])
def test_each_commit_waits_for_the_disk_if_that_is_asked_for(
    host: Host, connections: list[sqlite3.Connection], durable: str, level: int
) -> None:
    """1 is NORMAL, and 2 is FULL: SQLite then syncs its log at each commit."""
    with host.start(durable=durable):
        values = [
            connections[-1].execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode")
        ]
    assert values == [level, "wal"]


def copy_store(file: Path, folder: Path) -> Path:
    folder.mkdir()
    for each in file.parent.glob(f"{file.name}*"):
        shutil.copy(each, folder)
    return folder / file.name


@either_durable
def test_a_copy_of_the_file_at_any_moment_has_what_was_acknowledged_by_then(
    host: Host, file: Path, tmp_path: Path, durable: str
) -> None:
    copies: list[Path] = []
    with host.start(durable=durable) as site:
        for number in range(5):
            site.click_to_call()
            site.advance(by="3s")
            copies.append(copy_store(file, tmp_path / f"copy{number}"))
        found = calls_of(site)
    for number, copy in enumerate(copies, 1):
        with host.start(store=str(copy)) as site:
            assert calls_of(site) == found[:number]


def test_a_file_that_lost_its_latest_commits_is_sound(
    host: Host, file: Path, tmp_path: Path
) -> None:
    """A machine that ends may keep the beginning of the log of SQLite, cut anywhere."""
    with host.start() as site:
        for _ in range(20):
            site.click_to_call()
        site.advance()
        found, copy = calls_of(site), copy_store(file, tmp_path / "copy")
    content, random, counts = wal_of(copy).read_bytes(), Random(1), set[int]()  # noqa: S311 - a seed
    for number in range(12):
        cut = copy_store(copy, tmp_path / f"cut{number}")
        wal_of(cut).write_bytes(content[: random.randrange(len(content))])
        with host.start(store=str(cut)) as site:
            calls = calls_of(site)
            assert (calls, site.advance()["errors"]) == (found[: len(calls)], 0)
            assert [line for line in site.said if "does not go on" in line] == []
            counts.add(len(calls))
    assert len(counts) > 3


def wal_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")
