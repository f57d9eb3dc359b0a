"""Which story answers a question about a call: the first that suits and speaks to it."""

from typing import NamedTuple

from mockserver.core.story import Stories, Story


class Chosen(NamedTuple):
    story: Story
    rank: str
    """header or default."""


def phones(stories: Stories, header: tuple[str, ...]) -> Chosen:
    """Who decides how the people on this call behave."""
    for name in header:
        if stories.named[name].legs:
            return Chosen(stories.named[name], "header")
    return Chosen(stories.named[stories.default], "default")
