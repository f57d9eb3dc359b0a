"""Every command with its options, as `--help` tells them."""

import click

from from_code.markdown import block, code, table
from mockserver.cli import group
from mockserver.settings import OPTIONS


def page() -> str:
    context = click.Context(group, info_name="mockserver")
    parts = ["# Command line\n", "## Settings\n", _settings()]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None  # noqa: S101 - it has just been listed
        inner = click.Context(command, info_name=name, parent=context, max_content_width=96)
        parts += [f"## mockserver {name}\n", block(command.get_help(inner))]
    return "\n".join(parts)


def _settings() -> str:
    heads = ("option of `serve` and `exec`", "variable", "default", "what it says")
    rows = (
        (
            code(one.flag if one.kind == "flag" else f"{one.flag} {one.metavar}"),
            code(one.variable),
            code(one.default),
            one.description + (" (repeatable)" if one.kind == "repeatable" else ""),
        )
        for one in OPTIONS
    )
    return table(heads, rows)
