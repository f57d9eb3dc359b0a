"""The arguments of an event in a line: some of them say nothing without their names."""

from typing import Any

import pytest

from mockserver.web.views.argument_words import argument_words

KNOWN = ("at", "event", "leg")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, []),
        ({"cause": "busy"}, ["busy"]),
        ({"entry": 2}, ["entry 2"]),
        ({"since": "2026-01-01T12:00:05.000Z"}, ["since 12:00:05"]),
        (
            {"role": "manager", "number": "99999999998", "from": "84951234567"},
            ["manager", "99999999998", "from 84951234567"],
        ),
    ],
)
def test_numbers_times_and_where_a_call_is_from_have_their_names(
    arguments: dict[str, Any], words: list[str]
) -> None:
    event = {"at": "2026-01-01T12:00:00.000Z", "event": "ring", "leg": "b", **arguments}
    assert list(argument_words(event, KNOWN)) == words
