"""The command `mockserver`; the module of a subcommand is imported when it is called."""

import sys
from importlib import import_module
from typing import Any

import click

from mockserver import __version__

COMMANDS = (
    "serve",
    "demo",
    "place",
    "phone",
    "init",
    "check",
    "providers",
    "scenarios",
    "numbers",
    "schema",
    "openapi",
    "ready",
    "exec",
    "timeline",
    "replay",
)
BAD_USAGE = 2
INTERNAL_ERROR = 70


class LazyGroup(click.Group):
    """A group that imports subcommands lazily; without a name, or with options only, it serves."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mockserver.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        complete = args and (not args[0].startswith("-") or args[0] in ("--help", "--version"))
        return super().parse_args(ctx, args if complete else ["serve", *args])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="mockserver")
def group() -> None:
    """Emulate five telephone-call APIs on one port: calls, lifecycles, webhooks, virtual time.

    Without a command it serves.
    """


def main(args: list[str] | None = None) -> Any:
    """Run and exit with 0, 2 (bad usage or files), 3 (port cannot be bound) or 70 (our bug)."""
    try:
        return group(args=args, prog_name="mockserver")
    except Exception as error:  # noqa: BLE001 - the last place where a bug of ours can be reported
        sys.excepthook(type(error), error, error.__traceback__)
        click.echo(f"mockserver: this is a fault of the mock server: {error!r}", err=True)
        sys.exit(INTERNAL_ERROR)
