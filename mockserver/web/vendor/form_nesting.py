"""Nests fields with brackets, `variables[Name]=x` and `ids[]=1`, into mappings and lists."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

MAX_DEPTH: Final = 64
MAX_FIELDS: Final = 1_000

TOO_DEEP: Final = f"is nested deeper than {MAX_DEPTH} levels"
TOO_MANY_FIELDS: Final = f"has more than {MAX_FIELDS} fields"

_NAME_WITH_BRACKETS: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")

Pairs = Collection[tuple[str, object]]
"""(name, value) of each field, in the order in which they were sent."""


class _Branch(dict[str, object]):
    """A mapping built from brackets; `next_index` is what the next `[]` means, as in PHP."""

    next_index = 0

    def resolve_key(self, segment: str | None) -> str:
        key = str(self.next_index) if segment is None else segment
        if _INDEX.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)
        return key


def nest_fields(pairs: Pairs, max_fields: int) -> dict[str, object]:
    """Build the fields from at most `max_fields` pairs; the last pair of a name counts.

    Raises:
        ValueError: Too many fields, or too many levels. The message continues `the body` or
            `the query`.
    """
    if len(pairs) > max_fields:
        raise ValueError(TOO_MANY_FIELDS)
    root = _Branch()
    for key, value in pairs:
        _put(root, _split_path(key), value)
    return {key: _plain_value(value) for key, value in root.items()}


def _split_path(key: str) -> Sequence[str | None]:
    """`a[b][]` -> a, b, None; a key with misplaced brackets is its own path."""
    bracketed = _NAME_WITH_BRACKETS.fullmatch(key)
    if bracketed is None:
        return (key,)
    head, brackets = bracketed.groups()
    if brackets.count("[") > MAX_DEPTH:
        raise ValueError(TOO_DEEP)
    return head, *(segment or None for segment in brackets[1:-1].split("]["))


def _put(branch: _Branch, path: Sequence[str | None], value: Any) -> None:
    key = branch.resolve_key(path[0])
    if len(path) > 1:
        _put(_ensure_branch(branch, key), path[1:], value)
    elif isinstance(value, dict) and isinstance(branch.get(key), dict):
        _merge(_ensure_branch(branch, key), value)
    else:
        branch[key] = value


def _ensure_branch(branch: _Branch, key: str) -> _Branch:
    """Return the branch under the key; a mapping becomes one, any other value is replaced."""
    existing = branch.get(key)
    if isinstance(existing, _Branch):
        return existing
    branch[key] = child = _Branch()
    _merge(child, existing if isinstance(existing, dict) else {})
    return child


def _merge(branch: _Branch, values: Mapping[str, object]) -> None:
    for key, value in values.items():
        _put(branch, (key,), value)


def _plain_value(value: object) -> object:
    """Convert a branch to a dict, or to a list if its keys are 0, 1, 2, ..."""
    if not isinstance(value, _Branch):
        return value
    inner = {key: _plain_value(member) for key, member in value.items()}
    indexes = [str(index) for index in range(len(inner))]
    is_list = inner and inner.keys() == set(indexes)
    return [inner[index] for index in indexes] if is_list else inner
