"""Which running server a command asks: its options, and what they are by default."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click

from mockserver.cli import BAD_USAGE, end
from mockserver.settings import Settings, SettingsError, parse_settings

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound
SCHEMES = ("http", "https")


class Server(NamedTuple):
    """A running server, one of its sandboxes, and the token of its control API."""

    origin: str
    sandbox: str
    token: str


def with_server_options(function: Callable[..., None]) -> Callable[..., None]:
    """Decorate a click command: it gets a `Server` out of --url, --sandbox and --token."""

    def command(url: str | None, sandbox: str, token: str, **more: Any) -> None:
        function(server=Server(url or default_origin(), sandbox, token), **more)

    options = (
        click.option("--url", metavar="URL", callback=_check_url,
                     help="origin of the server, instead of MOCKSERVER_HOST and MOCKSERVER_PORT"),
        click.option("--sandbox", metavar="NAME", default="default", show_default=True,
                     help="name of the sandbox"),
        click.option("--token", metavar="TEXT", envvar="MOCKSERVER_TOKEN", default="",
                     help="token of the control API  (MOCKSERVER_TOKEN)"),
    )  # fmt: skip
    command.__doc__ = function.__doc__
    command.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed(options):
        command = option(command)
    return command


def _check_url(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_origin = parts.scheme in SCHEMES and parts.hostname and parts.port != 0
    except ValueError:  # brackets that are no address, or a port that is no number up to 65535
        is_origin = False
    if not is_origin:
        raise click.BadParameter(f"{url!r} is not an origin such as http://127.0.0.1:8080")
    return f"{parts.scheme}://{parts.netloc}"


def default_origin() -> str:
    try:
        return origin_of(parse_settings({}))
    except SettingsError as error:
        end(f"mockserver: {error}", BAD_USAGE)


def origin_of(settings: Settings) -> str:
    """Return where a server with these settings is reached from this machine."""
    return f"http://{ANY_ADDRESS.get(settings.host, settings.host)}:{settings.port}"
