"""Puts the parts together into a server: the only file that knows them all."""

import asyncio
import gc
import secrets
import signal
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any, NamedTuple

from mockserver.compiler import (
    InvalidFiles,
    ScenarioCompiler,
    build_configuration,
    count_scenarios,
    scenario_files,
)
from mockserver.config.registry import load_control_openapi, load_providers
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
from mockserver.settings import Settings, SettingsError
from mockserver.web.access_control import OPEN_ACCESS, TOKEN_VARIABLE, AccessControl
from mockserver.web.app import build_app
from mockserver.web.dependencies import Dependencies
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.server.uvicorn_server import Server, ServerAddress, bind_socket, build_config

PrintLine = Callable[[str], None]

__all__ = [
    "describe_providers",
    "describe_scenarios",
    "run_attachable_server",
    "run_server",
    "serve",
]


def build_server(
    configuration: Configuration,
    settings: Settings,
    listener: socket,
    printers: tuple[PrintLine, PrintLine],
    asgi_apps: AttachedApps,
) -> Server:
    """A server on a bound socket; `printers` print the ready lines, then everything else."""
    say, log = printers
    address = _build_address(settings, listener)
    guard, compiler = _build_access_control(settings, address), ScenarioCompiler(settings)
    dispatcher = _build_dispatcher(address, settings, lambda one: deliver_to_inbox(sandboxes, one))
    setup = configuration, Timing(settings.clock, settings.start)
    add_logger = partial(_add_logger, settings, log)
    sandboxes = SandboxRegistry(AsgiDispatcher(dispatcher, asgi_apps), setup, add_logger)
    parts = Dependencies(
        sandboxes=sandboxes,
        origins=lambda: address.origins,
        compile_scenarios=compiler,
        control_document=load_control_openapi,
        rejections=Counter(),
        access_control=guard,
        public_url=settings.public_url.rstrip("/"),
        webhook_depth=dispatcher.webhook_depth,
    )
    reload = partial(_reload, sandboxes, settings, compiler, log)
    lifespan = _build_lifespan(settings, parts, dispatcher, reload)
    uvicorn_config = build_config(build_app(parts, lifespan), (settings.tls_cert, settings.tls_key))
    announce = partial(_print_ready_lines, address, settings, (configuration, guard), say)
    return Server(uvicorn_config, sandboxes, announce)


def _build_lifespan(
    settings: Settings,
    parts: Dependencies,
    dispatcher: WebhookDispatcher,
    reload: Callable[[], Awaitable[None]],
) -> Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any]]]:
    """What runs as long as the server does: sandboxes, file watcher, connections."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[Mapping[str, Any]]:
        parts.sandboxes.start()
        watcher = _start_file_watcher(settings, reload, parts.sandboxes.record_error)
        yield {"refused": parts.rejections}
        if watcher:
            watcher.cancel()
        await parts.sandboxes.stop()
        await dispatcher.close()

    return lifespan


def _build_dispatcher(
    address: ServerAddress, settings: Settings, loopback: Loopback
) -> WebhookDispatcher:
    own = _own_tls_endpoint(address, settings)
    return WebhookDispatcher(
        lambda: address.origin, _build_address_policy(settings), own_tls=own, loopback=loopback
    )


def _add_logger(settings: Settings, log: PrintLine, sandbox: Sandbox) -> None:
    """A new sandbox is watched, unless nobody wants to read of it."""
    if not settings.quiet:
        sandbox.state.subscribers.append(_build_logger(sandbox, settings, log))


def _start_file_watcher(
    settings: Settings, reload: Callable[[], Awaitable[None]], on_error: OnError
) -> asyncio.Task[None] | None:
    """Whoever watches the scenario files, where that is wanted."""
    present = partial(_existing_files, settings)
    return spawn(watch_files(present, reload), on_error) if settings.watch else None


def serve(settings: Settings, print_ready: PrintLine, log: PrintLine) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        OSError: the port cannot be bound.
        Mistake, Unusable: as `world`.
    """
    start = load_configuration(settings)
    taken = bind_socket(settings.host, settings.port)
    _tune_garbage_collection()
    running = build_server(start, settings, taken, (print_ready, log), AttachedApps())
    # uvicorn raises the signal once more when it has ended; by then it means nothing any more
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)
    running.run(sockets=[taken])


def _tune_garbage_collection() -> None:
    """What lives from the start is no garbage; what comes is values, which make no circles.

    Else the collector walks through all calls again and again: 140 ms for some who ask. What is
    young it looks at in small parts, or an advance of 50,000 calls holds up everybody for 400 ms.
    """
    gc.freeze()
    gc.set_threshold(2_000, 5, 5_000)
    gc.enable()


def _existing_files(settings: Settings) -> list[Path]:
    """The user's files, as far as they are there: an editor may just be replacing one."""
    with suppress(SettingsError):
        return scenario_files(settings)
    return []


class RunningServer(NamedTuple):
    """A server at work; `attached` leads from an origin to who gets its webhooks."""

    origin: str
    asgi_apps: AttachedApps


@contextmanager
def run_server(settings: Settings) -> Iterator[str]:
    """A server in a thread of its own, for as long as the block runs; gives its origin."""
    with run_attachable_server(settings) as host:
        yield host.origin


