"""`mockserver serve`: all providers on one port, until SIGTERM or SIGINT."""

import errno
import gc
import sys
from collections.abc import Callable
from typing import Any

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import OPTIONS, Option, SettingsError, parse_settings

CANNOT_BIND = 3


def with_serve_options(function: Callable[..., None]) -> Callable[..., None]:
    """The function with all options of `serve`."""
    for option in reversed(OPTIONS):
        function = _click_option(option)(function)
    return function


def _click_option(option: Option) -> Callable[[Callable[..., None]], Callable[..., None]]:
    shown = f"  [{option.default}]" if option.default else ""
    text = f"{option.description}{shown}  ({option.variable})"
    if option.kind == "flag":
        return click.option(option.flag, is_flag=True, default=None, help=text)
    multiple = option.kind == "repeatable"
    return click.option(option.flag, metavar=option.metavar, multiple=multiple, help=text)


@click.command("serve")
@with_serve_options
def command(**flags: Any) -> None:
    """Serve all five providers on one port, until SIGTERM or Ctrl-C."""
    try:
        settings = parse_settings(flags)
        _run(settings)
    except SettingsError as mistake:
        _exit_with(BAD_USAGE, f"mockserver: {mistake}")


def _run(settings: Any) -> None:
    gc.disable()  # what the start makes is kept: who looks for garbage in it finds none
    from mockserver.app import serve  # noqa: PLC0415 - --help needs none of it
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - as above

    try:
        serve(settings, _print_ready, _print_log)
    except InvalidFiles as unusable:
        _exit_with(BAD_USAGE, str(unusable))
    except OSError as error:
        _exit_with(CANNOT_BIND, _format_bind_error(error, settings))
    finally:
        gc.enable()


def _format_bind_error(error: OSError, settings: Any) -> str:
    place = f"port {settings.port} of {settings.host}"
    if error.errno == errno.EADDRINUSE:
        return f"mockserver: {place} is taken: stop what listens there, or choose another by --port"
    return (
        f"mockserver: {place} cannot be bound ({error.strerror}): choose another by --host, --port"
    )


def _print_ready(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the ready line is this command's output


def _print_log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the lines that --quiet switches off


def _exit_with(code: int, text: str) -> None:
    _print_log(text)
    sys.exit(code)
