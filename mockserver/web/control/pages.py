"""Selects what of a long list is shown: by filters, ids and a text, in an order, as a page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from starlette.requests import Request

from mockserver.core.suggestions import did_you_mean
from mockserver.web.control.matching import GLOB_CHARACTERS
from mockserver.web.problems import ProblemError

PAGE_PARAMETERS: Final = ("limit", "after", "before", "order")
"""The query parameters of `paginate`."""
LIST_PARAMETERS: Final = ("ids", "q", "fields", *PAGE_PARAMETERS)
"""The query parameters of lists of calls, requests and webhooks, beside their filters."""

ORDERS: Final = ("oldest", "newest")
FIELDS: Final = ("all", "summary")
MAX_LIMIT_DIGITS: Final = 10  # a limit has fewer; no list is so long
MAX_TEXT: Final = 200  # characters of `q`

Item = Mapping[str, Any]
Filters = Mapping[str, frozenset[str]]
"""Name of a filter -> the words of which any may match."""


def paginate(items: Iterable[Item], request: Request) -> list[Item]:
    """Return at most `limit` items, from the first in `order`, behind `after`, ahead of `before`.

    With `before` alone, they are the last ones ahead of it.

    Raises:
        ProblemError: `after` or `before` is unknown, `limit` malformed, or `order` no order.
    """
    query, listed = request.query_params, list(items)
    if read_word(request, "order", ORDERS) == "newest":
        listed.reverse()
    start = _find_index(listed, query["after"], "after") + 1 if "after" in query else 0
    end = _find_index(listed, query["before"], "before") if "before" in query else len(listed)
    limit = _read_limit(request, len(listed))
    if "before" in query and "after" not in query:
        start = max(start, end - limit)
    return listed[start : min(end, start + limit)]


def _find_index(items: Sequence[Item], item_id: str, word: str) -> int:
    for index, item in enumerate(items):
        if str(item["id"]) == item_id:
            return index
    raise ProblemError("invalid-query", f"nothing here has the id {item_id!r} to come {word}")


def _read_limit(request: Request, default: int) -> int:
    limit = request.query_params.get("limit")
    if limit is None:
        return default
    if not (limit.isdecimal() and limit.isascii() and len(limit) < MAX_LIMIT_DIGITS):
        raise ProblemError("invalid-query", "limit must be a whole number")
    return int(limit)


def read_word(request: Request, name: str, words: tuple[str, ...]) -> str:
    """Read a query parameter that is one of some words; the first is that of a missing one.

    Raises:
        ProblemError: It is another word; the detail has the nearest one, or all.
    """
    word = request.query_params.get(name, words[0])
    if word not in words:
        hint = did_you_mean(word, words) or f"it is one of {', '.join(words)}"
        raise ProblemError("invalid-query", f"{name} is never {word!r:.80}: {hint}")
    return word


def read_filters(request: Request, names: Iterable[str]) -> Filters:
    """Read those query parameters whose names are in `names`.

    A parameter has one word or glob, or several with commas between them, of which any may match.
    """
    filters = request.query_params
    return {name: frozenset(split(filters[name])) for name in names if name in filters}


def matches_filters(item: Item, filters: Filters) -> bool:
    return all(matches_any(item[name], words) for name, words in filters.items())


def matches_any(value: object, words: Collection[str]) -> bool:
    """Whether a word is the text of the value, or a glob that matches it; that of None is empty."""
    text = "" if value is None else str(value)
    return text in words or any(fnmatchcase(text, word) for word in words if is_glob(word))


def is_glob(word: str) -> bool:
    return not GLOB_CHARACTERS.isdisjoint(word)


def select_by_id(items: Iterable[Item], request: Request, known: Collection[str]) -> list[Item]:
    """Return the items whose ids the parameter `ids` has; without it, all.

    Raises:
        ProblemError: It has an id that is not `known`; the detail has the nearest one.
    """
    ids = request.query_params.get("ids")
    if ids is None:
        return [*items]
    wanted = split(ids)
    for item_id in wanted:
        if item_id not in known:
            hint = did_you_mean(item_id, known) or "without `ids`, the list has all"
            raise ProblemError("invalid-query", f"nothing here has the id {item_id!r:.80}: {hint}")
    return [item for item in items if item["id"] in wanted]


def split(words: str) -> tuple[str, ...]:
    """Split the value of a query parameter at its commas; each word is there once."""
    return tuple(dict.fromkeys(words.split(",")))


def read_text(request: Request) -> str:
    """Read the parameter `q`, a text that an item has somewhere; empty for any item.

    Raises:
        ProblemError: It is too long.
    """
    text = request.query_params.get("q", "")
    if len(text) > MAX_TEXT:
        raise ProblemError("invalid-query", f"q can have at most {MAX_TEXT} characters")
    return text.casefold()
