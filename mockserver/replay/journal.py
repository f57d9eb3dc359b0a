"""Parse an exported journal and find related entries in it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mockserver.core.time import to_milliseconds

Json = Mapping[str, Any]


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
    if not objects or not isinstance(objects[0], dict) or objects[0].get("journal") != 1:
        raise InvalidJournal(
            "the first line is no heading: GET /_mock/journal?format=jsonl gives one"
        )
    if objects[0]["dropped"]:
        raise InvalidJournal(
            f"it is cut: the oldest {objects[0]['dropped']:,} facts have left already"
        )
    return objects


def entry_time(entry: Json) -> int:
    """Return the time of an entry in ms since the epoch."""
    return to_milliseconds(datetime.fromisoformat(entry["at"]))


def find_control_request(entries: Sequence[Json], index: int) -> int:
    """Return the index of the control request that caused the event at `index`.

    The journal records the request after the entries that it causes.

    Raises:
        ReplayDiverged: there is no such request.
    """
    expected = ("control", f"/calls/{entries[index]['call']}/events")
    later = enumerate(entries[index + 1 :], index + 1)
    found = next((i for i, entry in later if (entry["fact"], entry.get("path")) == expected), None)
    if found is None:
        raise ReplayDiverged(f"fact {entries[index]['id']} was ordered by nobody in this journal")
    return found
