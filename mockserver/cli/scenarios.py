"""`mockserver scenarios`: print the scenarios that `serve` would load, or one of them."""

import sys
from typing import Any

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings


@click.command("scenarios")
@click.argument("name", required=False)
@click.option("--scenarios", "paths", metavar="PATH", multiple=True, help="as of `serve`")
def command(name: str | None, paths: tuple[str, ...]) -> None:
    """List every scenario that `serve` would load, its place in a file, and its aspects.

    With NAME, print that scenario: what it says and leads to, and where it can play.
    """
    from mockserver.app import (  # noqa: PLC0415 - --help needs none of it
        describe_scenario,
        describe_scenarios,
    )
    from mockserver.compiler import InvalidFiles, build_configuration  # noqa: PLC0415 - as above

    try:
        configuration = build_configuration(parse_settings({"scenarios": paths}))
        if name is not None:
            click.echo("\n".join(describe_scenario(configuration, name)))
            return
    except (InvalidFiles, SettingsError, LookupError) as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_USAGE)
    scenarios = configuration.scenarios
    for scenario in describe_scenarios(configuration):
        description = scenarios.by_name[scenario["name"]].description
        line = _format_scenario(scenario, scenarios.default)
        click.echo(f"{line}  {description}".rstrip())


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
