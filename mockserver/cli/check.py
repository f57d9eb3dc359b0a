"""`mockserver check`: report all problems in scenario files at once, and rewrite old keys."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from shutil import copymode
from tempfile import mkstemp

import click

from mockserver.cli import BAD_USAGE
from mockserver.settings import SettingsError, parse_settings


@click.command("check")
@click.argument("paths", nargs=-1)
@click.option("--upgrade", is_flag=True, help="first rewrite old keys in the files")
def command(paths: tuple[str, ...], upgrade: bool) -> None:  # noqa: FBT001 - click passes it
    """Check scenario files: PATHS, or those that `serve` would load.

    Prints each problem as file:line:column: message. Exits with 0 if there is none, else with 2. A
    note says on which of your accounts a scenario cannot play, and why.
    """
    from mockserver.compiler import (  # noqa: PLC0415 - --help needs none of it
        InvalidFiles,
        build_configuration,
        count_scenarios,
        scenario_files,
        scenario_notes,
    )

    try:
        settings = parse_settings({"scenarios": paths})
        files = scenario_files(settings)
        if upgrade:
            _upgrade_files(files)
        configuration = build_configuration(settings)
    except (InvalidFiles, SettingsError) as error:
        click.echo(str(error))
        sys.exit(BAD_USAGE)
    for name, note in scenario_notes(configuration):
        click.echo(f"{note.location}: note: {name} {note}")
    names = ", ".join(map(str, files)) or "no file of yours, the bundled ones"
    counts = (
        f"{count_scenarios(configuration)} scenarios and {len(configuration.accounts)} accounts"
    )
    click.echo(f"{names}: fine; {counts} in all")


def _upgrade_files(files: Iterable[Path]) -> None:
    """Rewrite the old keys in the files, and print each change.

    A file that cannot be parsed stays as it is; the check reports why.

    Raises:
        SettingsError: a file cannot be read or written.
    """
    from mockserver.compiler import upgrade_text  # noqa: PLC0415 - as above

    for file in files:
        try:
            upgraded = upgrade_text(file.read_bytes(), str(file))
            if upgraded and upgraded.changes:
                _replace_content(file, upgraded.text)
        except OSError as error:
            raise SettingsError(f"{file} cannot be upgraded: {error.strerror}") from None
        if upgraded:
            click.echo("\n".join(map(str, upgraded.changes)) or f"{file}: nothing to upgrade")


def _replace_content(file: Path, content: bytes) -> None:
    """Replace the content of a file at once, and keep its mode.

    The content is written to a temporary file beside it, so no reader ever sees a part of it.
    """
    target = file.resolve()
    descriptor, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as output:
            output.write(content)
        copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
