"""`serve --https` as a process: how it starts, what it refuses, and how it ends."""

import re
import signal
import time
from pathlib import Path

import pytest

from tests.support.authorities import client_context
from tests.support.fetch import fetch_bytes
from tests.support.processes import FIXED_OPTIONS, ServerProcess, run_to_end, serve
from tests.support.sockets import connect, free_port
from tests.support.tunnels import ESTABLISHED, VENDOR, send_connect

HTTPS = (*FIXED_OPTIONS, "--https", "--https-port", "0")


def read_tls_port(server: ServerProcess) -> int:
    assert server.process.stdout
    match = re.search(r"url https://127\.0\.0\.1:(\d+),", server.process.stdout.readline())
    assert match
    return int(match[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_idle_tunnels_and_open_handshakes_do_not_hold_up_the_end(number: signal.Signals) -> None:
    with serve("serve", *HTTPS) as server:
        port, tls_port = int(server.ready["port"]), read_tls_port(server)
        context = client_context(fetch_bytes(f"{server.ready['base']}/_mock/ca.pem"))
        opened = [send_connect(port, f"{VENDOR}:443") for _ in range(4)]
        assert {line for line, _ in opened} == {ESTABLISHED}
        inner = [context.wrap_socket(each, server_hostname=VENDOR) for _, each in opened[:2]]
        direct = [context.wrap_socket(connect(tls_port), server_hostname=VENDOR)]
        waiting = [connect(tls_port), *(each for _, each in opened[2:])]
        inner[0].sendall(b"GET /nowhere HTTP/1.1\r\nhost: portal.mobtexting.com\r\n\r\n")
        assert inner[0].recv(65_536).startswith(b"HTTP/1.1 404")
        begin = time.monotonic()
        code, output, errors = server.end(number)
        assert (code, output, time.monotonic() - begin < 1) == (0, "", True)
        assert [line for line in errors.splitlines() if " 404 " not in line] == []
        for connection in (*inner, *direct, *waiting):
            connection.close()


def test_the_authority_is_kept_and_no_clear_key_is_on_the_disk_but_that(tmp_path: Path) -> None:
    folder, roots = tmp_path / "ca", []
    for _ in range(2):
        options = (*HTTPS, "--ca-dir", str(folder))
        with serve("serve", *options, TMPDIR=str(tmp_path)) as server:
            roots.append(fetch_bytes(f"{server.ready['base']}/_mock/ca.pem"))
            assert [path.name for path in tmp_path.iterdir()] == ["ca"]
            assert server.end()[0] == 0
    assert roots[0] == roots[1] == (folder / "ca.pem").read_bytes()
    assert (folder / "issuer.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--https-port", "1"), 2, "mockserver: https-port goes with --https\n"),
        (("--https", "--ca-dir", "/dev/null"), 2, "mockserver: ca-dir: /dev/null is no folder"),
        (("--https", "--proxy-pass", VENDOR), 2, f"mockserver: proxy-pass '{VENDOR}' is a host"),
    ],
)
def test_bad_usage_is_refused(options: tuple[str, ...], code: int, message: str) -> None:
    result = run_to_end("serve", "--port", "0", *options)
    assert (result.returncode, result.stdout, message in result.stderr) == (code, "", True)


def test_a_taken_port_for_tls_is_named_with_its_option() -> None:
    port = free_port()
    with serve("serve", *FIXED_OPTIONS, "--https", "--https-port", str(port)):
        result = run_to_end("serve", "--port", "0", "--https", "--https-port", str(port))
    assert (result.returncode, result.stderr) == (
        3,
        (
            f"mockserver: port {port} of 127.0.0.1 is taken: stop what listens there, "
            "or choose another by --https-port\n"
        ),
    )
