"""Whether a running server answers: 0, or 1 with the reason."""

import socket
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

SERVED = Settings(port=0, clock="manual", seed="s", quiet=True)


def ready(*arguments: str, **variables: str) -> Result:
    done = CliRunner().invoke(group, ["ready", *arguments], env=variables)
    why = done.exception.__context__ if done.exception else None
    if isinstance(why, HTTPError):
        why.close()  # the command leaves that to the end of its process
    return done


@contextmanager
def answering(content: bytes) -> Iterator[str]:
    """Somebody else's server, which says just this."""

    def answer() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(content)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            thread.join(10)


def test_ready_by_url() -> None:
    with run_server(SERVED) as origin:
        for url in (origin, f"{origin}/"):
            done = ready("--url", url)
            sentence = f"mockserver {__version__} at {origin} is ok\n"
            assert (done.exit_code, done.stdout, done.stderr) == (0, sentence, "")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_ready_by_variables(host: str) -> None:
    with run_server(SERVED) as origin:
        port = origin.rpartition(":")[2]
        done = ready(MOCKSERVER_HOST=host, MOCKSERVER_PORT=port)
        assert (done.exit_code, done.stdout.split()[-3:]) == (0, [origin, "is", "ok"])


def test_ready_ignores_proxies() -> None:
    nowhere = "http://127.0.0.1:9"
    with run_server(SERVED) as origin:
        assert ready("--url", origin, http_proxy=nowhere, HTTP_PROXY=nowhere).exit_code == 0


def test_not_ready_when_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
    done = ready("--url", url)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"mockserver at {url} is not ready: ")
    assert "Connection refused" in done.stderr


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
def test_not_ready_when_somebody_else_answers(content: bytes) -> None:
    with answering(content) as url:
        done = ready("--url", url)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"mockserver at {url} is not ready: ")


@pytest.mark.parametrize(
    "url",
    [
        "nowhere",
        "nothing://127.0.0.1",
        "http://",
        "http://127.0.0.1:x",
    ],
)
def test_not_ready_at_a_bad_url(url: str) -> None:
    done = ready("--url", url)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("mockserver at ")


def test_ready_with_a_bad_variable() -> None:
    done = ready(MOCKSERVER_PORT="x")
    assert done.exit_code == 2
