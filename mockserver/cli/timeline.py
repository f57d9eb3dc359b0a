"""`mockserver timeline`: print the timeline of a running server as text or as a diagram."""

import json
import sys
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import click


@click.command("timeline")
@click.argument("call", required=False)
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="of the server")
@click.option("--sandbox", default="default", show_default=True)
@click.option("--token", envvar="MOCKSERVER_TOKEN", default="", help="of its control API")
@click.option("--text", "form", flag_value="text", help="line by line")
@click.option("--mermaid", "form", flag_value="mermaid", default=True, help="a sequence diagram")
def command(call: str | None, url: str, sandbox: str, token: str, form: str) -> None:
    """Print the timeline of a sandbox, or of one CALL, as a Mermaid sequence diagram."""
    prefix = "" if sandbox == "default" else f"/_sandbox/{sandbox}"
    path = f"/calls/{call}/timeline" if call else "/timeline"
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = Request(f"{url.rstrip('/')}{prefix}/_mock{path}?format={form}", headers=headers)  # noqa: S310 - the user's own server
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=10) as response:
            click.echo(response.read().decode(), nl=False)
    except HTTPError as error:
        with error:
            click.echo(f"mockserver: {_read_detail(error.read().decode())}", err=True)
        sys.exit(1)
    except URLError as error:
        click.echo(f"mockserver: nobody answers at {url}: {error.reason}", err=True)
        sys.exit(1)


def _read_detail(body: str) -> str:
    """Return what a problem of the server says; else the body as it is."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, LookupError, TypeError):
        return body
