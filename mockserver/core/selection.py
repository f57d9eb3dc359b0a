"""Three questions about a request, each answered by the first story that suits and speaks to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.story import Match, Seen, Stories, Story

QUESTIONS: Final[Mapping[str, Callable[[Story], bool]]] = MappingProxyType(
    {
        "api": lambda story: bool(story.answers),
        "phones": lambda story: bool(
            story.legs
            or story.steps
            or story.attempts
            or story.numbers
            or story.choose
            or story.play
        ),
        "webhooks": lambda story: bool(story.webhooks),
    }
)
"""How the API answers, what the phones do, how webhooks travel: whether a story speaks to it."""

STRONG: Final = frozenset({"header", "activation", "match"})
"""Ranks that a number of the number plan does not overrule."""


class Activation(NamedTuple):
    """A story to be played for the next `left` requests that suit; None for all of them."""

    id: str
    story: str
    match: Match
    left: int | None


class Chosen(NamedTuple):
    """`rank` says why: header, activation, match, bundled or default."""

    story: Story
    rank: str


def candidates(
    stories: Stories, header: tuple[str, ...], activations: tuple[Activation, ...], seen: Seen
) -> Iterator[Chosen]:
    """Every story that suits, the one that comes first first."""
    for name in header:
        yield Chosen(stories.named[name], "header")
    for activation in activations:
        if activated(stories, activation, seen):
            yield Chosen(stories.named[activation.story], "activation")
    for story in stories.matching:
        if _suits(story, seen):
            yield Chosen(story, "bundled" if story.bundled else "match")
    yield Chosen(stories.named[stories.default], "default")


def activated(stories: Stories, activation: Activation, seen: Seen) -> bool:
    """Whether it suits; not if a reload has taken its story away."""
    story = stories.named.get(activation.story)
    return story is not None and not (activation.match.misfit(seen) or story.unmet(seen))


def select(question: str, among: Iterable[Chosen]) -> Chosen | None:
    """The first of the candidates that speaks to the question."""
    speaks = QUESTIONS[question]
    for chosen in among:
        if speaks(chosen.story):
            return chosen
    return None


def _suits(story: Story, seen: Seen) -> bool:
    return story.match is not None and not story.match.misfit(seen) and not story.unmet(seen)
