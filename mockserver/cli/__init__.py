"""The command `mockserver`; the module of a subcommand is imported when it is called."""

import sys
from pathlib import PurePath
from typing import Any, NoReturn

import click

from mockserver import __version__
from mockserver.cli.group import COMMANDS, LazyGroup

__all__ = ["BAD_USAGE", "COMMANDS", "INTERNAL_ERROR", "end", "group", "main"]

BAD_USAGE = 2
INTERNAL_ERROR = 70
PROGRAM_NAMES = ("mockserver", "call-mockserver")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="mockserver")
def group() -> None:
    """Emulate five telephone-call APIs on one port: calls, lifecycles, webhooks, virtual time.

    Without a command it serves.
    """


def main(args: list[str] | None = None) -> Any:
    """Run and exit with 0, 2 (bad usage or files), 3 (port cannot be bound) or 70 (our bug)."""
    try:
        return group(args=args, prog_name=_program_name(sys.argv[0]))
    except Exception as error:  # noqa: BLE001 - the last place where a bug of ours can be reported
        sys.excepthook(type(error), error, error.__traceback__)
        click.echo(f"mockserver: this is a fault of the mock server: {error!r}", err=True)
        sys.exit(INTERNAL_ERROR)


def end(text: str, code: int = 1) -> NoReturn:
    """Print a text on standard error, and exit with a code."""
    click.echo(text, err=True)
    sys.exit(code)


def _program_name(path: str) -> str:
    """Return the name by which the command was called; completion asks for it by this name."""
    name = PurePath(path).name.removesuffix(".exe")
    return name if name in PROGRAM_NAMES else "mockserver"
