"""Puts the parts together: the only file that knows them all."""

import secrets
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from mockserver.catalog.accounts import read_account
from mockserver.catalog.document import Unusable
from mockserver.catalog.registry import bundled, listings
from mockserver.catalog.stories import load
from mockserver.core.nearest import nearest
from mockserver.engine.store import World
from mockserver.runtime.clock import MODES, rate
from mockserver.runtime.courier import Courier
from mockserver.runtime.sandboxes import Sandbox, Timing
from mockserver.settings import Mistake, Settings
from mockserver.web.control import providers
from mockserver.web.lines import line
from mockserver.web.site import site

GRACE = 2  # seconds that requests have to end in when the server stops

Say = Callable[[str], None]

__all__ = ["Unusable", "described", "running", "serve"]


def world(settings: Settings) -> World:
    """What a sandbox starts from, out of the bundled files.

    Raises:
        Mistake: a setting that the files know nothing of.
        Unusable: a file with problems.
    """
    known = listings()
    for name in settings.webhook:
        if name not in known:
            hint = nearest(name, known) or f"known: {', '.join(known)}"
            raise Mistake(f"webhook {name}=...: no provider is named {name!r}: {hint}")
    catalog = load(sorted(bundled("scenarios").glob("*.yaml")), known)
    seed = settings.seed or secrets.token_hex(3)
    return World(seed, known, catalog.stories, catalog.accounts, settings.webhook)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens; `origin` is how it reaches itself."""

    host: str
    port: int

    @property
    def origin(self) -> str:
        own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - read, not bound
        return f"http://[{own}]:{self.port}" if ":" in own else f"http://{own}:{self.port}"

    @property
    def origins(self) -> tuple[str, ...]:
        names = ("localhost", "127.0.0.1", "[::1]")
        return (self.origin, *(f"http://{name}:{self.port}" for name in names))


def bound(settings: Settings) -> socket.socket:
    """The listening socket.

    Raises:
        OSError: the port is taken, or is not ours to take.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((settings.host, settings.port))
        taken.listen(1024)
    except OSError:
        taken.close()
        raise
    return taken


class Server(uvicorn.Server):
    """A uvicorn that says when it is ready, and ends with exit code 0 when it is told to end."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def server(settings: Settings, taken: socket.socket, say: Say, log: Say) -> Server:
    """A server on a socket that is bound already; `say` gets the ready lines, `log` the rest."""
    start = world(settings)
    if rate(settings.clock) is None:
        raise Mistake(f"clock {settings.clock!r} is no mode: {MODES}")
    address = Address(settings.host, taken.getsockname()[1])
    courier = Courier(lambda: address.origin)
    timing = Timing(settings.clock, settings.start)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        sandbox.start()
        yield
        await sandbox.stop()
        await courier.close()

    sandbox = Sandbox("default", start, timing, courier)
    if not settings.quiet:
        sandbox.store.watchers.append(lambda fact: log(line(fact, sandbox.store)))
    config = uvicorn.Config(
        site(sandbox, read_account, lambda: address.origins, lifespan),
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config, lambda: _announce(address, settings, start, say))


def serve(settings: Settings, say: Say, log: Say) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        OSError: the port cannot be bound.
        Mistake, Unusable: as `world`.
    """
    taken = bound(settings)
    running = server(settings, taken, say, log)
    # uvicorn raises the signal once more when it has ended; by then it means nothing any more
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)
    running.run(sockets=[taken])


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """A server in a thread of its own, for as long as the block runs; gives its origin."""
    taken, ready = bound(settings), threading.Event()
    inner = server(settings, taken, lambda _: ready.set(), lambda _: None)
    thread = threading.Thread(target=inner.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    ready.wait(timeout=10)
    try:
        yield Address(settings.host, taken.getsockname()[1]).origin
    finally:
        inner.should_exit = True
        thread.join(timeout=10)


def described(origin: str) -> list[dict[str, Any]]:
    """Every provider as `/_mock/providers` tells it."""
    return [providers.described(listing.provider, origin) for listing in listings().values()]


def _announce(address: Address, settings: Settings, start: World, say: Say) -> None:
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    counted = f"{len(start.listings)} provider{'s' if len(start.listings) != 1 else ''}"
    told = f"clock {settings.clock}, seed {start.seed}, {counted}"
    base = f"http://{shown}:{address.port}"
    say(f"mockserver ready on {base} ({told}, {len(start.stories.named)} scenarios)")
    for name in start.listings:
        say(f"  {name}: {base}/{name}")
