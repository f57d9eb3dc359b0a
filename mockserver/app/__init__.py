"""The composition root: builds a server from its settings, and runs it."""

import asyncio
import gc
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import (
    closing,
    contextmanager,
)
from functools import partial
from socket import socket

from mockserver.app.addresses import (
    build_access_control,
    build_address,
    build_dispatcher,
    build_own_address,
)
from mockserver.app.configuration import load_configuration
from mockserver.app.first_request import remind_of_base_urls
from mockserver.app.https import HttpsParts, open_https
from mockserver.app.lifespan import Hooks, build_lifespan
from mockserver.app.output import (
    LogLook,
    PrintLine,
    add_logger,
    describe_evidence,
    describe_providers,
    describe_scenario,
    describe_scenarios,
    format_message,
    print_ready_lines,
    scenarios_as_json,
)
from mockserver.app.world import World, build_world, open_store
from mockserver.compiler import (
    InvalidFiles,
    ScenarioCompiler,
    build_configuration,
    count_scenarios,
)
from mockserver.config.registry import load_control_openapi
from mockserver.core.configuration import Configuration
from mockserver.runtime.background import Background
from mockserver.runtime.loopback import deliver_to_inbox
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings, SettingsError
from mockserver.settings.signals import ENDING_SIGNALS
from mockserver.web.app import build_app
from mockserver.web.dependencies import Dependencies
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.router import Router
from mockserver.web.server.uvicorn_server import (
    Server,
    ServerAddress,
    bind_socket,
    build_config,
)

__all__ = [
    "describe_evidence",
    "describe_providers",
    "describe_scenario",
    "describe_scenarios",
    "format_message",
    "load_configuration",
    "run_https_server",
    "run_server",
    "scenarios_as_json",
    "serve",
]


def build_server(  # noqa: PLR0913 - the last two are optional
    configuration: Configuration,
    settings: Settings,
    listener: socket,
    printers: tuple[PrintLine, PrintLine],
    *,
    is_colored: bool = False,
    https_parts: HttpsParts | None = None,
) -> Server:
    """Build a server on a bound socket; `printers` are (for the ready lines, for the log)."""
    (print_ready, log), https = printers, https_parts and https_parts.https
    address = build_address(settings, listener, https_parts)
    access_control = build_access_control(settings, address)
    own_address = build_own_address(settings, listener)
    dispatcher = build_dispatcher(
        settings, address, own_address, lambda request: deliver_to_inbox(sandboxes, request)
    )
    on_created = partial(add_logger, settings, log, LogLook(address.origin, is_colored))
    stored = open_store(settings, configuration)
    sandboxes = SandboxRegistry(dispatcher, stored.setup, on_created, durability=stored.durability)
    world = build_world(settings, sandboxes, stored, partial(_say, settings, log))
    dependencies = Dependencies(
        sandboxes=sandboxes,
        router=Router(configuration.providers),
        origins=address.origins,
        compile_scenarios=world.compiler,
        control_document=load_control_openapi,
        rejections=Counter(),
        log_throttle=LogThrottle(),
        background=Background(),
        access_control=access_control,
        public_url=settings.public_url.rstrip("/"),
        https=https,
    )
    hooks = _build_hooks(settings, dependencies, world, address.display_url, log)
    lifespan = build_lifespan(settings, dependencies, dispatcher, hooks)
    ready = partial(print_ready_lines, address, settings, (world.configuration, access_control))
    app, on_ready = build_app(dependencies, lifespan), partial(ready, print_ready)
    config = build_config(app, (settings.tls_cert, settings.tls_key), is_proxy=settings.https)
    return Server(config, sandboxes, on_ready, https_parts and https_parts.listener)


def _say(settings: Settings, log: PrintLine, text: str, kind: str = "store") -> None:
    log(format_message(settings, kind, text))


def _build_hooks(
    settings: Settings, dependencies: Dependencies, world: World, origin: str, log: PrintLine
) -> Hooks:
    return Hooks(
        world.start,
        partial(_reload, dependencies.sandboxes, settings, world.compiler, log),
        partial(remind_of_base_urls, origin, dependencies.router.has_been_asked, log),
    )


