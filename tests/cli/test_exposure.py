"""The addresses on which a server listens, as the kernel lists them."""

from pathlib import Path

import pytest

from tests.support.processes import FIXED_OPTIONS, read_announcement, serve, start
from tests.support.sockets import free_port

LOOPBACK, ANY = "0100007F", "00000000"
LOOPBACK6, ANY6 = "00000000000000000000000001000000", "0" * 32
LISTENS = "0A"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))

pytestmark = pytest.mark.skipif(not TABLES[0].exists(), reason="only Linux has such tables")


def listening_addresses(port: int) -> list[str]:
    """Return the local addresses, as the kernel writes them, with a listener on `port`."""
    addresses = []
    for table in TABLES:
        for line in table.read_text("utf-8").splitlines()[1:] if table.exists() else ():
            _, local, _, state = line.split()[:4]
            address, _, number = local.partition(":")
            if state == LISTENS and int(number, 16) == port:
                addresses.append(address)
    return addresses


def test_a_server_listens_on_loopback_only_by_default() -> None:
    with serve(*FIXED_OPTIONS, "--quiet") as server:
        assert listening_addresses(int(server.ready["port"])) == [LOOPBACK]


@pytest.mark.parametrize(
    ("host", "addresses"), [("0.0.0.0", [ANY]), ("::", [ANY6]), ("::1", [LOOPBACK6])]
)
@pytest.mark.parametrize("by", ["flag", "variable"])
def test_a_server_listens_beyond_loopback_only_by_flag_or_variable(
    host: str, addresses: list[str], by: str
) -> None:
    """The container image sets the variable."""
    port = free_port()
    flags = ("--host", host) if by == "flag" else ()
    variables = {"MOCKSERVER_HOST": "127.0.0.1" if by == "flag" else host}
    arguments = ("serve", "--port", str(port), "--quiet", *flags)
    with start(*arguments, before=(), **variables) as process:
        announcement = "".join(read_announcement(process))
        assert listening_addresses(port) == addresses
    assert ("MOCKSERVER_TOKEN=" in announcement) == (addresses != [LOOPBACK6])
