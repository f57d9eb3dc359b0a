"""Reads an exported journal, and what its facts say of one another."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mockserver.core.time import to_milliseconds

Json = Mapping[str, Any]


class InvalidJournal(ValueError):
    """The file is no journal that could be played again; the sentence says why."""


class ReplayDiverged(Exception):
    """The replay has come to where the journal's next fact cannot happen."""


def parse_journal(lines: Sequence[str]) -> list[Json]:
    """The heading, and the facts behind it.

    Raises:
        Unreadable: it is no journal, or not the whole of one.
    """
    try:
        told = [json.loads(line) for line in lines if line.strip()]
    except ValueError as error:
        raise InvalidJournal(f"a line is not JSON: {error}") from None
    if not told or not isinstance(told[0], dict) or told[0].get("journal") != 1:
        raise InvalidJournal(
            "the first line is no heading: GET /_mock/journal?format=jsonl gives one"
        )
    if told[0]["dropped"]:
        raise InvalidJournal(
            f"it is cut: the oldest {told[0]['dropped']:,} facts have left already"
        )
    return told


def entry_time(entry: Json) -> int:
    """When it happened, in ms."""
    return to_milliseconds(datetime.fromisoformat(entry["at"]))


def find_control_request(entries: Sequence[Json], index: int) -> int:
    """Where the journal tells who has played the phone: it does so behind what came of it."""
    asked = ("control", f"/calls/{entries[index]['call']}/events")
    later = enumerate(entries[index + 1 :], index + 1)
    nth = next((one for one, fact in later if (fact["fact"], fact.get("path")) == asked), None)
    if nth is None:
        raise ReplayDiverged(f"fact {entries[index]['id']} was ordered by nobody in this journal")
    return nth