def serve(
    settings: Settings, print_ready: PrintLine, log: PrintLine, *, is_colored: bool = False
) -> None:
    """Serve until SIGTERM, SIGHUP or SIGINT.

    Raises:
        OSError: the port cannot be bound.
        SettingsError, InvalidFiles: as `load_configuration`.
    """
    configuration = load_configuration(settings)

    say = partial(_say, settings, log, kind="https")
    with (
        closing(bind_socket(settings.host, settings.port)) as listener,
        open_https(settings, configuration.providers, say) as parts,
    ):
        tune_garbage_collection()
        printers = (print_ready, log)
        server = build_server(
            configuration, settings, listener, printers, is_colored=is_colored, https_parts=parts
        )
        # uvicorn handles all but SIGHUP itself, and raises them once more after its shutdown, when
        # they have no effect
        for number in ENDING_SIGNALS:
            signal.signal(number, server.end)
        server.run(sockets=[listener])


def tune_garbage_collection() -> None:
    """Exempt the objects of the start, and make full collections rare: values form no cycles.

    A full collection visits every call, which delayed some requests by 140 ms. The youngest
    generation is kept small, or an advance of 50,000 calls would block all requests for 400 ms.
    """
    gc.freeze()
    gc.set_threshold(2_000, 5, 5_000)
    gc.enable()


@contextmanager
def run_server(settings: Settings) -> Iterator[str]:
    """Run a server in its own thread during a `with` block, which gets its origin."""
    with _run_in_thread(settings) as (address, _):
        yield address.origin


@contextmanager
def run_https_server(settings: Settings) -> Iterator[tuple[ServerAddress, HttpsParts]]:
    """Run a server with `--https` in its own thread during a `with` block."""
    with _run_in_thread(settings) as (address, parts):
        if parts is None:
            raise SettingsError("the server has no https: set https")
        yield address, parts


@contextmanager
def _run_in_thread(settings: Settings) -> Iterator[tuple[ServerAddress, HttpsParts | None]]:
    configuration = load_configuration(settings)
    ready = threading.Event()
    printers = (lambda _: ready.set(), lambda _: None)
    with (
        closing(bind_socket(settings.host, settings.port)) as listener,
        open_https(settings, configuration.providers, printers[1]) as parts,
    ):
        server = build_server(configuration, settings, listener, printers, https_parts=parts)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        ready.wait(timeout=10)
        try:
            yield build_address(settings, listener, parts), parts
        finally:
            server.end()
            thread.join(timeout=10)


async def _reload(
    sandboxes: SandboxRegistry, settings: Settings, compiler: ScenarioCompiler, log: PrintLine
) -> None:
    """Reload changed scenario files; if one is invalid, log that and keep the last valid ones."""
    old, timing = sandboxes.initial_setup
    try:
        new = await asyncio.to_thread(build_configuration, settings._replace(seed=old.seed))
        new_compiler = ScenarioCompiler(settings)
        configurations = {
            sandbox.name: new_compiler.build_configuration(
                sandbox.state.configuration, sandbox.uploaded_scenarios, new
            )
            for sandbox in sandboxes
        }
    except (InvalidFiles, SettingsError, OSError) as error:
        sandboxes.scenario_problems = tuple(str(error).splitlines())
        log(format_message(settings, "reload-error", f"scenario files not reloaded:\n{error}"))
        return
    sandboxes.scenario_problems = ()
    changed = {
        key: account for key, account in new.accounts.items() if old.accounts.get(key) != account
    }
    compiler.adopt_sources(new_compiler)
    sandboxes.initial_setup = (new, timing)
    for sandbox in sandboxes:
        seed = sandbox.state.configuration.seed
        sandbox.set_configuration(configurations[sandbox.name], changed, new._replace(seed=seed))
    summary = f"scenario files reloaded: {count_scenarios(new)} scenarios"
    log(format_message(settings, "reload", summary))
