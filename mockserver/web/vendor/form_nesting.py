"""Unfolds names with brackets, `variables[Name]=x` and `ids[]=1`, into mappings and lists."""

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


class _Branch(dict[str, object]):
    """A mapping that brackets build; `following` is the index that `[]` means next, as in PHP."""

    next_index = 0

    def resolve_key(self, segment: str | None) -> str:
        key = str(self.next_index) if segment is None else segment
        if _INDEX.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)
        return key


def nest_fields(pairs: Pairs, max_fields: int) -> dict[str, object]:
    """The fields that the pairs mean, of which there may be `room`; of one name the last counts.

    Raises:
        ValueError: there are too many of them, or too many brackets; what it says goes on after
            `the body` or `the query`.
    """
    if len(pairs) > max_fields:
        raise ValueError(TOO_MANY_FIELDS)
    flat = dict(pairs)
    if "[" not in "".join(flat):
        return flat
    root = _Branch()
    for key, value in pairs:
        _put(root, _split_path(key), value)
    return {key: _plain_value(value) for key, value in root.items()}


def _split_path(key: str) -> Sequence[str | None]:
    """`a[b][]` -> a, b, None; a key with stray brackets is its own path."""
    bracketed = _NAME_WITH_BRACKETS.fullmatch(key)
    if bracketed is None:
        return (key,)
    head, hooks = bracketed.groups()
    if hooks.count("[") > MAX_DEPTH:
        raise ValueError(TOO_DEEP)
    return head, *(hook or None for hook in hooks[1:-1].split("]["))


def _put(branch: _Branch, path: Sequence[str | None], value: Any) -> None:
    key = branch.resolve_key(path[0])
    if len(path) > 1:
        _put(_ensure_branch(branch, key), path[1:], value)
    elif isinstance(value, dict) and isinstance(branch.get(key), dict):
        _merge(_ensure_branch(branch, key), value)
    else:
        branch[key] = value


def _ensure_branch(branch: _Branch, key: str) -> _Branch:
    """What stands under the key, made fit to grow; anything but a mapping gives way."""
    there = branch.get(key)
    if isinstance(there, _Branch):
        return there
    branch[key] = grown = _Branch()
    _merge(grown, there if isinstance(there, dict) else {})
    return grown


def _merge(branch: _Branch, values: Mapping[str, object]) -> None:
    for key, value in values.items():
        _put(branch, (key,), value)


def _plain_value(value: object) -> object:
    if not isinstance(value, _Branch):
        return value
    inner = {key: _plain_value(one) for key, one in value.items()}
    indexes = [str(index) for index in range(len(inner))]
    listed = inner and inner.keys() == set(indexes)
    return [inner[index] for index in indexes] if listed else inner
