"""Parse an exported journal."""

import json
from collections.abc import Callable, Mapping, Sequence
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
    except RecursionError:
        raise InvalidJournal("a line is nested too deeply") from None
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
    evicted = heading.get("evicted")
    if isinstance(evicted, int) and evicted:
        raise InvalidJournal(f"it is cut: the oldest {evicted:,} entries have been evicted")
    _check_heading(heading)
    for number, entry in enumerate(objects, 1):
        if not isinstance(entry, dict):
            raise InvalidJournal(f"line {number} is no entry")
    return objects


def _check_heading(heading: Json) -> None:
    """Refuse a heading without one of its fields, or with a value that is none."""
    wrong = [key for key, is_valid in HEADING.items() if not is_valid(heading.get(key))]
    if wrong:
        raise InvalidJournal(f"the first line has no valid {' and no valid '.join(wrong)}")


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int)


HEADING: Final[Mapping[str, Callable[[object], bool]]] = {
    "seed": _is_text,
    "start_at": _is_time,
    "sandbox": _is_text,
    "evicted": _is_count,
}
"""Field of the first line -> whether a value is one of its values."""


def entry_time(entry: Json) -> int:
    """Return the time of an entry in ms since the epoch."""
    return to_milliseconds(datetime.fromisoformat(entry["at"]))
