"""`mockserver scenarios`: print the scenarios that `serve` would load, with their positions."""

import sys
from typing import Any

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings


@click.command("scenarios")
@click.option("--scenarios", "paths", metavar="PATH", multiple=True, help="as of `serve`")
def command(paths: tuple[str, ...]) -> None:
    """List every scenario that `serve` would load, its place in a file, and its aspects."""
    from mockserver.app import describe_scenarios  # noqa: PLC0415 - --help needs none of it
    from mockserver.compiler import InvalidFiles, build_configuration  # noqa: PLC0415 - as above

    try:
        configuration = build_configuration(parse_settings({"scenarios": paths}))
    except (InvalidFiles, SettingsError) as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_USAGE)
    for scenario in describe_scenarios(configuration):
        click.echo(_format_scenario(scenario, configuration.scenarios.default))


def _format_scenario(scenario: dict[str, Any], default: str) -> str:
    position = (
        scenario["file"]
        if scenario["file"] == "bundled"
        else f"{scenario['file']}:{scenario['line']}"
    )
    marks = ["default"] if scenario["name"] == default else []
    marks += ["by match"] if scenario["matches"] else []
    aspects = ", ".join([*scenario["aspects"], *marks])
    return f"{scenario['name']:<24} {aspects:<28} {position}"
