"""The journal of an exported file: as the file has it, or played out of its log of inputs."""

import json
from collections.abc import Sequence

from mockserver.replay.input_file import InvalidInputs
from mockserver.replay.runner import ReplayResult, replay_inputs
from mockserver.settings import Settings
from mockserver.web.views.journal_export import EXPORT_FORMAT


def read_journal(lines: Sequence[str], settings: Settings) -> ReplayResult:
    """Return the journal of an export; `settings` name the files with masked credentials.

    Raises:
        InvalidInputs: the lines are neither a journal of this format nor a log of inputs.
        SettingsError, InvalidFiles: as `replay_inputs`.
    """
    format_number = _find_format(lines)
    if format_number is None:
        return replay_inputs(lines, settings)
    if format_number != EXPORT_FORMAT:
        raise InvalidInputs(
            f"it is a journal in format {format_number}, and this version shows {EXPORT_FORMAT}"
        )
    return ReplayResult(tuple(lines))


def _find_format(lines: Sequence[str]) -> object:
    """Return the format of a journal; None if the first line is not the heading of one."""
    try:
        heading = json.loads(lines[0]) if lines else {}
    except (ValueError, RecursionError):
        return None
    return heading.get("journal") if isinstance(heading, dict) else None
