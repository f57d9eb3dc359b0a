"""CONNECT to a host of `--proxy-pass` leads to that host, and the bytes go through untouched."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import pytest
import uvicorn

from mockserver.core.address_policy import ResolvedTarget
from mockserver.core.webhook_url import ParsedUrl, TargetRejection, parse_url
from mockserver.delivery.target_resolver import TargetResolver
from mockserver.web.server import passages
from tests.support.fetch import fetch_json
from tests.support.sockets import connect, free_port, read_to_end
from tests.support.tunnels import ESTABLISHED, HttpsServer, send_connect, serve_https

HOST = "api.stripe.com"
TARGET = f"{HOST}:443"


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def access(request: pytest.FixtureRequest) -> Iterator[HttpsServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn, "Config", partial(uvicorn.Config, loop=request.param))
        patch.setattr(TargetResolver, "resolve", resolve_for_test)
        with serve_https(proxy_pass=("API.stripe.com", "internal.test")) as access:
            yield access


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A host on this machine that stands for the one behind the name."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        lead_to(monkeypatch, listener.getsockname()[1], "127.0.0.1")
        yield listener


Target = ResolvedTarget | TargetRejection


class Resolution:
    """How the servers of these tests resolve names: replaced by `lead_to`."""

    resolve = TargetResolver.resolve


async def resolve_for_test(resolver: TargetResolver, url: str) -> Target:
    return await Resolution.resolve(resolver, url)


def lead_to(patch: pytest.MonkeyPatch, port: int, *addresses: str) -> None:
    """Let every name lead to these addresses, as if they were public."""

    async def resolve(_: TargetResolver, url: str) -> Target:
        parsed = parse_url(url)
        assert isinstance(parsed, ParsedUrl)
        assert (parsed.host, parsed.port) == (HOST, 443)
        return ResolvedTarget(
            host=parsed.host,
            port=port,
            address=addresses[0],
            fallbacks=addresses[1:],
            url=parsed,
        )

    patch.setattr(Resolution, "resolve", resolve)


@contextmanager
def open_passage(
    access: HttpsServer, upstream: socket.socket
) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield the client's end, and the end of the host."""
    line, client = send_connect(access.port, TARGET)
    host, _ = upstream.accept()
    host.settimeout(10)
    with client, host:
        assert line == ESTABLISHED
        yield client, host


def send_in_thread(connection: socket.socket, data: bytes) -> threading.Thread:
    thread = threading.Thread(target=connection.sendall, args=(data,))
    thread.start()
    return thread


