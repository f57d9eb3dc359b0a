"""One parser, and what it makes of odd bytes: an answer of ours each, or an end without one."""

import socket
from collections.abc import Iterator

import pytest

from mockserver.app import run_server
from mockserver.settings import parse_settings
from tests.corpus.raw_requests import REQUESTS
from tests.web.server.test_transport import dialled, heard


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        yield int(origin.rpartition(":")[2])


def answered(port: int, sent: bytes) -> bytes:
    with dialled(port) as line:
        line.sendall(sent)
        if not sent.strip():
            line.shutdown(socket.SHUT_WR)
        return heard(line)


def test_there_are_sixty() -> None:
    assert len(REQUESTS) >= 60


@pytest.mark.parametrize("what", REQUESTS)
def test_raw_request(port: int, what: str) -> None:
    sent, status = REQUESTS[what]
    told = answered(port, sent)
    head, _, body = told.partition(b"\r\n\r\n")
    assert int(told[9:12] or b"0") == status
    if status >= 400:
        assert b"application/problem+json" in head.lower()
        assert b'"status":' in body


@pytest.mark.parametrize("what", [what for what, (_, status) in REQUESTS.items() if status == 400])
def test_nothing_behind_it_is_served(port: int, what: str) -> None:
    """What one server reads as two requests must not smuggle the second one in."""
    second = b"GET /_mock/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    assert answered(port, REQUESTS[what][0] + second).count(b'"uptime"') == 0


def test_the_server_is_well_afterwards(port: int) -> None:
    assert b'"errors":0' in answered(port, REQUESTS["as it should be"][0])
