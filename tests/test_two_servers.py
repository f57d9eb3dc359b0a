"""Two servers in one process share nothing, whichever of them starts or ends first."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import permutations
from pathlib import Path
from threading import Event
from typing import NamedTuple

import pytest

from mockserver.app import run_server
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import DeliveryResult
from mockserver.delivery import resolver
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.target_resolver import TargetResolver
from mockserver.settings import Settings
from tests.support.edge_site import build_edge_site
from tests.support.fetch import fetch_bytes, fetch_json
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    build_delivery_to,
    serve_receiver,
)
from tests.support.simulation import (
    CLICK_TO_CALL,
    CLICK_TO_CALL_PATH,
    START,
    configuration_with_provider,
)
from tests.support.sockets import exchange_bytes, free_port

NAMES = ("first", "second")
ORDERS = tuple(permutations(NAMES))
THROTTLED_AFTER = 10


class Journal(NamedTuple):
    """All that a server has recorded, and what it says about itself."""

    export: str
    health: dict[str, object]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settings]:
    """The settings of both servers, which differ in everything that a server can hold."""
    folder = tmp_path_factory.mktemp("scenarios")
    ports = {name: free_port() for name in NAMES}
    common = {
        name: Settings(
            port=ports[name],
            seed=name,
            clock="manual",
            webhook={"mobtexting": f"http://partner.test:{ports[name]}/_mock/receive/{name}"},
            scenarios=(write_scenario(folder / f"{name}.yaml", name, behavior),),
            quiet=True,
        )
        for name, behavior in zip(NAMES, ("busy", "answered"), strict=True)
    }
    return {
        "first": common["first"]._replace(
            start=START,
            quirk=(("mobtexting", "webhook-id"),),
            webhook_rewrite=(("partner.test", "127.0.0.1"),),
        ),
        # a name with a public address, to which the policy lets no webhook go
        "second": common["second"]._replace(
            start=START + 1_000, webhook_rewrite=(("partner.test", "public.test"),)
        ),
    }


def write_scenario(path: Path, name: str, behavior: str) -> str:
    path.write_text(f"default: {name}\nscenarios:\n  {name}: {{legs: {{callee: {behavior}}}}}\n")
    return str(path)


@contextmanager
def run_servers(
    settings: dict[str, Settings], start_order: tuple[str, ...], end_order: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    """Run the servers; yield their origins. While one ends, the others still respond."""
    origins, stacks = dict[str, str](), {name: ExitStack() for name in end_order}
    with ExitStack() as rest:
        for name in start_order:
            origins[name] = stacks[name].enter_context(run_server(settings[name]))
            rest.push(stacks[name])
        yield dict(origins)
        for name in end_order:
            stacks[name].close()
            del origins[name]
            for origin in origins.values():
                assert fetch_json(f"{origin}/_mock/health")["status"] == "ok"


def place_call(origin: str, number: str) -> None:
    fetch_bytes(f"{origin}{CLICK_TO_CALL_PATH}", {**CLICK_TO_CALL, "to": number})


def play_to_end(origin: str) -> None:
    fetch_json(f"{origin}/_mock/clock/advance", {"until": "idle"})


def read_journal(origin: str) -> Journal:
    health = fetch_json(f"{origin}/_mock/health")
    del health["uptime"]
    return Journal(fetch_bytes(f"{origin}/_mock/journal?format=jsonl").decode(), health)


def run_alone(settings: dict[str, Settings], name: str) -> Journal:
    with run_servers(settings, (name,), (name,)) as origins:
        for number in ("918867136000", "918867136001"):
            place_call(origins[name], number)
            play_to_end(origins[name])
        return read_journal(origins[name])


@pytest.mark.parametrize("end_order", ORDERS, ids="-".join)
@pytest.mark.parametrize("start_order", ORDERS, ids="-".join)
def test_each_server_records_what_it_would_record_alone(
    settings: dict[str, Settings],
    monkeypatch: pytest.MonkeyPatch,
    start_order: tuple[str, ...],
    end_order: tuple[str, ...],
) -> None:
    monkeypatch.setattr(resolver, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("8.8.8.8", 0))])
    alone = {name: run_alone(settings, name) for name in NAMES}
    assert ["delivered" in alone[name].export for name in NAMES] == [True, False]
    assert ["refused-target" in alone[name].export for name in NAMES] == [False, True]
    assert ["webhook_id" in alone[name].export for name in NAMES] == [True, False]
    with run_servers(settings, start_order, end_order) as origins:
        for number in ("918867136000", "918867136001"):
            for origin in origins.values():
                place_call(origin, number)
            for origin in reversed(origins.values()):
                play_to_end(origin)
        assert {name: read_journal(origin) for name, origin in origins.items()} == alone


def test_a_message_that_one_server_has_repeated_is_logged_by_the_other(
    settings: dict[str, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    def count_refused(name: str, times: int) -> tuple[int, object]:
        caplog.clear()
        for _ in range(times):
            exchange_bytes(settings[name].port, b"\x16\x03\x01\r\n\r\n")
        logged = sum("bad-request" in record.getMessage() for record in caplog.records)
        return logged, fetch_json(f"{origins[name]}/_mock/health")["rejections"]

    with caplog.at_level(logging.WARNING, "mockserver"), run_servers(settings, *ORDERS) as origins:
        assert count_refused("first", 12) == (THROTTLED_AFTER, {"bad-request": 12})
        assert count_refused("second", 1) == (1, {"bad-request": 1})
        assert count_refused("first", 1) == (0, {"bad-request": 13})


def test_a_failure_that_one_server_has_repeated_is_logged_by_the_other(
    configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    failing = configuration_with_provider(configuration, new_call_id=None)
    first, second = build_edge_site(failing), build_edge_site(failing)
    with caplog.at_level(logging.ERROR, "mockserver"):
        for _ in range(12):
            first.click_to_call()
        assert len(caplog.records) == THROTTLED_AFTER
        second.click_to_call()
    assert len(caplog.records) == THROTTLED_AFTER + 1


def test_names_that_never_resolve_for_one_server_do_not_delay_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look_up(name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if name.startswith("dead"):
            release.wait(10)
        return [(0, 0, 0, "", ("10.0.0.1", 0))]

    async def run() -> tuple[str, ...]:
        names = [f"dead{number}.test" for number in range(resolver.MAX_THREADS)]
        pending = [asyncio.create_task(first.find_addresses(name)) for name in names]
        await asyncio.sleep(0)
        found = await second.find_addresses("alive.test")
        assert not any(task.done() for task in pending)
        return found  # the pending tasks are canceled

    release, first, second = Event(), TargetResolver(), TargetResolver()
    monkeypatch.setattr(resolver, "getaddrinfo", look_up)
    before = {*threading.enumerate()}
    try:
        assert asyncio.run(run()) == ("10.0.0.1",)
    finally:
        release.set()
        first.close()
        second.close()
        for thread in {*threading.enumerate()} - before:
            thread.join(10)


def test_the_end_of_one_dispatcher_leaves_the_connections_of_another_open() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.release()
        await may_respond.wait()
        writer.write(OK_RESPONSE)

    async def run() -> tuple[DeliveryResult, ...]:
        async with serve_receiver(handle) as port:
            delivery = build_delivery_to(f"http://127.0.0.1:{port}/", method="GET")
            first, second = WebhookDispatcher(UNUSED_ORIGIN), WebhookDispatcher(UNUSED_ORIGIN)
            results = [asyncio.create_task(each.deliver(delivery)) for each in (first, second)]
            for _ in results:
                await arrived.acquire()
            await first.close()
            await results[0]
            may_respond.set()
            return tuple([(await result).replace(duration_ms=0) for result in results])

    arrived, may_respond = asyncio.Semaphore(0), asyncio.Event()
    assert asyncio.run(run()) == (
        DeliveryResult(status=None, error="reset"),
        DeliveryResult(status=200, body=b"ok"),
    )


def test_a_server_that_has_ended_leaves_no_thread(
    settings: dict[str, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        names.append(name)
        return []

    names = list[str]()
    monkeypatch.setattr(resolver, "getaddrinfo", look_up)
    before = {*threading.enumerate()}
    unresolved = settings["first"]._replace(webhook_rewrite=())
    with run_servers({"first": unresolved}, ("first",), ("first",)) as origins:
        place_call(origins["first"], "918867136000")
        play_to_end(origins["first"])
    assert set(names) == {"partner.test"}
    for thread in {*threading.enumerate()} - before:
        thread.join(10)
        assert not thread.is_alive()
