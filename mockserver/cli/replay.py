"""`mockserver replay`: replay an exported journal and compare the result with it."""

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
def command(file: Path, check: bool, **flags: Any) -> None:  # noqa: FBT001 - click passes it
    """Replay the journal in FILE, and print the new journal.

    FILE is what GET /_mock/journal?format=jsonl gives. Seed, start and sandbox are the journal's,
    receivers respond as they did; scenario files and other options of `serve` have to be the same.
    """
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - as above
    from mockserver.replay.journal import InvalidJournal  # noqa: PLC0415 - --help needs none of it
    from mockserver.replay.runner import replay_journal  # noqa: PLC0415 - as above

    try:
        journal = file.read_text("utf-8").splitlines()
        result = replay_journal(journal, parse_settings(flags))
    except UnicodeDecodeError:
        _exit_with(BAD_USAGE, f"mockserver: {file} is no journal: it is not text in UTF-8")
    except InvalidJournal as error:
        _exit_with(BAD_USAGE, f"mockserver: {file} is no journal that can be replayed: {error}")
    except (SettingsError, InvalidFiles) as error:
        _exit_with(BAD_USAGE, f"mockserver: {error}")
    if not check:
        click.echo("\n".join(result.lines))
        return
    difference = first_difference(journal[1:], result.lines[1:])
    if difference or result.stop_reason:
        _exit_with(JOURNALS_DIFFER, "\n".join(filter(None, (difference, result.stop_reason))))
    click.echo(f"{len(journal) - 1} entries replayed: the same journal, byte for byte")


def first_difference(expected: list[str], actual: tuple[str, ...] | list[str]) -> str:
    """Describe the first line that differs, as it is in both journals; empty if none does."""
    missing = "(nothing)"
    for index in range(max(len(expected), len(actual))):
        expected_line = expected[index] if index < len(expected) else missing
        actual_line = actual[index] if index < len(actual) else missing
        if expected_line != actual_line:
            return (
                f"entry {index + 1} differs\n  journal: {expected_line}\n  replay:  {actual_line}"
            )
    return ""


def _exit_with(code: int, text: str) -> None:
    click.echo(text, err=True)
    sys.exit(code)
