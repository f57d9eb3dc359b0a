"""`python -m benchmarks https [ROUNDS]`: compare requests by TLS and by CONNECT with plain http.

It needs the extra `https`. The load generator verifies no certificate, and resumes no TLS session.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import uvloop

from benchmarks.engine import HEADERS
from benchmarks.figures import Figures, describe, take_median
from benchmarks.load import Connection, Work, build_request, dial_http, pin, run_load
from benchmarks.servers import PATH, SERVERS, free_port, run_server
from benchmarks.web import BODY, REQUEST

VENDOR: Final = "portal.mobtexting.com"
SENT: Final = build_request(f"https://{VENDOR}{PATH}", BODY, HEADERS)
CONNECT: Final = f"CONNECT {VENDOR}:443 HTTP/1.1\r\nhost: {VENDOR}:443\r\n\r\n".encode()
CONTEXT: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE


class Ports(NamedTuple):
    """The ports of a server: the usual one, and that of `--https-port`."""

    usual: int
    tls: int


async def _dial_plain(ports: Ports) -> Connection:
    return await dial_http(ports.usual)


async def _dial_tls(ports: Ports) -> Connection:
    return await asyncio.open_connection(
        "127.0.0.1", ports.tls, ssl=CONTEXT, server_hostname=VENDOR
    )


async def _dial_tunnel(ports: Ports) -> Connection:
    reader, writer = await dial_http(ports.usual)
    writer.write(CONNECT)
    await reader.readuntil(b"\r\n\r\n")
    await writer.start_tls(CONTEXT, server_hostname=VENDOR)
    return reader, writer


WAYS: Final[Mapping[str, Callable[[Ports], Awaitable[Connection]]]] = {
    "http": _dial_plain,
    "TLS": _dial_tls,
    "CONNECT": _dial_tunnel,
}
KINDS: Final = {"connection kept": True, "new connection for each": False}
"""Name -> whether a connection is kept for the next request."""


def rows(rounds: int = 5, seconds: float = 3) -> Iterator[tuple[str, str]]:
    """Yield (name, figures), which are medians over the rounds; the ways take turns.

    Each way is compared with plain http of the same kind.
    """
    pin(1)
    for kind, is_kept in KINDS.items():
        measured = defaultdict[str, list[Figures]](list)
        for _ in range(rounds):
            for way in WAYS:
                measured[way].append(_measure(way, seconds, is_kept=is_kept))
        medians = {way: take_median(measured[way]) for way in WAYS}
        for way in WAYS:
            yield f"{way}, {kind}", describe(medians[way], medians["http"], "http")


def _measure(way: str, seconds: float, *, is_kept: bool) -> Figures:
    """Measure one way at a new server, after a second of warm-up."""
    tls_port = free_port()
    options = ("--https", "--https-port", str(tls_port))
    with run_server((*SERVERS["mockserver"], *options), REQUEST) as server:
        ports = Ports(urlsplit(server.url).port or 0, tls_port)
        work = Work(SENT, 1, partial(WAYS[way], ports), is_kept=is_kept)
        uvloop.run(run_load(work))
        before = server.cpu()
        rate, p50, p99, wrong = uvloop.run(run_load(work._replace(seconds=seconds)))
        return Figures(rate, p50, p99, (server.cpu() - before) / (rate * seconds) * 1e6, wrong)
