"""`mockserver exec -- COMMAND`: run a command with a server whose URLs are in its environment."""

import os
import subprocess
import sys
from typing import Any

import click

from mockserver.cli import BAD_USAGE
from mockserver.cli.serve import with_serve_options
from mockserver.settings import SettingsError, parse_settings

COMMAND_NOT_FOUND = 127
DEFAULT_FLAGS = {"port": "0", "quiet": True}


@click.command("exec", context_settings={"ignore_unknown_options": True})
@with_serve_options
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def command(words: tuple[str, ...], **flags: Any) -> None:
    """Run COMMAND with a server beside it, and exit with its code.

    Its environment has MOCKSERVER_URL, and for each provider its base URL, such as
    MOBTEXTING_URL. The server takes the options of `serve`, on a free port unless told otherwise.
    """
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    try:
        settings = parse_settings({**DEFAULT_FLAGS, **given})
    except SettingsError as error:
        click.echo(f"mockserver: {error}", err=True)
        sys.exit(BAD_USAGE)
    sys.exit(_run(settings, words))


def _run(settings: Any, words: tuple[str, ...]) -> int:
    from mockserver.app import describe_providers, run_server  # noqa: PLC0415 - --help needs none of it

    with run_server(settings) as origin:
        providers = describe_providers(origin)
        urls = {f"{entry['name'].upper()}_URL": entry["base_url"] for entry in providers}
        try:
            environment = {**os.environ, "MOCKSERVER_URL": origin, **urls}
            return subprocess.run(words, env=environment, check=False).returncode  # noqa: S603 - the user's own command
        except FileNotFoundError:
            click.echo(f"mockserver: there is no command {words[0]}", err=True)
            return COMMAND_NOT_FOUND
