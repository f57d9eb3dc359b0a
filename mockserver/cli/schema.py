"""`mockserver schema`: print the JSON Schema of scenario files."""

import json

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of scenario files."""
    from mockserver.compiler import load_scenario_schema  # noqa: PLC0415 - --help needs none of it

    click.echo(json.dumps(load_scenario_schema(), indent=2))