def receive(connection: socket.socket, size: int) -> bytes:
    parts, missing = list[bytes](), size
    while missing and (part := connection.recv(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def test_a_passage_lets_bytes_through_in_both_directions(
    access: HttpsServer, upstream: socket.socket
) -> None:
    with open_passage(access, upstream) as ends:
        for sender, receiver in (ends, ends[::-1]):
            data = os.urandom(3_000_000)
            thread = send_in_thread(sender, data)
            assert receive(receiver, len(data)) == data
            thread.join()


def test_a_receiver_that_pauses_holds_up_the_sender_and_loses_nothing(
    access: HttpsServer, upstream: socket.socket
) -> None:
    data = os.urandom(20_000_000)
    with open_passage(access, upstream) as (client, host):
        thread = send_in_thread(host, data)
        assert receive(client, 1_000) == data[:1_000]
        thread.join(timeout=0.3)
        assert thread.is_alive()
        assert receive(client, len(data) - 1_000) == data[1_000:]
        thread.join()


@pytest.mark.parametrize("first", [0, 1])
def test_the_end_of_one_direction_leaves_the_other_open(
    access: HttpsServer, upstream: socket.socket, first: int
) -> None:
    with open_passage(access, upstream) as ends:
        ended, other = ends[first], ends[1 - first]
        ended.shutdown(socket.SHUT_WR)
        assert read_to_end(other) == b""
        other.sendall(b"still here")
        other.shutdown(socket.SHUT_WR)
        assert read_to_end(ended) == b"still here"


@pytest.mark.parametrize("first", [0, 1])
def test_a_passage_ends_with_either_connection(
    access: HttpsServer, upstream: socket.socket, first: int
) -> None:
    with open_passage(access, upstream) as ends:
        ends[first].close()
        with suppress(ConnectionResetError):
            assert read_to_end(ends[1 - first]) == b""


def test_a_passage_that_is_idle_for_long_ends(
    access: HttpsServer, upstream: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert passages.IDLE_TIMEOUT == 300
    monkeypatch.setattr(passages, "IDLE_TIMEOUT", 0.2)
    with open_passage(access, upstream) as (client, host):
        begin = time.monotonic()
        client.sendall(b"a")
        assert receive(host, 1) == b"a"
        with suppress(ConnectionResetError):
            assert read_to_end(client) == b""
        assert time.monotonic() - begin > 0.3  # there were bytes in the first 0.2 s


def test_the_next_address_is_tried_if_one_takes_no_connection(
    access: HttpsServer, upstream: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_to(monkeypatch, upstream.getsockname()[1], "127.0.0.2", "127.0.0.1")
    with open_passage(access, upstream) as (client, host):
        client.sendall(b"a")
        assert receive(host, 1) == b"a"


def refuse(access: HttpsServer, target: str = TARGET) -> str:
    line, connection = send_connect(access.port, target)
    with connection:
        read_to_end(connection)
    return line.removeprefix("HTTP/1.1 ")


def test_a_host_that_takes_no_connection_is_a_502_that_names_it(
    access: HttpsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    lead_to(monkeypatch, port, "127.0.0.1")
    assert refuse(access) == f"502 mockserver cannot connect to {HOST}:{port}"
    health = fetch_json(f"http://{access.host}:{access.port}/_mock/health")
    assert health["rejections"]["target-unreachable"] > 0


def test_a_connection_that_takes_too_long_is_a_502(
    access: HttpsServer, upstream: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert passages.CONNECT_TIMEOUT == 10
    monkeypatch.setattr(passages, "CONNECT_TIMEOUT", 0.0)
    port = upstream.getsockname()[1]
    assert refuse(access) == f"502 mockserver cannot connect to {HOST}:{port}"


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (("127.0.0.1",), "403 mockserver passes to public addresses alone, and {} has none"),
        (("10.0.0.1", "::1"), "403 mockserver passes to public addresses alone, and {} has none"),
        (
            ("8.8.8.8", "169.254.169.254"),
            "403 mockserver passes to public addresses alone, and {} has none",
        ),
        ((), "502 mockserver cannot connect: no address of {} was found"),
    ],
)
def test_a_passed_host_with_a_private_address_is_refused(
    access: HttpsServer,
    monkeypatch: pytest.MonkeyPatch,
    addresses: tuple[str, ...],
    reason: str,
) -> None:
    async def find_addresses(_: TargetResolver, name: str) -> tuple[str, ...]:
        assert name == "internal.test"
        return addresses

    monkeypatch.setattr(TargetResolver, "find_addresses", find_addresses)
    assert refuse(access, "internal.test:443") == reason.format("internal.test")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("api.other.test:443", "403 mockserver emulates no api.other.test:443"),
        (f"x.{TARGET}", f"403 mockserver emulates no x.{TARGET}"),
        (f"{HOST}:80", f"403 mockserver opens a tunnel to {HOST}:443, not to 80"),
    ],
)
def test_no_other_host_and_port_is_passed(access: HttpsServer, target: str, reason: str) -> None:
    assert refuse(access, target) == reason


def test_what_a_client_sends_before_the_response_goes_to_no_host(
    access: HttpsServer, upstream: socket.socket
) -> None:
    line, connection = send_connect(access.port, TARGET, b"too early")
    connection.close()
    assert line == "HTTP/1.1 400 Bad Request"
    upstream.settimeout(0)
    with pytest.raises(BlockingIOError):
        upstream.accept()


def test_a_client_that_hangs_up_before_the_response_leaves_no_connection(
    access: HttpsServer, upstream: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = threading.Event()
    resolve = Resolution.resolve

    async def resolve_late(resolver: TargetResolver, url: str) -> Target:
        going.wait(timeout=5)
        return await resolve(resolver, url)

    monkeypatch.setattr(Resolution, "resolve", resolve_late)
    with connect(access.port) as connection:
        connection.sendall(f"CONNECT {TARGET} HTTP/1.1\r\nhost: {TARGET}\r\n\r\n".encode())
    going.set()
    host, _ = upstream.accept()
    with host, suppress(ConnectionResetError):
        host.settimeout(10)
        assert read_to_end(host) == b""
    origin = f"http://{access.host}:{access.port}"
    assert fetch_json(f"{origin}/_mock/health")["errors"] == 0


def test_an_open_passage_does_not_hold_up_the_end_of_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        lead_to(monkeypatch, upstream.getsockname()[1], "127.0.0.1")
        monkeypatch.setattr(TargetResolver, "resolve", resolve_for_test)
        with serve_https(proxy_pass=(HOST,)) as access:
            line, client = send_connect(access.port, TARGET)
            host, _ = upstream.accept()
            begin = time.monotonic()
        assert (line, time.monotonic() - begin < 1.5) == (ESTABLISHED, True)
        for connection in (client, host):
            with connection, suppress(ConnectionResetError):
                assert read_to_end(connection) == b""
