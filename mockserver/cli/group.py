"""The group of subcommands: imports them lazily, knows the nearest name, and completes."""

from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

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
    "ca",
    "rekey",
    "exec",
    "timeline",
    "replay",
    "ordeal",
    "ui",
)
OWN_OPTIONS = ("--help", "-h", "--version", "-V")


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
        is_named = args and (not args[0].startswith("-") or args[0] in OWN_OPTIONS)
        is_completed = ctx.resilient_parsing and not args
        return super().parse_args(ctx, args if is_named or is_completed else ["serve", *args])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in COMMANDS or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        [*nearest] = get_close_matches(name, COMMANDS, 1)
        hint = f"Did you mean {nearest[0]!r}?" if nearest else f"There are {', '.join(COMMANDS)}."
        raise click.UsageError(f"No such command {name!r}. {hint}", ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command, and the options of `serve`, which needs no name."""
        items = super().shell_complete(ctx, incomplete)
        serve = self.get_command(ctx, "serve")
        if serve and incomplete.startswith("-"):
            known = {item.value for item in items}
            with click.Context(serve, parent=ctx, info_name="serve") as serve_context:
                options = serve.shell_complete(serve_context, incomplete)
            items += [option for option in options if option.value not in known]
        return items
