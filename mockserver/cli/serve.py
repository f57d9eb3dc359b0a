"""`mockserver serve`: serve all providers on one port, until SIGTERM, SIGHUP or SIGINT."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import OPTIONS, Option, SettingsError, parse_settings
from mockserver.settings.signals import ENDING_SIGNALS

CANNOT_BIND = 3


def with_serve_options(function: Callable[..., None]) -> Callable[..., None]:
    """Decorate a click command with all options of `serve`."""
    for option in reversed(OPTIONS):
        function = _click_option(option)(function)
    return function


def _click_option(option: Option) -> Callable[[Callable[..., None]], Callable[..., None]]:
    default = f"  [{option.default}]" if option.default else ""
    text = f"{option.description}{default}  ({option.variable})"
    if option.kind == "flag":
        return click.option(option.flag, is_flag=True, default=None, help=text)
    multiple = option.kind == "repeatable"
    return click.option(option.flag, metavar=option.metavar, multiple=multiple, help=text)


@click.command("serve")
@with_serve_options
def command(**flags: Any) -> None:
    """Serve all five providers on one port, until SIGTERM, SIGHUP or Ctrl-C."""
    with _end_on_signals():
        try:
            settings = parse_settings(flags)
            _run(settings)
        except SettingsError as error:
            _exit_with(BAD_USAGE, f"mockserver: {error}")


@contextmanager
def _end_on_signals() -> Iterator[None]:
    """End at once, with 0, on a signal before the server handles it: there is nothing to end."""
    before = {number: signal.signal(number, lambda *_: os._exit(0)) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(settings: Any) -> None:
    gc.disable()  # all objects of the start are kept: collections would find no garbage
    from mockserver.app import format_message, serve  # noqa: PLC0415 - --help needs none of it
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - as above

    try:
        serve(settings, _print_ready, _print_log, is_colored=wants_color(sys.stderr))
    except InvalidFiles as error:
        _exit_with(BAD_USAGE, format_message(settings, "start-error", str(error)))
    except OSError as error:
        text = format_bind_error(error, settings)
        _exit_with(CANNOT_BIND, format_message(settings, "start-error", text))
    finally:
        gc.enable()


def format_bind_error(error: OSError, settings: Any) -> str:
    """Say which port cannot be bound, and what to do."""
    is_tls = error.filename == "https-port"
    option, number = ("https-port", settings.https_port) if is_tls else ("port", settings.port)
    port = f"port {number} of {settings.host}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"mockserver: {port} is taken: stop what listens there, or choose another by --{option}"
        )
    return (
        f"mockserver: {port} cannot be bound ({error.strerror}): "
        f"choose another by --host, --{option}"
    )


def wants_color(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the stream is a terminal with colors; NO_COLOR with any text forbids them."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def _print_ready(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the ready line is this command's output


def _print_log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the lines that --quiet switches off


def _exit_with(code: int, text: str) -> None:
    _print_log(text)
    sys.exit(code)
