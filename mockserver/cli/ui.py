"""`mockserver ui`: show an exported run in the page."""

import sys
from pathlib import Path

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings

CANNOT_BIND = 3


@click.command("ui")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--scenarios",
    metavar="PATH",
    multiple=True,
    help="scenario file with the credentials that the log masks (repeatable)",
)
@click.option("--port", type=click.IntRange(0, 65_535), default=0,
    metavar="NUMBER", help="port to listen at; 0 takes a free one  [0]")  # fmt: skip
@click.option("--open", is_flag=True, help="open the page in a browser")
def command(file: Path, scenarios: tuple[str, ...], port: int, open: bool) -> None:  # noqa: A002, FBT001 - click passes it
    """Show the run in FILE on the page, until Ctrl-C. Nothing in it can be changed.

    FILE is an exported journal or log of inputs. A log of inputs is played first, as `mockserver
    replay` does.
    """
    from mockserver.app.file_server import ExportedFile, serve_file  # noqa: PLC0415 - --help needs none of it

    exported = ExportedFile(file.name, _read_lines(file, scenarios))
    try:
        serve_file(exported, port, click.echo, is_opened=open)
    except OSError as error:
        text = f"port {port} cannot be bound ({error.strerror}): choose another by --port"
        _exit_with(CANNOT_BIND, f"mockserver: {text}")


def _read_lines(file: Path, scenarios: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of the journal; say on standard error how a replay differs."""
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - as above
    from mockserver.replay.file_journal import read_journal  # noqa: PLC0415 - as above
    from mockserver.replay.input_file import InvalidInputs  # noqa: PLC0415 - as above

    try:
        lines = file.read_text("utf-8").splitlines()
        result = read_journal(lines, parse_settings({"scenarios": scenarios}))
    except UnicodeDecodeError:
        _exit_with(BAD_USAGE, f"mockserver: {file} cannot be shown: it is not text in UTF-8")
    except InvalidInputs as error:
        _exit_with(BAD_USAGE, f"mockserver: {file} cannot be shown: {error}")
    except (SettingsError, InvalidFiles) as error:
        _exit_with(BAD_USAGE, f"mockserver: {error}")
    if result.difference:
        click.echo(f"mockserver: {result.difference}", err=True)
    return result.lines


def _exit_with(code: int, text: str) -> None:
    click.echo(text, err=True)
    sys.exit(code)
