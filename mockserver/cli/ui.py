"""`mockserver ui`: show an exported run in the page."""

from pathlib import Path

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
    """Show the run in FILE on the page, until Ctrl-C. Nothing in it can be changed.

    FILE is an exported journal or log of inputs. A log of inputs is played first, as `mockserver
    replay` does.
    """
    from mockserver.app.file_server import ExportedFile, serve_file  # noqa: PLC0415 - --help needs none of it
    from mockserver.replay.file_journal import read_journal  # noqa: PLC0415 - as above

    run = read_run(file, scenarios, "shown", read_journal)
    if run.difference:
        click.echo(f"mockserver: {run.difference}", err=True)
    exported = ExportedFile(file.name, run.lines)
    try:
        serve_file(exported, port, click.echo, is_opened=open)
    except OSError as error:
        text = f"port {port} cannot be bound ({error.strerror}): choose another by --port"
        end(f"mockserver: {text}", CANNOT_BIND)
