"""`mockserver exec -- COMMAND`: run a command with a server whose URLs are in its environment."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final

import click

from mockserver.cli import BAD_USAGE
from mockserver.cli.serve import with_serve_options
from mockserver.settings import SettingsError, parse_settings

COMMAND_NOT_FOUND = 127
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SIGNAL_BASE: Final = 128
DEFAULT_FLAGS = {"port": "0", "quiet": True}


@click.command("exec", context_settings={"allow_interspersed_args": False})
@with_serve_options
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def command(words: tuple[str, ...], **flags: Any) -> None:
    """Run COMMAND with a server beside it, and exit with its code; signals end it, too.

    Its environment has MOCKSERVER_URL, and for each provider its base URL, such as
    MOBTEXTING_URL. The server takes the options of `serve`, on a free port unless told otherwise;
    all that follows COMMAND is its own.
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
            return _run_command(words, {**os.environ, "MOCKSERVER_URL": origin, **urls})
        except FileNotFoundError:
            click.echo(f"mockserver: there is no command {words[0]}", err=True)
            return COMMAND_NOT_FOUND


def _run_command(words: tuple[str, ...], environment: Mapping[str, str]) -> int:
    """Run the command, and pass the signals of `SIGNALS` on to it; return its exit code.

    A command that a signal has ended has the exit code of a shell: 128 and the number.
    """
    received, processes = list[int](), list[subprocess.Popen[bytes]]()

    def pass_on(number: int, _: object) -> None:
        received.append(number)
        # the terminal has sent Ctrl-C to the command already
        if not (number == signal.SIGINT and sys.stdin.isatty()):
            for process in processes:
                process.send_signal(number)

    earlier = {number: signal.signal(number, pass_on) for number in SIGNALS}
    try:
        process = subprocess.Popen(words, env=environment)  # noqa: S603 - the user's own command
        processes.append(process)
        if received:  # while the command was being started
            process.send_signal(received[-1])
        code = process.wait()
        return code if code >= 0 else SIGNAL_BASE - code
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
