"""What a store that cannot be opened, read or written costs, and that it works again after that."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.store.sqlite_file import SqliteFile
from tests.support.processes import invoke_serve
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem
from tests.support.stored_sites import Host, StoredSite, open_host

OTHER = "/_sandbox/other"
MARK = "a mark in what is stored of the other sandbox "
PAGE = 4_096
"""The size of a page of the file."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


@pytest.fixture(params=["engine", "disk"])
def host(
    configuration: Configuration, file: Path, request: pytest.FixtureRequest
) -> Iterator[Host]:
    with open_host(configuration, store=str(file), durable=request.param) as host:
        yield host


def edit(file: Path, *statements: str) -> None:
    """Change a file that no server has open."""
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def make_other_application(file: Path) -> None:
    edit(file, "CREATE TABLE notes (text)")


def make_newer_format(file: Path) -> None:
    SqliteFile.open(file, "engine").close()
    edit(file, "PRAGMA user_version = 99")


def make_text(file: Path) -> None:
    file.write_text("no database at all\n" * 100, "utf-8")


def make_folder(file: Path) -> None:
    file.mkdir()


def make_unreadable(file: Path) -> None:
    file.touch(0o000)


def make_read_only_folder(file: Path) -> None:
    file.parent.chmod(0o500)


needs_a_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (make_other_application, "FILE is a database of another application: name another file"),
        (
            make_newer_format,
            (
                "FILE has format 99, and this version reads format 1: "
                "use the version of the mock server that wrote it, or name another file"
            ),
        ),
        (make_text, "FILE is no SQLite database: name another file"),
        (make_folder, "FILE cannot be opened: Is a directory"),
        pytest.param(
            make_unreadable, "FILE cannot be opened: Permission denied", marks=needs_a_user
        ),
        pytest.param(
            make_read_only_folder, "FILE cannot be opened: Permission denied", marks=needs_a_user
        ),
    ],
)
def test_a_file_that_cannot_be_a_store_ends_the_start(
    file: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(file)
    result = invoke_serve("--port", "0", "--store", f"sqlite:{file}")
    expected = f"mockserver: store: {message.replace('FILE', str(file))}\n"
    assert (result.exit_code, result.output) == (2, expected)


def test_a_folder_that_does_not_exist_ends_the_start(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "calls.db"
    result = invoke_serve("--port", "0", "--store", f"sqlite:{file}")
    message = f"mockserver: store: {file} cannot be opened: No such file or directory\n"
    assert (result.exit_code, result.output) == (2, message)


def test_a_second_server_is_refused_and_the_first_one_serves_on(host: Host, file: Path) -> None:
    with host.start() as site:
        site.click_to_call()
        result = invoke_serve("--port", "0", "--store", f"sqlite:{file}")
        message = f"another server has {file} open: end it, or name another file"
        assert (result.exit_code, result.output) == (2, f"mockserver: store: {message}\n")
        assert site.click_to_call().status_code == 200
    with host.start() as site:
        assert len(site.get_json("/_mock/calls")["calls"]) == 2


Break = Callable[[sqlite3.Connection], Any]


def fill_disk(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1")


def empty_disk(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1000000")


def forbid_writing(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = 1")


def allow_writing(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = 0")


FAULTS = [
    pytest.param(fill_disk, empty_disk, "database or disk is full", id="full"),
    pytest.param(
        forbid_writing, allow_writing, "attempt to write a readonly database", id="read-only"
    ),
]
either_fault = pytest.mark.parametrize(("spoil", "mend", "reason"), FAULTS)
LONG = "x" * 20_000
"""More than what is left of a page."""


@either_fault
def test_what_cannot_be_stored_is_not_acknowledged_and_nothing_that_was_is_lost(
    host: Host, connections: list[sqlite3.Connection], spoil: Break, mend: Break, reason: str
) -> None:
    with host.start() as site:
        assert site.click_to_call(mid="before").status_code == 200
        spoil(connections[-1])
        for response in (site.click_to_call(mid=LONG), site.request("GET", "/_mock/calls")):
            assert read_problem(response) == (
                503,
                "store-unavailable",
                f"the store takes nothing now: {reason}",
            )
        assert site.request("GET", "/_mock/health").status_code == 200
        mend(connections[-1])
        assert site.click_to_call(mid="after").status_code == 200
        found = site.get_json("/_mock/calls")["calls"]
    with host.start() as site:
        assert site.get_json("/_mock/calls")["calls"] == found
        mids = [call["parameters"]["mid"] for call in found]
        assert mids == ["before", LONG, "after"]
        assert site.advance()["errors"] == 0


def test_webhooks_and_an_advance_wait_until_the_store_takes_something_again(
    host: Host, connections: list[sqlite3.Connection]
) -> None:
    async def advance(site: StoredSite) -> None:
        goal = {"until": "idle"}
        task = asyncio.create_task(site.send("POST", "/_mock/clock/advance", json=goal))
        assert site.registry.durability
        while not (site.registry.durability.problem or task.done()):
            await asyncio.wait((task,), timeout=0.01)
        assert (task.done(), site.dispatcher.deliveries) == (False, [])
        allow_writing(connections[-1])
        assert (await task).json()["attempts"] == 1
        assert len(site.dispatcher.deliveries) == 1

    with host.start() as site:
        site.click_to_call("callee-busy")
        forbid_writing(connections[-1])
        site.run(advance(site))
    with host.start() as site:
        [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
        assert (webhook["state"], site.dispatcher.deliveries) == ("delivered", [])


def test_the_server_is_ready_again_without_a_request_once_the_store_takes_something(
    host: Host, connections: list[sqlite3.Connection]
) -> None:
    """A balancer sends no request to a server that is not ready."""

    async def wait_until_it_is_ready(site: StoredSite) -> None:
        async with asyncio.timeout(10):
            while (await site.send("GET", "/_mock/ready")).status_code != 200:
                await asyncio.to_thread(int)  # a turn of the loop

    with host.start() as site:
        forbid_writing(connections[-1])
        assert site.click_to_call().status_code == 503
        assert read_problem(site.request("GET", "/_mock/ready"))[:2] == (503, "not-ready")
        allow_writing(connections[-1])
        site.run(wait_until_it_is_ready(site))
    with host.start() as site:
        assert len(site.get_json("/_mock/calls")["calls"]) == 1


def spoil_status(file: Path) -> None:
    edit(file, "UPDATE inputs SET status = 500 WHERE log = 2 AND kind = 'request'")


def spoil_kind(file: Path) -> None:
    edit(file, "UPDATE inputs SET kind = 'nothing' WHERE log = 2")


def spoil_data(file: Path) -> None:
    edit(file, "UPDATE inputs SET data = x'c1ff' WHERE log = 2")


def spoil_fields(file: Path) -> None:
    edit(file, "UPDATE inputs SET data = x'80' WHERE log = 2")


def lose_an_input(file: Path) -> None:
    edit(file, "DELETE FROM inputs WHERE log = 2 AND number = 2")


def spoil_start(file: Path) -> None:
    edit(file, "UPDATE logs SET start = x'c1' WHERE id = 2")


def spoil_pages(file: Path) -> None:
    """Overwrite the pages that have the mark, as a bad disk may."""
    content = bytearray(file.read_bytes())
    pages = [*range(0, len(content), PAGE)]
    spoilt = [page for page in pages if content.count(MARK.encode(), page, page + PAGE)]
    assert 0 < len(spoilt) < len(pages) - 2
    for page in spoilt:
        content[page : page + PAGE] = b"\xff" * PAGE
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_status, "input 1: the response has status 200, and had 500"),
        (lose_an_input, "playing 2 inputs leads to 1 of them"),
        (spoil_kind, "its log is damaged: KeyError('nothing')"),
        (spoil_fields, "its log is damaged: KeyError("),
        (spoil_data, "its log is damaged: DecodeError("),
        (spoil_start, "its log is damaged: DecodeError("),
    ],
)
def test_a_log_that_does_not_play_costs_its_sandbox_alone(
    host: Host, file: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    with host.start() as site:
        site.click_to_call()
        put_other(site)
        found = site.get_json("/_mock/calls")
    spoil(file)
    with host.start() as site:
        for method, path in (("GET", "calls"), ("POST", "clock/advance")):
            response = site.request(method, f"{OTHER}/_mock/{path}", json={"by": 1})
            status, kind, detail = read_problem(response)
            assert (status, kind) == (409, "sandbox-refused")
            assert detail.startswith(f"other does not go on as it was stored: {reason}")
        assert read_problem(call_other(site))[:2] == (409, "sandbox-refused")
        assert site.get_json("/_mock/calls") == found
        assert site.click_to_call().status_code == 200
        assert site.request("POST", f"{OTHER}/_mock/reset").status_code == 200
        assert call_other(site).status_code == 200
    with host.start() as site:
        assert len(site.get_json(f"{OTHER}/_mock/calls")["calls"]) == 1
        assert len(site.get_json("/_mock/calls")["calls"]) == 2


def put_other(site: StoredSite) -> None:
    """Make the sandbox `other`, whose log is the second one, with two calls."""
    site.request("PUT", "/_mock/sandboxes/other", json={"clock": "manual"})
    assert [call_other(site).status_code for _ in range(2)] == [200, 200]


def call_other(site: StoredSite) -> Any:
    path, body = OTHER + CLICK_TO_CALL_PATH, {**CLICK_TO_CALL, "mid": MARK}
    return site.request("POST", path, json=body, headers=HEADERS)


def test_a_damaged_default_sandbox_does_not_end_the_start(host: Host, file: Path) -> None:
    with host.start() as site:
        site.click_to_call()
        put_other(site)
    edit(file, "UPDATE inputs SET kind = 'nothing' WHERE log = 1")
    with host.start() as site:
        reason = "default does not go on as it was stored: its log is damaged: KeyError('nothing')"
        assert site.said[0] == reason
        for response in (site.click_to_call(), site.request("GET", "/_mock/calls")):
            assert read_problem(response) == (409, "sandbox-refused", reason)
        assert site.request("GET", "/_mock/live").status_code == 200
        assert call_other(site).status_code == 200
        assert site.request("POST", "/_mock/reset").status_code == 200
        assert site.click_to_call().headers["x-mock-call"] == "c1"


def test_damaged_pages_of_the_file_cost_those_sandboxes_that_have_something_there(
    host: Host, file: Path
) -> None:
    with host.start() as site:
        site.click_to_call()
        between = {**HEADERS, "x-mock-sandbox": "between"}
        for _ in range(40):
            body = {**CLICK_TO_CALL, "mid": "x" * 1_000}
            site.request("POST", CLICK_TO_CALL_PATH, json=body, headers=between)
        put_other(site)
    spoil_pages(file)
    with host.start() as site:
        detail = "other does not go on as it was stored: database disk image is malformed"
        assert read_problem(call_other(site)) == (409, "sandbox-refused", detail)
        assert [call["id"] for call in site.get_json("/_mock/calls")["calls"]] == ["c1"]
        assert site.click_to_call().status_code == 200
