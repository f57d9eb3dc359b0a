"""`mockserver replay`: an exported journal once more, to see whether the same comes of it."""

import sys
from pathlib import Path
from typing import Any

import click

from mockserver.cli import BAD_USAGE
from mockserver.cli.serve import with_serve_options
from mockserver.settings import SettingsError, parse_settings

JOURNALS_DIFFER = 1


@click.command("replay")
@with_serve_options
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="compare, and end with 1 if a byte differs")
def command(file: Path, check: bool, **flags: Any) -> None:  # noqa: FBT001 - click's manner
    """Play the journal in FILE again, and print what comes of it.

    FILE is what GET /_mock/journal?format=jsonl gives. Seed, start and sandbox are the journal's,
    receivers answer as they did; scenario files and other options of `serve` have to be the same.
    """
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - as above
    from mockserver.replay.journal import InvalidJournal  # noqa: PLC0415 - --help needs none of it
    from mockserver.replay.runner import replay_journal  # noqa: PLC0415 - as above

    given = file.read_text("utf-8").splitlines()
    try:
        found = replay_journal(given, parse_settings(flags))
    except InvalidJournal as wrong:
        _exit_with(BAD_USAGE, f"mockserver: {file} is no journal to play again: {wrong}")
    except (SettingsError, InvalidFiles) as wrong:
        _exit_with(BAD_USAGE, f"mockserver: {wrong}")
    if not check:
        click.echo("\n".join(found.lines))
        return
    difference = first_difference(given[1:], found.lines[1:])
    if difference or found.stop_reason:
        _exit_with(JOURNALS_DIFFER, "\n".join(filter(None, (difference, found.stop_reason))))
    click.echo(f"{len(given) - 1} facts played again: the same journal, byte for byte")


def first_difference(expected: list[str], actual: tuple[str, ...] | list[str]) -> str:
    """The first line that is not the same, as both have it; empty if all are."""
    missing = "(nothing)"
    for place in range(max(len(expected), len(actual))):
        was = expected[place] if place < len(expected) else missing
        now = actual[place] if place < len(actual) else missing
        if was != now:
            return f"fact {place + 1} differs\n  journal: {was}\n  replay:  {now}"
    return ""


def _exit_with(code: int, text: str) -> None:
    click.echo(text, err=True)
    sys.exit(code)
