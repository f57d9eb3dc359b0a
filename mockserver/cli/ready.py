"""`mockserver ready`: check that a running server is ready, or wait until it is."""

import json
import os
import re
from http.client import HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import click

from mockserver.cli import BAD_USAGE, end
from mockserver.cli.connection import origin_of
from mockserver.settings import SettingsError, parse_settings

PAUSE = 0.1  # real seconds between two questions
TIMEOUT = 2.0  # real seconds for one response
NOT_READY = (OSError, HTTPException, ValueError, LookupError, TypeError)


@click.command("ready")
@click.option(
    "--url",
    metavar="URL",
    help="origin of the server, instead of MOCKSERVER_HOST and MOCKSERVER_PORT",
)
@click.option(
    "--timeout",
    metavar="DURATION",
    callback=lambda _, __, text: _parse_timeout(text),
    default="0s",
    help="how long to wait until the server is ready, such as 30s or 1m  [0s]",
)
@click.option(
    "--pid",
    metavar="PID",
    type=click.IntRange(1),
    help="process id of the server: stop waiting if it has ended (not on Windows)",
)
def command(url: str | None, timeout: float, pid: int | None) -> None:
    """Exit with 0 if the server is ready, else with 1."""
    try:
        settings = parse_settings({})
    except SettingsError as error:
        end(f"mockserver: {error}", BAD_USAGE)
    if pid and os.name == "nt":
        end("mockserver: --pid does not work on Windows: leave it out", BAD_USAGE)
    origin = (url or origin_of(settings)).rstrip("/")
    health = _wait_for_health(origin, monotonic() + timeout, pid)
    click.echo(f"mockserver {health['version']} at {origin} is {health['status']}")


def _parse_timeout(text: str) -> float:
    match = re.fullmatch(r"(\d{1,5}(?:\.\d{1,3})?)(s|m)?", text, re.ASCII)
    if match is None:
        raise click.BadParameter(f"{text!r} is not a duration such as 30s or 1m")
    return float(match[1]) * (60 if match[2] == "m" else 1)


def _wait_for_health(origin: str, deadline: float, pid: int | None) -> Any:
    """Ask until the server is ready; exit with 1 at `deadline`, or when its process has ended."""
    while True:
        if pid and not _is_running(pid):
            end(f"mockserver at {origin} is not ready: its process {pid} has ended")
        try:
            return _fetch_health(origin)
        except NOT_READY as error:
            if monotonic() + PAUSE > deadline:
                end(f"mockserver at {origin} is not ready: {error}")
        sleep(PAUSE)


def _fetch_health(origin: str) -> Any:
    """Fetch the health report, without the proxies that the environment names."""
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"{origin}/_mock/health", timeout=TIMEOUT) as response:
            health = json.load(response)
    except HTTPError as error:
        error.close()
        raise
    return {key: health[key] for key in ("version", "status")}


def _is_running(pid: int) -> bool:
    """Return whether a process runs; one that has ended but is not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:  # not on Linux
        return True
    return state != "Z"
