"""Parse an exported journal."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from mockserver.core.time import to_milliseconds
from mockserver.web.views.journal_export import EXPORT_FORMAT

Json = Mapping[str, Any]

OLD_FORMATS: Final = range(1, EXPORT_FORMAT)


class InvalidJournal(ValueError):
    """The file is not a journal that can be replayed; the message says why."""


class ReplayDiverged(Exception):
    """The replay cannot reproduce the next entry of the journal."""


def parse_journal(lines: Sequence[str]) -> list[Json]:
    """Parse the header line and the entries after it.

    Raises:
        InvalidJournal: the lines are not a journal, or its oldest entries are missing.
    """
    try:
        objects = [json.loads(line) for line in lines if line.strip()]
    except ValueError as error:
        raise InvalidJournal(f"a line is not JSON: {error}") from None
    heading = objects[0] if objects and isinstance(objects[0], dict) else {}
    if heading.get("journal") in OLD_FORMATS:
        raise InvalidJournal(
            f"its format is {heading['journal']}, of an older version of mockserver, and this one "
            f"replays format {EXPORT_FORMAT}: export it again"
        )
    if heading.get("journal") != EXPORT_FORMAT:
        raise InvalidJournal(
            "the first line is no heading: GET /_mock/journal?format=jsonl gives one"
        )
    if heading["evicted"]:
        raise InvalidJournal(
            f"it is cut: the oldest {heading['evicted']:,} entries have been evicted"
        )
    return objects


def entry_time(entry: Json) -> int:
    """Return the time of an entry in ms since the epoch."""
    return to_milliseconds(datetime.fromisoformat(entry["at"]))
