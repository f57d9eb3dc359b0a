"""`mockserver openapi`: print a provider's OpenAPI document."""

import json
import sys

import click

from mockserver.cli import BAD_USAGE


@click.command("openapi")
@click.argument("provider")
def command(provider: str) -> None:
    """Print the OpenAPI 3.1 document of PROVIDER."""
    from mockserver.compiler import load_providers  # noqa: PLC0415 - --help needs none of it

    known = load_providers()
    if provider not in known:
        click.echo(f"no provider is named {provider!r}; known: {', '.join(known)}", err=True)
        sys.exit(BAD_USAGE)
    click.echo(json.dumps(known[provider].document(), indent=2))
