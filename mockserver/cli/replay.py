"""`mockserver replay`: play an exported log of inputs once more."""

from pathlib import Path

import click

from mockserver.cli import end
from mockserver.cli.exported_run import read_run
from mockserver.settings import Settings

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
    from mockserver.replay.runner import ReplayResult, replay_inputs  # noqa: PLC0415 - --help needs none of it

    def replay(lines: list[str], settings: Settings) -> tuple[int, ReplayResult]:
        return len(lines) - 2, replay_inputs(lines, settings)  # all but its heading and its end

    count, result = read_run(file, scenarios, "replayed", replay)
    if not check:
        click.echo("\n".join(result.lines))
    if result.difference:
        end(f"mockserver: {result.difference}", JOURNALS_DIFFER)
    if check:
        click.echo(f"{count:,} inputs replayed: the same journal, byte for byte")
