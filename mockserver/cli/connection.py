"""How commands reach a running server: options, requests, and errors that say what to do."""

import json
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import click

from mockserver.cli import BAD_USAGE, end
from mockserver.settings import Settings, SettingsError, parse_settings

TIMEOUT = 30.0  # real seconds for one response
FIRST_REFUSAL = 400  # the first status that refuses a request
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound
CONNECTIONS: Mapping[str, type[HTTPConnection]] = {"http": HTTPConnection, "https": HTTPSConnection}


class Server(NamedTuple):
    """A running server, one of its sandboxes, and the token of its control API."""

    origin: str
    sandbox: str
    token: str

    @property
    def prefix(self) -> str:
        return "" if self.sandbox == "default" else f"/_sandbox/{quote(self.sandbox, safe='')}"


class Answer(NamedTuple):
    """A response; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


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
    parts = urlsplit(url)
    if parts.scheme not in CONNECTIONS or not parts.hostname:
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


def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    """Send a request to the control API of the sandbox, and return the JSON of its response.

    A refusal ends the command with 1 and the detail of the problem.
    """
    headers = {"authorization": f"Bearer {server.token}"} if server.token else {}
    content = None
    if body is not None:
        headers["content-type"] = "application/json"
        content = json.dumps(body)
    answer = send(server, method, f"{server.prefix}/_mock{path}", headers, content)
    if answer.status >= FIRST_REFUSAL:
        end(f"mockserver: {problem_detail(answer)}")
    return json.loads(answer.body)


def send(
    server: Server, method: str, path: str, headers: Mapping[str, str], body: str | None
) -> Answer:
    """Send a request as it is: without proxies, and without following a redirect."""
    parts = urlsplit(server.origin)
    connection = CONNECTIONS[parts.scheme](parts.netloc, timeout=TIMEOUT)
    try:
        connection.connect()
    except OSError as error:
        end(
            f"mockserver: nobody answers at {server.origin} ({error}): "
            "start a server by `mockserver serve`, or name another by --url"
        )
    try:
        connection.request(method, path, body and body.encode(), dict(headers))
        return _read_answer(connection.getresponse())
    except (OSError, HTTPException) as error:
        end(f"mockserver: no response came from {server.origin}: {error}")
    finally:
        connection.close()


def _read_answer(response: HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


def problem_detail(answer: Answer) -> str:
    """Return the detail of a problem; of any other refusal, its status and its text."""
    try:
        return str(json.loads(answer.body)["detail"])
    except (ValueError, LookupError, TypeError):
        return f"{answer.status} {answer.body.decode(errors='replace')}"
