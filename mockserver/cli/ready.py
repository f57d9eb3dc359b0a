"""`mockserver ready`: check that a running server is ready."""

import json
import sys
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings


@click.command("ready")
@click.option("--url", metavar="URL", help="origin of the server, else MOCKSERVER_HOST and _PORT")
def command(url: str | None) -> None:
    """Exit with 0 when a running server is ready, else with 1."""
    try:
        settings = parse_settings({})
    except SettingsError as error:
        click.echo(f"mockserver: {error}", err=True)
        sys.exit(BAD_USAGE)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    origin = (url or f"http://{host}:{settings.port}").rstrip("/")
    try:
        health = _fetch_health(origin)
        click.echo(f"mockserver {health['version']} at {origin} is {health['status']}")
    except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
        click.echo(f"mockserver at {origin} is not ready: {error}", err=True)
        sys.exit(1)


def _fetch_health(origin: str) -> Any:
    """Fetch the health report, without the proxies that the environment names."""
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"{origin}/_mock/health", timeout=2) as response:
            return json.load(response)
    except HTTPError as error:
        error.close()
        raise
