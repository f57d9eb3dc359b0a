"""`mockserver replay`: play an exported log of inputs once more."""

import sys
from pathlib import Path

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings

JOURNALS_DIFFER = 1


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--scenarios",
    metavar="PATH",
    multiple=True,
    help="scenario file with the credentials that the log masks (repeatable)",
)
@click.option(
    "--check", is_flag=True, help="exit with 1 if the journal differs from the recorded one"
)
def command(file: Path, scenarios: tuple[str, ...], check: bool) -> None:  # noqa: FBT001 - click passes it
    """Play the log of inputs in FILE again, and print the journal.

    Export FILE with GET /_mock/inputs. It has the scenario files and the options of the recorded
    run. Receivers respond as they did then.
    """
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - --help needs none of it
    from mockserver.replay.input_file import InvalidInputs  # noqa: PLC0415 - as above
    from mockserver.replay.runner import replay_inputs  # noqa: PLC0415 - as above

    try:
        lines = file.read_text("utf-8").splitlines()
        result = replay_inputs(lines, parse_settings({"scenarios": scenarios}))
    except UnicodeDecodeError:
        _exit_with(BAD_USAGE, f"mockserver: {file} cannot be replayed: it is not text in UTF-8")
    except InvalidInputs as error:
        _exit_with(BAD_USAGE, f"mockserver: {file} cannot be replayed: {error}")
    except (SettingsError, InvalidFiles) as error:
        _exit_with(BAD_USAGE, f"mockserver: {error}")
    if not check:
        click.echo("\n".join(result.lines))
    if result.difference:
        _exit_with(JOURNALS_DIFFER, f"mockserver: {result.difference}")
    if check:
        count = len(lines) - 2
        click.echo(f"{count:,} inputs replayed: the same journal, byte for byte")


def _exit_with(code: int, text: str) -> None:
    click.echo(text, err=True)
    sys.exit(code)
