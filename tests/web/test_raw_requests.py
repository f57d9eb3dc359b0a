"""Unusual bytes get a response of the mock server, or the end of the connection."""

import pytest

from tests.corpus.raw_requests import REQUESTS
from tests.support.sockets import exchange_bytes


def test_there_are_at_least_60_raw_requests() -> None:
    assert len(REQUESTS) >= 60


@pytest.mark.parametrize("name", REQUESTS)
def test_a_raw_request_gets_its_status_or_no_response(port: int, name: str) -> None:
    sent, status = REQUESTS[name]
    response = exchange_bytes(port, sent)
    head, _, body = response.partition(b"\r\n\r\n")
    assert int(response[9:12] or b"0") == status
    if status >= 400:
        assert b"application/problem+json" in head.lower()
        assert b'"status":' in body


@pytest.mark.parametrize("name", [name for name, (_, status) in REQUESTS.items() if status == 400])
def test_nothing_behind_a_rejected_request_is_served(port: int, name: str) -> None:
    """A second request must not be smuggled in behind the first."""
    second = b"GET /_mock/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    assert exchange_bytes(port, REQUESTS[name][0] + second).count(b'"uptime"') == 0


def test_the_server_has_counted_no_errors_after_all_raw_requests(port: int) -> None:
    assert b'"errors":0' in exchange_bytes(port, REQUESTS["as it should be"][0])
