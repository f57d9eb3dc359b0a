"""On which addresses it listens in each way to start it, as the system itself has it."""

import socket
from pathlib import Path

import pytest

from tests.support.processes import FIXED_OPTIONS, read_announcement, serve, start

LOOPBACK, ANY = "0100007F", "00000000"
LOOPBACK6, ANY6 = "00000000000000000000000001000000", "0" * 32
LISTENS = "0A"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))

pytestmark = pytest.mark.skipif(not TABLES[0].exists(), reason="only Linux has such tables")


def listening(port: int) -> list[str]:
    """The local addresses, as the kernel writes them, on which somebody listens at this port."""
    found = []
    for table in TABLES:
        for line in table.read_text("utf-8").splitlines()[1:] if table.exists() else ():
            _, local, _, state = line.split()[:4]
            address, _, number = local.partition(":")
            if state == LISTENS and int(number, 16) == port:
                found.append(address)
    return found


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_loopback_alone_unless_told_otherwise() -> None:
    with serve(*FIXED_OPTIONS, "--quiet") as running:
        assert listening(int(running.ready["port"])) == [LOOPBACK]


@pytest.mark.parametrize(
    ("host", "addresses"), [("0.0.0.0", [ANY]), ("::", [ANY6]), ("::1", [LOOPBACK6])]
)
@pytest.mark.parametrize("by", ["flag", "variable"])
def test_more_only_by_flag_or_variable(host: str, addresses: list[str], by: str) -> None:
    """The image sets the variable."""
    port = free()
    flags = ("--host", host) if by == "flag" else ()
    variables = {"MOCKSERVER_HOST": "127.0.0.1" if by == "flag" else host}
    words = ("serve", "--port", str(port), "--quiet", *flags)
    with start(*words, before=(), **variables) as process:
        told = "".join(read_announcement(process))
        assert listening(port) == addresses
    assert ("MOCKSERVER_TOKEN=" in told) == (addresses != [LOOPBACK6])
