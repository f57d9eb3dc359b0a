"""From the signal on, a server is not ready, and it finishes what it has begun."""

import json
import signal
import socket
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from urllib.error import HTTPError, URLError

from tests.support.processes import FIXED_OPTIONS, ServerProcess, serve
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

SCENARIOS = "scenarios: {slow: {responses: [{after: 1.5s}]}}"
"""A response that takes less than the grace of a shutdown."""


def read_status(server: ServerProcess, path: str) -> int:
    """Return the status of a response; 0 if the server takes no connection."""
    try:
        server.request(path)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0
    return 200


def read_statuses_until_the_end(server: ServerProcess) -> Iterator[tuple[int, int, int]]:
    """Yield the statuses of `live`, of `ready` and of another route, until the port is closed."""
    while status := read_status(server, "/_mock/live"):
        yield status, read_status(server, "/_mock/ready"), read_status(server, "/_mock/health")


def send_slow_request(server: ServerProcess) -> socket.socket:
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    head = (
        f"POST {CLICK_TO_CALL_PATH} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k-1\r\n"
        "content-type: application/json\r\nx-mock-scenario: slow\r\nconnection: close\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", int(server.ready["port"])), timeout=10)
    connection.sendall(head.encode() + body)
    return connection


def test_a_server_that_ends_is_not_ready_while_an_open_request_gets_its_response(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIOS, "utf-8")
    with (
        serve(*FIXED_OPTIONS, "--quiet", "--scenarios", str(file)) as server,
        send_slow_request(server) as connection,
    ):
        assert read_status(server, "/_mock/ready") == 200  # by now it has read the slow request
        server.process.send_signal(signal.SIGTERM)
        statuses = [statuses for statuses, _ in groupby(read_statuses_until_the_end(server))]
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 200 OK\r\n")
        assert server.process.wait(timeout=5) == 0
    since = next(index for index, (_, ready, _) in enumerate(statuses) if ready == 503)
    assert {other for _, _, other in statuses[since:]} <= {503, 0}
    assert 200 not in {ready for _, ready, _ in statuses[since:]}
