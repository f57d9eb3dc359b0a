"""What a story says about each leg of a call."""

import pytest

from mockserver.core.call import Leg
from mockserver.core.legs import WORDS
from mockserver.core.story import Story

A, B = Leg("a", "from", "1"), Leg("b", "to", "2")


@pytest.mark.parametrize(
    ("legs", "leg", "shape", "word"),
    [
        ({"callee": "busy"}, B, "b-after-a", "busy"),
        ({"callee": "busy"}, A, "b-after-a", None),
        ({"callee": "busy"}, A, "one-leg", "busy"),
        ({"a": "busy"}, A, "b-after-a", "busy"),
        ({"from": "busy"}, A, "b-after-a", "busy"),
        ({"to": "busy"}, A, "b-after-a", None),
        ({"callee": "rejected", "to": "machine", "b": "busy"}, B, "b-after-a", "busy"),
        ({"callee": "rejected", "to": "machine"}, B, "b-after-a", "machine"),
        ({}, A, "one-leg", None),
    ],
)
def test_story_behaviour_of_a_leg(
    legs: dict[str, str], leg: Leg, shape: str, word: str | None
) -> None:
    story = Story("story", {name: WORDS[how] for name, how in legs.items()})
    assert story.behaviour(leg, shape) == (None if word is None else WORDS[word])
