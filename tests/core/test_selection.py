"""Which story decides about the phones."""

import pytest

from mockserver.core.legs import WORDS
from mockserver.core.selection import Chosen, phones
from mockserver.core.story import Stories, Story

ANSWERED = Story("answered", {"callee": WORDS["answered"]})
BUSY = Story("busy", {"callee": WORDS["busy"]})
MUTE = Story("mute")
STORIES = Stories({story.name: story for story in (ANSWERED, BUSY, MUTE)}, "answered")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ((), Chosen(ANSWERED, "default")),
        (("busy",), Chosen(BUSY, "header")),
        (("answered", "busy"), Chosen(ANSWERED, "header")),
        (("mute", "busy"), Chosen(BUSY, "header")),
        (("mute",), Chosen(ANSWERED, "default")),
    ],
)
def test_phones_first_story_that_speaks_of_them(header: tuple[str, ...], chosen: Chosen) -> None:
    assert phones(STORIES, header) == chosen