@contextmanager
def run_attachable_server(settings: Settings) -> Iterator[RunningServer]:
    """The same, for tests that attach applications to it."""
    start, ready, attached = load_configuration(settings), threading.Event(), AttachedApps()
    taken = bind_socket(settings.host, settings.port)
    saying = (lambda _: ready.set(), lambda _: None)
    inner = build_server(start, settings, taken, saying, attached)
    thread = threading.Thread(target=inner.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    ready.wait(timeout=10)
    try:
        yield RunningServer(_build_address(settings, taken).origin, attached)
    finally:
        inner.should_exit = True
        thread.join(timeout=10)
        taken.close()


def load_configuration(settings: Settings) -> Configuration:
    """The world, once every setting is known to be right.

    Raises:
        Mistake, Unusable: as `world`.
    """
    if parse_rate(settings.clock) is None:
        raise SettingsError(f"clock {settings.clock!r} is no mode: {MODES}")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("tls-cert and tls-key go together")
    for name in filter(None, (settings.tls_cert, settings.tls_key)):
        if not Path(name).is_file():
            raise SettingsError(f"tls: there is no file {name}")
    return build_configuration(settings)


def describe_providers(origin: str) -> list[dict[str, Any]]:
    """Every provider as `/_mock/providers` tells it."""
    from mockserver.web.control import providers  # noqa: PLC0415 - a server has no need of it

    return [
        providers.serialize_provider(listing.provider, origin)
        for listing in load_providers().values()
    ]


def describe_scenarios(configuration: Configuration) -> list[dict[str, Any]]:
    """Every scenario as `/_mock/scenarios` tells it."""
    from mockserver.web.control.scenarios import serialize_scenario  # noqa: PLC0415 - as above

    return [
        serialize_scenario(one)
        for one in configuration.scenarios.by_name.values()
        if "/" not in one.name
    ]


async def _reload(
    sandboxes: SandboxRegistry, settings: Settings, compiler: ScenarioCompiler, log: PrintLine
) -> None:
    """Scenario files have changed; a broken one is reported, and the last good set stays."""
    old, timing = sandboxes.initial_setup
    try:
        made = await asyncio.to_thread(build_configuration, settings._replace(seed=old.seed))
        fresh = ScenarioCompiler(settings)
        worlds = {
            one.name: fresh.build_configuration(
                one.state.configuration, one.uploaded_scenarios, made
            )
            for one in sandboxes
        }
    except (InvalidFiles, SettingsError, OSError) as wrong:
        log(f"scenario files not reloaded:\n{wrong}")
        return
    changed = {key: one for key, one in made.accounts.items() if old.accounts.get(key) != one}
    compiler.adopt_sources(fresh)
    sandboxes.initial_setup = (made, timing)
    for sandbox in sandboxes:
        seed = sandbox.state.configuration.seed
        sandbox.set_configuration(worlds[sandbox.name], changed, made._replace(seed=seed))
    log(f"scenario files reloaded: {count_scenarios(made)} scenarios")


def _build_address(settings: Settings, listener: socket) -> ServerAddress:
    scheme = "https" if settings.tls_cert else "http"
    return ServerAddress(settings.host, listener.getsockname()[1], scheme)


def _build_address_policy(settings: Settings) -> AddressPolicy:
    return AddressPolicy(
        (*DEFAULT_POLICY.allow, *settings.webhook_targets), dict(settings.webhook_rewrite)
    )


def _own_tls_endpoint(address: ServerAddress, settings: Settings) -> tuple[str, int, str] | None:
    """Where the server reaches itself by TLS, and the certificate that it then shows."""
    host = address.origin.split("//")[1].rsplit(":", 1)[0].strip("[]")
    return (host, address.port, settings.tls_cert) if settings.tls_cert else None


def _build_access_control(settings: Settings, address: ServerAddress) -> AccessControl:
    """On loopback `none` opens nothing more: a page with a rebound name would profit from it."""
    if address.is_local:
        return AccessControl(
            "" if settings.token == OPEN_ACCESS else settings.token, settings.allow_host
        )
    return AccessControl(settings.token or secrets.token_urlsafe(18), settings.allow_host)


def _build_logger(
    sandbox: Sandbox, settings: Settings, log: PrintLine
) -> Callable[[JournalEntry], None]:
    """A program gets every fact, a person of the same failure less and less."""
    from mockserver.web.views import log_lines  # noqa: PLC0415 - whoever is quiet has no need of it

    if settings.log_format == "json":
        return lambda fact: log(log_lines.format_json_line(fact, sandbox.state))
    repeats = LogThrottle()

    def tell(fact: JournalEntry) -> None:
        text, failure = log_lines.format_line(fact, sandbox.state), log_lines.failure_key(fact)
        if failure:
            text = repeats.limit(failure, text)
        if text:
            log(text)

    return tell


def _print_ready_lines(
    address: ServerAddress,
    settings: Settings,
    configuration_and_access: tuple[Configuration, AccessControl],
    print_ready: PrintLine,
) -> None:
    start, guard = configuration_and_access
    many = f"{len(start.providers)} provider{'s' if len(start.providers) != 1 else ''}"
    told = f"clock {settings.clock}, seed {start.seed}, {many}"
    print_ready(
        f"mockserver ready on {address.display_url} ({told}, {count_scenarios(start)} scenarios)"
    )
    for name in start.providers:
        print_ready(f"  {name}: {address.display_url}/{name}")
    if guard.token and not settings.token:
        print_ready(f"  control API: {TOKEN_VARIABLE}={guard.token}")
    if guard.token == OPEN_ACCESS:
        print_ready("  control API: open to whoever can reach this address")
