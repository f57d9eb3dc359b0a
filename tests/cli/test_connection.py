"""How `place` and `phone` reach a server, and what they say if they cannot."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result

from mockserver.app import run_server
from mockserver.cli import group
from mockserver.cli.connection import origin_of
from mockserver.settings import Settings


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(group, arguments, env=environment)


@contextmanager
def answering(response: bytes) -> Iterator[str]:
    """Run a server that answers each connection with these bytes; yield its origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            try:
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65_536)
                        connection.sendall(response)
            except OSError:
                return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.mark.parametrize("command", ["place mobtexting", "phone answer"])
def test_without_a_server_the_command_says_how_to_start_one(command: str) -> None:
    result = run(*command.split(), "--url", "http://127.0.0.1:9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("mockserver: nobody answers at http://127.0.0.1:9 (")
    assert result.stderr.endswith(
        "): start a server by `mockserver serve`, or name another by --url\n"
    )


@pytest.mark.parametrize(
    "url",
    ["localhost:8080", "ftp://mock.test", "http://", "http://[", "http://mock.test:99999",
     "http://mock.test:x", "http://mock.test:0"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(url: str) -> None:
    result = run("place", "mobtexting", "--url", url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{url!r} is not an origin such as http://127.0.0.1:8080" in " ".join(
        result.stderr.split()
    )


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (b"", "mockserver: no response came from {origin}: "),
        (b"hello\r\n\r\n", "mockserver: no response came from {origin}: hello"),
        (b"HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\noops", "mockserver: 500 oops\n"),
        (b"HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\n[]", "mockserver: 404 []\n"),
    ],
)
def test_a_response_of_another_server_is_shown(response: bytes, message: str) -> None:
    with answering(response) as origin:
        result = run("phone", "answer", "--url", origin)
    assert result.exit_code == 1
    assert result.stderr.startswith(message.format(origin=origin))


def test_a_token_is_an_option_or_a_variable() -> None:
    with run_server(Settings(port=0, token="t-1", quiet=True)) as origin:
        place = ("place", "mobtexting", "--url", origin)
        refused = run(*place)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "MOCKSERVER_TOKEN" in refused.stderr
        assert run(*place, "--token", "t-1").stdout.splitlines()[-1] == "call c1"
        assert run(*place, MOCKSERVER_TOKEN="t-1").stdout.splitlines()[-1] == "call c2"


def test_without_a_url_it_is_that_of_the_settings() -> None:
    with run_server(Settings(port=0, quiet=True)) as origin:
        port = origin.rpartition(":")[2]
        assert run("place", "mobtexting", MOCKSERVER_PORT=port).exit_code == 0
    result = run("place", "mobtexting", MOCKSERVER_PORT="many")
    assert (result.exit_code, result.stderr.startswith("mockserver: ")) == (2, True)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("mock.test", "http://mock.test:8080"),
    ],
)
def test_a_server_on_all_addresses_is_reached_by_loopback(host: str, origin: str) -> None:
    assert origin_of(Settings(host=host)) == origin
