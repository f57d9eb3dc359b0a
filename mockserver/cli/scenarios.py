"""`mockserver scenarios`: print the scenarios that `serve` would load, or one of them."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings


@click.command("scenarios")
@click.argument("name", required=False)
@click.option(
    "--scenarios",
    "paths",
    metavar="PATH",
    multiple=True,
    help="scenario file or directory, as for `serve` (repeatable)",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json prints what GET /_mock/scenarios returns",
)
def command(name: str | None, paths: tuple[str, ...], form: str) -> None:
    """List the scenarios that `serve` would load, each with its file and line and its aspects.

    With NAME, print that scenario, the scenarios it uses, and the operations on which it can play.
    """
    from mockserver.app import (  # noqa: PLC0415 - --help needs none of it
        describe_scenario,
        scenarios_as_json,
    )
    from mockserver.compiler import InvalidFiles, build_configuration  # noqa: PLC0415 - as above

    try:
        configuration = build_configuration(parse_settings({"scenarios": paths}))
        if form == "json":
            content = scenarios_as_json(configuration, name)
            click.echo(json.dumps(content, indent=2, ensure_ascii=False))
        elif name is not None:
            click.echo("\n".join(describe_scenario(configuration, name)))
        else:
            click.echo("\n".join(_format_scenarios(configuration)))
    except (InvalidFiles, SettingsError, LookupError) as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_USAGE)


def _format_scenarios(configuration: Any) -> Iterator[str]:
    from mockserver.app import describe_scenarios  # noqa: PLC0415 - as above

    scenarios = configuration.scenarios
    for scenario in describe_scenarios(configuration):
        description = scenarios.by_name[scenario["name"]].description
        line = _format_scenario(scenario, scenarios.default)
        yield f"{line}  {description}".rstrip()


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
