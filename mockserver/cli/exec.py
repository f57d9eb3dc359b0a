"""`mockserver exec -- COMMAND`: run a command with a server that its environment leads to."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import click

from mockserver.cli import BAD_USAGE, end
from mockserver.cli.passed_signals import passing_signals_on
from mockserver.cli.serve import with_serve_options
from mockserver.cli.started_server import start_server
from mockserver.settings import SettingsError, parse_settings

CANNOT_EXECUTE: Final = 126
COMMAND_NOT_FOUND: Final = 127
REASONS: Final = {
    errno.EACCES: "it is no executable file",
    errno.ENOEXEC: "a script begins with a line such as #!/bin/sh",
    errno.ENOENT: "its first line names an interpreter that is not there",
}
"""Error of the system -> why a file cannot be executed."""

DEFAULT_FLAGS = {"port": "0", "quiet": True}


@click.command("exec", context_settings={"allow_interspersed_args": False})
@with_serve_options
@click.option("--http-proxy", is_flag=True, help="with --https: plain http goes to the server, too")
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def command(words: tuple[str, ...], *, http_proxy: bool, **flags: Any) -> None:
    """Start a server, run COMMAND, end the server, and exit with the code of COMMAND.

    The environment of COMMAND has MOCKSERVER_URL, and the base URL of each provider, such as
    MOBTEXTING_URL. With --https, requests of COMMAND to the vendors' own hosts reach the server,
    and those to other hosts are refused. The options before COMMAND are those of `serve`, but the
    port is a free one by default. Signals are passed on to COMMAND.
    """
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - --help needs none of it

    try:
        settings = _parse_flags(flags, with_http=http_proxy)
        sys.exit(_run(settings, words, with_http=http_proxy))
    except SettingsError as error:
        end(f"mockserver: {error}", BAD_USAGE)
    except InvalidFiles as error:
        end(str(error), BAD_USAGE)


def _parse_flags(flags: Mapping[str, Any], *, with_http: bool) -> Any:
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    settings = parse_settings({**DEFAULT_FLAGS, **given})
    if with_http and not settings.https:
        raise SettingsError("http-proxy goes with --https")
    return settings


def _run(settings: Any, words: tuple[str, ...], *, with_http: bool) -> int:
    with passing_signals_on() as run, _serving(settings, with_http=with_http) as environment:
        try:
            return run(words, environment)
        except OSError as error:
            code, text = _explain_failure(words[0], error)
            click.echo(f"mockserver: {text}", err=True)
            return code


def _explain_failure(word: str, error: OSError) -> tuple[int, str]:
    """Return the exit code that a shell would have, and why the command did not begin."""
    if isinstance(error, FileNotFoundError) and not shutil.which(word):
        return COMMAND_NOT_FOUND, f"there is no command {word}"
    reason = REASONS.get(error.errno or 0, error.strerror)
    return CANNOT_EXECUTE, f"{word} cannot be executed: {reason}"


@contextmanager
def _serving(settings: Any, *, with_http: bool) -> Iterator[Mapping[str, str]]:
    """Run a server, and yield the environment that leads to it."""
    from mockserver.app import run_server  # noqa: PLC0415 - --help needs none of it

    if settings.https:
        with _serving_https(settings, with_http=with_http) as environment:
            yield environment
    else:
        with start_server(run_server(settings), settings) as origin:
            yield {**os.environ, **_urls(origin)}


@contextmanager
def _serving_https(settings: Any, *, with_http: bool) -> Iterator[Mapping[str, str]]:
    from mock_calls.https_environment import HttpsAccess  # noqa: PLC0415 - only --https needs it
    from mock_calls.https_folder import https_folder  # noqa: PLC0415 - as above
    from mockserver.app import run_https_server  # noqa: PLC0415 - as above

    with start_server(run_https_server(settings), settings) as (address, parts):
        https, store = parts.https, parts.https.build_trust_store()
        access = HttpsAccess(address.own_host, address.port, parts.hosts, https.root_pem, store)
        with https_folder(access, with_http=with_http) as environment:
            for warning in environment.warnings:
                click.echo(f"mockserver: {warning}", err=True)
            yield {**environment.variables, **_urls(access.proxy)}


def _urls(origin: str) -> dict[str, str]:
    from mockserver.app import describe_providers  # noqa: PLC0415 - --help needs none of it

    providers = describe_providers(origin)
    urls = {f"{entry['name'].upper()}_URL": entry["base_url"] for entry in providers}
    return {"MOCKSERVER_URL": origin, **urls}
