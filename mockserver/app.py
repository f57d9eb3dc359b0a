"""Puts the parts together into a server: the only file that knows them all."""

import asyncio
import gc
import secrets
import signal
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any, NamedTuple

from mockserver.catalog.registry import control, listings
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.delivery.address_policy import DEFAULT_POLICY, AddressPolicy
from mockserver.delivery.asgi import AsgiDispatcher, AttachedApps
from mockserver.delivery.dispatcher import Loopback, WebhookDispatcher
from mockserver.runtime.clock import MODES, parse_rate
from mockserver.runtime.file_watcher import watch_files
from mockserver.runtime.loopback import deliver_to_inbox
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.runtime.tasks import OnError, spawn
from mockserver.settings import Mistake, Settings
from mockserver.web.guard import OPEN, VARIABLE, Guard
from mockserver.web.parts import Parts
from mockserver.web.repeats import Repeats
from mockserver.web.server import Address, Server, bound, config
from mockserver.web.site import site
from mockserver.world import Compiler, Unusable, counted, files, world

Say = Callable[[str], None]

__all__ = ["described", "hosting", "running", "scenarios", "serve"]


def server(
    start: Configuration,
    settings: Settings,
    taken: socket,
    saying: tuple[Say, Say],
    attached: AttachedApps,
) -> Server:
    """A server on a bound socket; `saying` prints the ready lines, then everything else."""
    say, log = saying
    address = _address(settings, taken)
    courier = _courier(address, settings, lambda letter: deliver_to_inbox(sandboxes, letter))
    guard, compiler = _guard(settings, address), Compiler(settings)
    setup = start, Timing(settings.clock, settings.start)
    made = partial(_made, settings, log)
    sandboxes = SandboxRegistry(AsgiDispatcher(courier, attached), setup, made)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[Mapping[str, Any]]:
        sandboxes.start()
        reload = partial(_reload, sandboxes, settings, compiler, log)
        eye = _eye(settings, reload, sandboxes.record_error)
        yield {"refused": parts.refused}
        if eye:
            eye.cancel()
        await sandboxes.stop()
        await courier.close()

    parts = Parts(
        sandboxes=sandboxes,
        origins=lambda: address.origins,
        compile=compiler,
        control=control,
        refused=Counter(),
        guard=guard,
        public_url=settings.public_url.rstrip("/"),
        depth=courier.webhook_depth,
    )
    uvicorn_config = config(site(parts, lifespan), (settings.tls_cert, settings.tls_key))
    announce = partial(_announce, address, settings, (start, guard), say)
    return Server(uvicorn_config, sandboxes, announce)


def _courier(address: Address, settings: Settings, inward: Loopback) -> WebhookDispatcher:
    own = _own(address, settings)
    return WebhookDispatcher(
        lambda: address.origin, _policy(settings), own_tls=own, loopback=inward
    )


def _made(settings: Settings, log: Say, sandbox: Sandbox) -> None:
    """A new sandbox is watched, unless nobody wants to read of it."""
    if not settings.quiet:
        sandbox.state.subscribers.append(_logger(sandbox, settings, log))


def _eye(
    settings: Settings, reload: Callable[[], Awaitable[None]], failed: OnError
) -> asyncio.Task[None] | None:
    """Whoever watches the scenario files, where that is wanted."""
    present = partial(_present, settings)
    return spawn(watch_files(present, reload), failed) if settings.watch else None


def serve(settings: Settings, say: Say, log: Say) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        OSError: the port cannot be bound.
        Mistake, Unusable: as `world`.
    """
    start = started(settings)
    taken = bound(settings.host, settings.port)
    _spare()
    running = server(start, settings, taken, (say, log), AttachedApps())
    # uvicorn raises the signal once more when it has ended; by then it means nothing any more
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)
    running.run(sockets=[taken])


def _spare() -> None:
    """What lives from the start is no garbage; what comes is values, which make no circles.

    Else the collector walks through all calls again and again: 140 ms for some who ask. What is
    young it looks at in small parts, or an advance of 50,000 calls holds up everybody for 400 ms.
    """
    gc.freeze()
    gc.set_threshold(2_000, 5, 5_000)
    gc.enable()


def _present(settings: Settings) -> list[Path]:
    """The user's files, as far as they are there: an editor may just be replacing one."""
    with suppress(Mistake):
        return files(settings)
    return []


class Running(NamedTuple):
    """A server at work; `attached` leads from an origin to who gets its webhooks."""

    origin: str
    attached: AttachedApps


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """A server in a thread of its own, for as long as the block runs; gives its origin."""
    with hosting(settings) as host:
        yield host.origin


