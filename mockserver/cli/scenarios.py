"""`mockserver scenarios`: what would be loaded, from where."""

import sys
from typing import Any

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import Mistake, read


@click.command("scenarios")
@click.option("--scenarios", "paths", metavar="PATH", multiple=True, help="as of `serve`")
def command(paths: tuple[str, ...]) -> None:
    """Every scenario that `serve` would load, where it stands, and what it speaks to."""
    from mockserver.app import scenarios  # noqa: PLC0415 - --help needs none of it
    from mockserver.world import Unusable, world  # noqa: PLC0415 - as above

    try:
        made = world(read({"scenarios": paths}))
    except (Unusable, Mistake) as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(BAD_USAGE)
    for one in scenarios(made):
        click.echo(_text(one, made.scenarios.default))


def _text(one: dict[str, Any], default: str) -> str:
    place = one["file"] if one["file"] == "bundled" else f"{one['file']}:{one['line']}"
    marks = ["default"] if one["name"] == default else []
    marks += ["by match"] if one["matches"] else []
    speaks = ", ".join([*one["speaks_to"], *marks])
    return f"{one['name']:<24} {speaks:<28} {place}"
