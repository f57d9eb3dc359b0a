"""`mockserver check`: report all problems in scenario files at once."""

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
        files, configuration = scenario_files(settings), build_configuration(settings)
    except (InvalidFiles, SettingsError) as error:
        click.echo(str(error))
        sys.exit(BAD_USAGE)
    names = ", ".join(map(str, files)) or "no file of yours, the bundled ones"
    click.echo(f"{names}: fine; {count_scenarios(configuration)} scenarios in all")