@contextmanager
def hosting(settings: Settings) -> Iterator[Running]:
    """The same, for tests that attach applications to it."""
    start, ready, attached = started(settings), threading.Event(), AttachedApps()
    taken = bound(settings.host, settings.port)
    saying = (lambda _: ready.set(), lambda _: None)
    inner = server(start, settings, taken, saying, attached)
    thread = threading.Thread(target=inner.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    ready.wait(timeout=10)
    try:
        yield Running(_address(settings, taken).origin, attached)
    finally:
        inner.should_exit = True
        thread.join(timeout=10)
        taken.close()


def started(settings: Settings) -> Configuration:
    """The world, once every setting is known to be right.

    Raises:
        Mistake, Unusable: as `world`.
    """
    if parse_rate(settings.clock) is None:
        raise Mistake(f"clock {settings.clock!r} is no mode: {MODES}")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise Mistake("tls-cert and tls-key go together")
    for name in filter(None, (settings.tls_cert, settings.tls_key)):
        if not Path(name).is_file():
            raise Mistake(f"tls: there is no file {name}")
    return world(settings)


def described(origin: str) -> list[dict[str, Any]]:
    """Every provider as `/_mock/providers` tells it."""
    from mockserver.web.control import providers  # noqa: PLC0415 - a server has no need of it

    return [providers.described(listing.provider, origin) for listing in listings().values()]


def scenarios(made: Configuration) -> list[dict[str, Any]]:
    """Every scenario as `/_mock/scenarios` tells it."""
    from mockserver.web.control.scenarios import described  # noqa: PLC0415 - as above

    return [described(one) for one in made.scenarios.by_name.values() if "/" not in one.name]


async def _reload(
    sandboxes: SandboxRegistry, settings: Settings, compiler: Compiler, log: Say
) -> None:
    """Scenario files have changed; a broken one is reported, and the last good set stays."""
    old, timing = sandboxes.initial_setup
    try:
        made = await asyncio.to_thread(world, settings._replace(seed=old.seed))
        fresh = Compiler(settings)
        worlds = {
            one.name: fresh.world(one.state.configuration, one.uploaded_scenarios, made)
            for one in sandboxes
        }
    except (Unusable, Mistake, OSError) as wrong:
        log(f"scenario files not reloaded:\n{wrong}")
        return
    changed = {key: one for key, one in made.accounts.items() if old.accounts.get(key) != one}
    compiler.follow(fresh)
    sandboxes.initial_setup = (made, timing)
    for sandbox in sandboxes:
        seed = sandbox.state.configuration.seed
        sandbox.set_configuration(worlds[sandbox.name], changed, made._replace(seed=seed))
    log(f"scenario files reloaded: {counted(made)} scenarios")


def _address(settings: Settings, taken: socket) -> Address:
    scheme = "https" if settings.tls_cert else "http"
    return Address(settings.host, taken.getsockname()[1], scheme)


def _policy(settings: Settings) -> AddressPolicy:
    return AddressPolicy(
        (*DEFAULT_POLICY.allow, *settings.webhook_targets), dict(settings.webhook_rewrite)
    )


def _own(address: Address, settings: Settings) -> tuple[str, int, str] | None:
    """Where the server reaches itself by TLS, and the certificate that it then shows."""
    host = address.origin.split("//")[1].rsplit(":", 1)[0].strip("[]")
    return (host, address.port, settings.tls_cert) if settings.tls_cert else None


def _guard(settings: Settings, address: Address) -> Guard:
    """On loopback `none` opens nothing more: a page with a rebound name would profit from it."""
    if address.local:
        return Guard("" if settings.token == OPEN else settings.token, settings.allow_host)
    return Guard(settings.token or secrets.token_urlsafe(18), settings.allow_host)


def _logger(sandbox: Sandbox, settings: Settings, log: Say) -> Callable[[JournalEntry], None]:
    """A program gets every fact, a person of the same failure less and less."""
    from mockserver.web import lines  # noqa: PLC0415 - whoever is quiet has no need of it

    if settings.log_format == "json":
        return lambda fact: log(lines.record(fact, sandbox.state))
    repeats = Repeats()

    def tell(fact: JournalEntry) -> None:
        text, failure = lines.line(fact, sandbox.state), lines.failure(fact)
        if failure:
            text = repeats.told(failure, text)
        if text:
            log(text)

    return tell


def _announce(
    address: Address, settings: Settings, made: tuple[Configuration, Guard], say: Say
) -> None:
    start, guard = made
    many = f"{len(start.providers)} provider{'s' if len(start.providers) != 1 else ''}"
    told = f"clock {settings.clock}, seed {start.seed}, {many}"
    say(f"mockserver ready on {address.shown} ({told}, {counted(start)} scenarios)")
    for name in start.providers:
        say(f"  {name}: {address.shown}/{name}")
    if guard.token and not settings.token:
        say(f"  control API: {VARIABLE}={guard.token}")
    if guard.token == OPEN:
        say("  control API: open to whoever can reach this address")
