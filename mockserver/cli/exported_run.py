"""Reads an exported run for a command, and ends the command with a reason if it cannot be read."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mockserver.cli import BAD_USAGE, end
from mockserver.settings import Settings, SettingsError, parse_settings

Result = TypeVar("Result")
Read = Callable[[list[str], Settings], Result]


def read_run(file: Path, scenarios: tuple[str, ...], act: str, read: Read[Result]) -> Result:
    """Return what `read` makes of the lines of a file; `act` is what else cannot be done with it.

    `scenarios` are files with the credentials that the run masks.
    """
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - --help needs none of it
    from mockserver.replay.input_file import InvalidInputs, split_lines  # noqa: PLC0415 - as above

    try:
        lines = split_lines(file.read_text("utf-8"))
        return read(lines, parse_settings({"scenarios": scenarios}))
    except UnicodeDecodeError:
        end(f"mockserver: {file} cannot be {act}: it is not text in UTF-8", BAD_USAGE)
    except InvalidInputs as error:
        end(f"mockserver: {file} cannot be {act}: {error}", BAD_USAGE)
    except (SettingsError, InvalidFiles) as error:
        end(f"mockserver: {error}", BAD_USAGE)
