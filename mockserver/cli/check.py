"""`mockserver check`: every problem of scenario files, all at once."""

import sys

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import Mistake, read


@click.command("check")
@click.argument("paths", nargs=-1)
def command(paths: tuple[str, ...]) -> None:
    """Validate scenario files: PATHS, or those that `serve` would load.

    Prints each problem as file:line:column: message; exits with 0 when there is none, else with 2.
    """
    from mockserver.world import Unusable, counted, files, world  # noqa: PLC0415 - --help needs none of it

    try:
        settings = read({"scenarios": paths})
        named, made = files(settings), world(settings)
    except (Unusable, Mistake) as wrong:
        click.echo(str(wrong))
        sys.exit(BAD_USAGE)
    told = ", ".join(map(str, named)) or "no file of yours, the bundled ones"
    click.echo(f"{told}: fine; {counted(made)} scenarios in all")
