"""`mockserver timeline`: print the timeline of a running server as text or as a diagram."""

from urllib.parse import quote

import click

from mockserver.cli.connection import Server, with_server_options
from mockserver.cli.control import read


@click.command("timeline")
@click.argument("call", required=False)
@with_server_options
@click.option("--text", "form", flag_value="text", help="print a line for each event")
@click.option(
    "--mermaid",
    "form",
    flag_value="mermaid",
    default=True,
    help="print a sequence diagram (default)",
)
def command(server: Server, call: str | None, form: str) -> None:
    """Print the timeline of a sandbox, or of CALL, as a Mermaid sequence diagram."""
    path = f"/calls/{quote(call, safe='')}/timeline" if call else "/timeline"
    click.echo(read(server, "GET", f"{path}?format={form}"), nl=False)
