"""Puts the parts together into a server: the only file that knows them all."""

import asyncio
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from mockserver.catalog.registry import listings
from mockserver.engine.store import World
from mockserver.runtime.clock import MODES, rate
from mockserver.runtime.courier import Courier
from mockserver.runtime.sandboxes import Sandbox, Timing
from mockserver.runtime.watch import watch
from mockserver.settings import Mistake, Settings
from mockserver.web.control import providers
from mockserver.web.control.scenarios import described as described_story
from mockserver.web.lines import line
from mockserver.web.site import site
from mockserver.web.transport import Breakable
from mockserver.world import Unusable, counted, files, world

GRACE = 2  # seconds that requests have to end in when the server stops

Say = Callable[[str], None]

__all__ = ["described", "running", "scenarios", "serve"]


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


def started(settings: Settings) -> World:
    """The world, once every setting is known to be right.

    Raises:
        Mistake, Unusable: as `world`.
    """
    if rate(settings.clock) is None:
        raise Mistake(f"clock {settings.clock!r} is no mode: {MODES}")
    return world(settings)


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
    """A uvicorn that says when it is ready, and ends what waits for time before it ends itself."""

    def __init__(self, config: uvicorn.Config, sandbox: Sandbox, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._sandbox = sandbox
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._sandbox.driver.stop()
        await super().shutdown(sockets)


def server(start: World, settings: Settings, taken: socket.socket, say: Say, log: Say) -> Server:
    """A server on a socket that is bound already; `say` gets the ready lines, `log` the rest."""
    address = Address(settings.host, taken.getsockname()[1])
    courier = Courier(lambda: address.origin)
    timing = Timing(settings.clock, settings.start)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        sandbox.start()
        eye = asyncio.create_task(watching()) if settings.watch else None
        yield
        if eye:
            eye.cancel()
        await sandbox.stop()
        await courier.close()

    async def watching() -> None:
        await watch(partial(_present, settings), partial(_reload, sandbox, settings, log))

    sandbox = Sandbox("default", start, timing, courier)
    if not settings.quiet:
        sandbox.store.watchers.append(lambda fact: log(line(fact, sandbox.store)))
    config = uvicorn.Config(
        site(sandbox, lambda: address.origins, lifespan),
        http=Breakable,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config, sandbox, lambda: _announce(address, settings, start, say))


def serve(settings: Settings, say: Say, log: Say) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        OSError: the port cannot be bound.
        Mistake, Unusable: as `world`.
    """
    start = started(settings)
    taken = bound(settings)
    running = server(start, settings, taken, say, log)
    # uvicorn raises the signal once more when it has ended; by then it means nothing any more
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)
    running.run(sockets=[taken])


def _present(settings: Settings) -> list[Path]:
    """The user's files, as far as they are there: an editor may just be replacing one."""
    with suppress(Mistake):
        return files(settings)
    return []


async def _reload(sandbox: Sandbox, settings: Settings, log: Say) -> None:
    """Scenario files have changed; a broken one is reported, and the last good set stays."""
    store = sandbox.store
    try:
        made = await asyncio.to_thread(world, replace(settings, seed=store.world.seed))
    except (Unusable, Mistake) as wrong:
        log(f"scenario files not reloaded:\n{wrong}")
        return
    changed = {
        key: one for key, one in made.accounts.items() if store.world.accounts.get(key) != one
    }
    store.world = made
    store.accounts.update(changed)
    log(f"scenario files reloaded: {counted(made)} scenarios")


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """A server in a thread of its own, for as long as the block runs; gives its origin."""
    start, ready = started(settings), threading.Event()
    taken = bound(settings)
    inner = server(start, settings, taken, lambda _: ready.set(), lambda _: None)
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


def scenarios(made: World) -> list[dict[str, Any]]:
    """Every scenario as `/_mock/scenarios` tells it."""
    return [described_story(one) for one in made.stories.named.values() if "/" not in one.name]


def _announce(address: Address, settings: Settings, start: World, say: Say) -> None:
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    many = f"{len(start.listings)} provider{'s' if len(start.listings) != 1 else ''}"
    told = f"clock {settings.clock}, seed {start.seed}, {many}"
    base = f"http://{shown}:{address.port}"
    say(f"mockserver ready on {base} ({told}, {counted(start)} scenarios)")
    for name in start.listings:
        say(f"  {name}: {base}/{name}")
