"""`mockserver ui`: show an exported run, or the report of an ordeal, in the page."""

from pathlib import Path
from typing import Any

import click

from mockserver.cli import end
from mockserver.cli.exported_run import read_run

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
    """Show FILE on the page, until Ctrl-C. Nothing in it can be changed.

    FILE is an exported journal, a log of inputs, or the JSON report of an ordeal. A log of inputs
    is played first, as `mockserver replay` does.
    """
    from mockserver.app.file_server import ExportedFile, serve_file  # noqa: PLC0415 - --help needs none of it

    run = read_run(file, scenarios, "shown", _read)
    if run.difference:
        click.echo(f"mockserver: {run.difference}", err=True)
    exported = ExportedFile(file.name, run.lines)
    try:
        serve_file(exported, port, click.echo, is_opened=open)
    except OSError as error:
        text = f"port {port} cannot be bound ({error.strerror}): choose another by --port"
        end(f"mockserver: {text}", CANNOT_BIND)


def _read(lines: list[str], settings: Any) -> Any:
    """Return the report of an ordeal, or else the journal of a run.

    Raises:
        InvalidInputs: the lines cannot be shown; the message says why.
    """
    from mockserver.ordeal.report_file import InvalidReport, read_report  # noqa: PLC0415 - as above
    from mockserver.replay.file_journal import read_journal  # noqa: PLC0415 - as above
    from mockserver.replay.input_file import InvalidInputs  # noqa: PLC0415 - as above
    from mockserver.replay.runner import ReplayResult  # noqa: PLC0415 - as above

    try:
        report = read_report(lines)
    except InvalidReport as error:
        raise InvalidInputs(str(error)) from error
    return read_journal(lines, settings) if report is None else ReplayResult((report,))
