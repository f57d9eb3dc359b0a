"""Reads an exported journal, and what its facts say of one another."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mockserver.core.time import to_milliseconds

Json = Mapping[str, Any]


class Unreadable(ValueError):
    """The file is no journal that could be played again; the sentence says why."""


class Diverged(Exception):
    """The replay has come to where the journal's next fact cannot happen."""


def read(given: Sequence[str]) -> list[Json]:
    """The heading, and the facts behind it.

    Raises:
        Unreadable: it is no journal, or not the whole of one.
    """
    try:
        told = [json.loads(line) for line in given if line.strip()]
    except ValueError as error:
        raise Unreadable(f"a line is not JSON: {error}") from None
    if not told or not isinstance(told[0], dict) or told[0].get("journal") != 1:
        raise Unreadable("the first line is no heading: GET /_mock/journal?format=jsonl gives one")
    if told[0]["dropped"]:
        raise Unreadable(f"it is cut: the oldest {told[0]['dropped']:,} facts have left already")
    return told


def at(fact: Json) -> int:
    """When it happened, in ms."""
    return to_milliseconds(datetime.fromisoformat(fact["at"]))


def source(facts: Sequence[Json], place: int) -> int:
    """Where the journal tells who has played the phone: it does so behind what came of it."""
    asked = ("control", f"/calls/{facts[place]['call']}/events")
    later = enumerate(facts[place + 1 :], place + 1)
    nth = next((one for one, fact in later if (fact["fact"], fact.get("path")) == asked), None)
    if nth is None:
        raise Diverged(f"fact {facts[place]['id']} was ordered by nobody in this journal")
    return nth
