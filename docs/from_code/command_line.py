"""Generate the page of the command line from the settings and from `--help` of each command."""

import click

from from_code.markdown import block, code, table
from mockserver.cli import group
from mockserver.settings import OPTIONS


def page() -> str:
    context = click.Context(group, info_name="mockserver", **group.context_settings)
    parts = ["# Command line\n", "## Settings\n", _settings()]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None  # noqa: S101 - `list_commands` has listed it
        command_context = click.Context(
            command,
            info_name=name,
            parent=context,
            max_content_width=96,
            **command.context_settings,
        )
        parts += [f"## mockserver {name}\n", block(command.get_help(command_context))]
    return "\n".join(parts)


def _settings() -> str:
    heads = ("option of `serve` and `exec`", "variable", "default", "description")
    rows = (
        (
            code(option.flag if option.kind == "flag" else f"{option.flag} {option.metavar}"),
            code(option.variable),
            code(option.default),
            option.description + (" (repeatable)" if option.kind == "repeatable" else ""),
        )
        for option in OPTIONS
    )
    return table(heads, rows)
