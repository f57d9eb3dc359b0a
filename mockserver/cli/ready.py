"""`mockserver ready`: whether a running server answers."""

import json
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import click

from mockserver.settings import read


@click.command("ready")
@click.option("--url", metavar="URL", help="origin of the server, else MOCKSERVER_HOST and _PORT")
def command(url: str | None) -> None:
    """Exit with 0 when a running server is ready, else with 1."""
    settings = read({})
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    origin = (url or f"http://{host}:{settings.port}").rstrip("/")
    try:
        # environment proxies have no business between a container and itself
        with build_opener(ProxyHandler({})).open(f"{origin}/_mock/health", timeout=2) as answer:
            health = json.load(answer)
    except (URLError, OSError, ValueError) as error:
        click.echo(f"mockserver at {origin} is not ready: {error}", err=True)
        sys.exit(1)
    click.echo(f"mockserver {health['version']} at {origin} is {health['status']}")
