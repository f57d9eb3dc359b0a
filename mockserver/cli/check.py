"""`mockserver check`: every problem of scenario files, all at once."""

import sys

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings


@click.command("check")
@click.argument("paths", nargs=-1)
def command(paths: tuple[str, ...]) -> None:
    """Validate scenario files: PATHS, or those that `serve` would load.

    Prints each problem as file:line:column: message; exits with 0 when there is none, else with 2.
    """
    from mockserver.compiler import (  # noqa: PLC0415 - --help needs none of it
        InvalidFiles,
        build_configuration,
        count_scenarios,
        scenario_files,
    )

    try:
        settings = parse_settings({"scenarios": paths})
        named, made = scenario_files(settings), build_configuration(settings)
    except (InvalidFiles, SettingsError) as wrong:
        click.echo(str(wrong))
        sys.exit(BAD_USAGE)
    told = ", ".join(map(str, named)) or "no file of yours, the bundled ones"
    click.echo(f"{told}: fine; {count_scenarios(made)} scenarios in all")
