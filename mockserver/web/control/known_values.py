"""The words that a field of calls, requests or webhooks can have, for filters and matches."""

from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Final

from starlette.requests import Request

from mockserver.core.configuration import Configuration
from mockserver.core.provider import Provider
from mockserver.core.suggestions import did_you_mean
from mockserver.web.control.pages import is_glob, split
from mockserver.web.control.params import sandbox_of
from mockserver.web.problems import ProblemError

KnownWords = Callable[[Configuration], Collection[str]]


def _providers(configuration: Configuration) -> Collection[str]:
    return tuple(configuration.providers)


def _of_providers(names: Callable[[Provider], Iterable[str]]) -> KnownWords:
    def words(configuration: Configuration) -> Collection[str]:
        bound = configuration.providers.values()
        return tuple(dict.fromkeys(name for each in bound for name in names(each.provider)))

    return words


def _always(*words: str) -> KnownWords:
    return lambda _: words


OPERATIONS: Final = _of_providers(
    lambda provider: (endpoint.operation for endpoint in provider.endpoints)
)
OUTCOMES: Final = _always(
    *("completed", "busy", "no-answer", "rejected", "unreachable", "invalid-number"),
    *("failed", "cancelled"),
)
WORDS: Final[Mapping[str, Mapping[str, KnownWords]]] = MappingProxyType(
    {
        "call": {
            "provider": _providers,
            "operation": OPERATIONS,
            "state": _always("scheduled", "queued", "ringing", "answered", "bridged", "ended"),
            "outcome": OUTCOMES,
        },
        "request": {"provider": _providers, "operation": OPERATIONS},
        "webhook": {
            "provider": _providers,
            "kind": _of_providers(lambda provider: provider.webhooks),
            "state": _always("pending", "delivered", "failed", "dropped", "refused"),
        },
    }
)
"""What an item is -> its fields with a fixed set of words -> these words."""


OPTIONAL: Final[Mapping[str, Collection[str]]] = MappingProxyType(
    {"call": ("outcome",), "request": ("provider", "operation", "status", "call"), "webhook": ()}
)
"""What an item is -> its fields that it may lack: an empty word finds the items that do."""

STATUSES: Final = tuple(map(str, range(100, 600)))


def check_filter_values(request: Request, kind: str, filters: Collection[str]) -> None:
    """Check the `filters` in a query of calls, requests or webhooks, as `check_known_values`.

    Raises:
        ProblemError: a filter can match nothing.
    """
    query, configuration = request.query_params, sandbox_of(request).state.configuration
    for field in (each for each in filters if each in query):
        for word in split(query[field]):
            check_known_values(kind, {field: word}, configuration, "invalid-query")
            if not word and field not in OPTIONAL[kind]:
                raise _empty_word(kind, field, configuration)
            if (kind, field) == ("request", "status"):
                _check_status(word)


def _empty_word(kind: str, field: str, configuration: Configuration) -> ProblemError:
    """Build the error for an empty word where every item has one."""
    known = WORDS[kind].get(field)
    hint = f"it is one of {', '.join(known(configuration))}" if known else "leave the filter out"
    return ProblemError("invalid-query", f"the {field} of a {kind} is never empty: {hint}")


def _check_status(word: str) -> None:
    is_possible = any(fnmatchcase(status, word) for status in STATUSES)
    if word and not (is_possible if is_glob(word) else word.isdecimal()):
        text = "status is a number such as 200, or a glob such as 5??"
        raise ProblemError("invalid-query", f"{text}, not {word!r:.80}")


def check_known_values(
    kind: str, values: Mapping[str, Any], configuration: Configuration, problem: str
) -> None:
    """Check that each value is, or as a glob matches, a word that its field can have.

    `kind` is call, request or webhook. An empty text is that of a request that no provider has.

    Raises:
        ProblemError: one can match nothing; the detail has the nearest word, or all words. Its kind
            is `problem`.
    """
    for field, value in values.items():
        known = WORDS[kind].get(field)
        if known and isinstance(value, str) and value:
            _check_word(f"{field} of a {kind}", value, known(configuration), problem)


def _check_word(field: str, value: str, words: Collection[str], problem: str) -> None:
    if any(fnmatchcase(word, value) for word in words) if is_glob(value) else value in words:
        return
    hint = did_you_mean(value, words) or f"it is one of {', '.join(words)}"
    raise ProblemError(problem, f"the {field} is never {value!r:.80}: {hint}")
