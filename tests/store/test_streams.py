"""The event stream shows nothing that is not stored, and goes on where it was after that."""

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS

PLACED = b'"placed"'


@contextmanager
def open_stream(origin: str, last: str = "") -> Iterator[IO[bytes]]:
    """Open the event stream, behind the event `last` if there is one, and skip its head."""
    address = urlsplit(origin)
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as connection:
        field = f"last-event-id: {last}\r\n" if last else ""
        connection.sendall(
            f"GET /_mock/events HTTP/1.1\r\nhost: {address.netloc}\r\n{field}\r\n".encode()
        )
        with connection.makefile("rb") as stream:
            assert stream.readline() == b"HTTP/1.1 200 OK\r\n"
            while stream.readline() != b"\r\n":
                pass
            yield stream


def read_ids(stream: IO[bytes], call_id: str) -> list[str]:
    """Read the ids of events until one says that this call is placed, or the stream ends."""
    ids, line = list[str](), b"-"
    while line and not (PLACED in line and f'"{call_id}"'.encode() in line):
        line = stream.readline()
        ids += re.findall(r"^id: (.+)\n", line.decode())
    return ids


def place_call(origin: str) -> httpx.Response:
    return httpx.post(origin + CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)


@pytest.mark.parametrize("durable", ["engine", "disk"])
def test_a_stream_ends_when_the_store_takes_nothing_and_resumes_where_it_was(
    tmp_path: Path, connections: list[sqlite3.Connection], durable: str
) -> None:
    settings = Settings(port=0, clock="manual", quiet=True, store=str(tmp_path / "calls.db"))
    with run_server(settings._replace(durable=durable)) as origin:
        with open_stream(origin) as stream:
            place_call(origin).raise_for_status()
            first = read_ids(stream, "c1")
            connections[-1].execute("PRAGMA query_only = 1")
            assert place_call(origin).status_code == 503
            assert b"c2" not in stream.read()
        connections[-1].execute("PRAGMA query_only = 0")
        with open_stream(origin, first[-1]) as stream:
            assert len(read_ids(stream, "c2")) > 1
