"""What a strict test fails for, and what the marker `mock_calls` may say."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mock_calls import operations
from mock_calls.sync import MockServer

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "internal-error": "the mock server had an error of its own",
        "unknown-path": "a request went to a path that no emulated API has",
        "refused-request": "the mock server itself refused a request for another reason",
        "waiting-call": "a leg still rings that only the test can answer",
        "refused-webhook": "a webhook was not sent: its URL is one that webhooks may not go to",
        "unaccepted-webhook": "the receiver of a webhook has accepted none of its attempts",
        "unplayed-activation": "no request has played what `use()` put in force",
        "unplayed-scenario": "no request has played what `scenario()` added",
        "ignored-words": "a scenario says what could never apply to the request or call",
    }
)
"""Kind of what a strict test fails for -> what it means."""


class Strictness(NamedTuple):
    """Whether a test is strict, and the kinds that it allows all the same."""

    strict: bool = True
    allow: frozenset[str] = frozenset()


class WrongMarker(Exception):
    """A marker says what it cannot; the message says what would be right."""


def read_markers(
    words_by_marker: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]],
) -> tuple[Strictness, dict[str, Any]]:
    """Read the markers of a test, from the outermost to its own, which has precedence.

    Returns:
        How strict the test is, and the options of its sandbox.

    Raises:
        WrongMarker: one has a word or a value that it does not take.
    """
    words: dict[str, Any] = {}
    for positional, named in words_by_marker:
        if positional:
            raise WrongMarker(f"it takes named words only, not {positional[0]!r}: {_listed(WORDS)}")
        words |= named
    for word, value in words.items():
        if word not in WORDS:
            raise WrongMarker(f"it takes no {word!r}: {_suggest(word, WORDS)}")
        if problem := WORDS[word](value):
            raise WrongMarker(f"{word}={value!r}: {problem}")
    strict = words.pop("strict", True)
    allowed = words.pop("allow", None)
    if allowed is not None and not strict:
        raise WrongMarker("strict=False allows every kind already: leave allow out")
    return Strictness(strict, frozenset(allowed or ())), words


def find_problems(client: MockServer, strictness: Strictness) -> Iterator[str]:
    """Yield what makes the test of this sandbox fail, one line each."""
    if strictness.strict:
        for found in client.ask(operations.unexpected()):
            if found["kind"] not in strictness.allow:
                yield f"{found['message']} [{found['kind']}]"


def _check_flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "it is True or False"


def _check_kinds(value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return 'it is a set of kinds, such as {"waiting-call"}'
    unknown = [kind for kind in value if kind not in KINDS]
    return f"there is no kind {unknown[0]!r}: {_suggest(str(unknown[0]), KINDS)}" if unknown else ""


def _check_nothing(_: Any) -> str:
    """The server checks the value."""
    return ""


WORDS: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType(
    {
        "strict": _check_flag,
        "allow": _check_kinds,
        **dict.fromkeys(("clock", "seed", "start_at", "credentials"), _check_nothing),
    }
)
"""Word of the marker -> what says why a value is wrong; empty if it is right."""


def _suggest(word: str, known: Iterable[str]) -> str:
    nearest = get_close_matches(word, known, 1)
    return f"did you mean {nearest[0]!r}?" if nearest else _listed(known)


def _listed(words: Iterable[str]) -> str:
    return f"it takes {', '.join(words)}"
