"""`mockserver ready` exits with 0 if a server answers, else with 1 and the reason."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError

import pytest
from click.testing import CliRunner, Result

from mockserver import __version__
from mockserver.app import run_server
from mockserver.cli import group
from mockserver.settings import Settings

SETTINGS = Settings(port=0, clock="manual", seed="s", quiet=True)


def run_ready(*arguments: str, **variables: str) -> Result:
    result = CliRunner().invoke(group, ["ready", *arguments], env=variables)
    cause = result.exception.__context__ if result.exception else None
    if isinstance(cause, HTTPError):
        cause.close()  # the command leaves this to the end of its process
    return result


@contextmanager
def serve_bytes(content: bytes) -> Iterator[str]:
    """Serve exactly these bytes to one connection."""

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(content)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            thread.join(10)


def test_ready_takes_the_url_of_the_server() -> None:
    with run_server(SETTINGS) as origin:
        for url in (origin, f"{origin}/"):
            result = run_ready("--url", url)
            expected = f"mockserver {__version__} at {origin} is ok\n"
            assert (result.exit_code, result.stdout, result.stderr) == (0, expected, "")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_ready_takes_host_and_port_from_variables(host: str) -> None:
    with run_server(SETTINGS) as origin:
        port = origin.rpartition(":")[2]
        result = run_ready(MOCKSERVER_HOST=host, MOCKSERVER_PORT=port)
        assert (result.exit_code, result.stdout.split()[-3:]) == (0, [origin, "is", "ok"])


def test_ready_ignores_proxies() -> None:
    nowhere = "http://127.0.0.1:9"
    with run_server(SETTINGS) as origin:
        assert run_ready("--url", origin, http_proxy=nowhere, HTTP_PROXY=nowhere).exit_code == 0


def test_ready_exits_with_1_if_the_connection_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
    result = run_ready("--url", url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"mockserver at {url} is not ready: ")
    assert "Connection refused" in result.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
    ],
    ids=["503", "404", "html", "nothing", "ssh", "object", "list"],
)
def test_ready_exits_with_1_if_another_server_answers(content: bytes) -> None:
    with serve_bytes(content) as url:
        result = run_ready("--url", url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"mockserver at {url} is not ready: ")


@pytest.mark.parametrize(
    "url",
    [
        "nowhere",
        "nothing://127.0.0.1",
        "http://",
        "http://127.0.0.1:x",
    ],
)
def test_ready_exits_with_1_for_a_bad_url(url: str) -> None:
    result = run_ready("--url", url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("mockserver at ")


def test_ready_waits_until_the_server_is_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    waiting = threading.Thread(
        target=lambda: results.append(
            run_ready("--url", f"http://127.0.0.1:{port}", "--timeout", "1m")
        )
    )
    results = list[Result]()
    waiting.start()
    with run_server(SETTINGS._replace(port=port)):
        waiting.join(60)
    assert [result.exit_code for result in results] == [0]


def test_ready_stops_waiting_at_its_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
    result = run_ready("--url", url, "--timeout", "0.3s")
    assert (result.exit_code, "Connection refused" in result.stderr) == (1, True)


@pytest.mark.parametrize("is_waited_for", [True, False])
def test_ready_stops_waiting_when_the_process_of_the_server_has_ended(
    *, is_waited_for: bool
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read() == b""
        if is_waited_for:
            process.wait(10)
        with serve_bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}") as url:
            result = run_ready("--url", url, "--timeout", "10m", "--pid", str(process.pid))
            fetch_nothing(url)
    expected = f"mockserver at {url} is not ready: its process {process.pid} has ended\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", expected)


def fetch_nothing(url: str) -> None:
    """Let the server of one connection end."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
        connection.sendall(b"x")


@pytest.mark.parametrize("pid", [1, None])
def test_ready_takes_a_server_whose_process_runs(pid: int | None) -> None:
    """Even if the process belongs to another user, as number 1 may do."""
    with run_server(SETTINGS) as origin:
        assert run_ready("--url", origin, "--pid", str(pid or os.getpid())).exit_code == 0


def test_ready_exits_with_2_for_a_bad_variable() -> None:
    result = run_ready(MOCKSERVER_PORT="x")
    assert result.exit_code == 2


def test_ready_exits_with_2_for_a_timeout_that_is_no_duration() -> None:
    result = run_ready("--timeout", "soon")
    assert result.exit_code == 2
    assert "'soon' is not a duration such as 30s or 1m" in result.stderr
