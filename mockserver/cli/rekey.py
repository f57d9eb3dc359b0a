"""`mockserver rekey`: give the file of a store another key, the first one, or none."""

from pathlib import Path

import click

from mockserver.app.rekey import rekey
from mockserver.cli import BAD_USAGE, end
from mockserver.settings import SettingsError


@click.command("rekey")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--store-key",
    metavar="FILE",
    default="",
    envvar="MOCKSERVER_STORE_KEY",
    help="the key that the file has now, if it has one  (MOCKSERVER_STORE_KEY)",
)
@click.option("--new-key", metavar="FILE", default="", help="the key that it shall have")
@click.option("--no-key", is_flag=True, help="store as plain text what is encrypted now")
def command(file: Path, store_key: str, new_key: str, *, no_key: bool) -> None:
    """Encrypt FILE, in which `serve --store` keeps sandboxes, with another key.

    No server may have it open.
    """
    if bool(new_key) == no_key:
        end("mockserver: name a file with --new-key, or say --no-key", BAD_USAGE)
    try:
        count = rekey(file, store_key, new_key)
    except SettingsError as error:
        end(f"mockserver: {error}", BAD_USAGE)
    key = f"the key in {new_key}" if new_key else "no key"
    click.echo(f"{file} has {key} now, and {count} sandbox{'' if count == 1 else 'es'}")
