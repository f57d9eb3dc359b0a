"""Rewrite the old keys in the text of a configuration file, and nothing else."""

from codecs import BOM_UTF8
from typing import Any, NamedTuple

import yaml

from mockserver.config.old_keys import find_old_keys
from mockserver.config.problems import Location
from mockserver.config.yaml_document import LOADER, parse_document


class KeyChange(NamedTuple):
    location: Location
    old_word: str
    new_word: str

    def __str__(self) -> str:
        return f"{self.location}: {self.old_word!r} -> {self.new_word!r}"


class UpgradedText(NamedTuple):
    """The text with new keys, and each change at its position in the old text."""

    text: bytes
    changes: tuple[KeyChange, ...]


def upgrade_text(raw: bytes, file: str) -> UpgradedText | None:
    """Rewrite the old keys; return None if the text cannot be parsed.

    An old key stays if its new word is a key of the same mapping: two equal keys are not valid.
    """
    document, _ = parse_document(raw, file)
    if document is None:
        return None
    changes = sorted(
        KeyChange(document.key_locations[found.path], found.old_word, found.new_word)
        for found in find_old_keys(document.content)
        if not found.is_duplicate
    )
    mark = BOM_UTF8 if raw.startswith(BOM_UTF8) else b""
    text = _rewrite_keys(raw.removeprefix(mark).decode(), changes)
    return UpgradedText(mark + text.encode(), tuple(changes))


def _rewrite_keys(text: str, changes: list[KeyChange]) -> str:
    spans = _scalar_spans(text) if changes else {}
    parts, position = [], 0
    for location, old_word, new_word in changes:
        start, end = spans[location.line, location.column]
        parts += [text[position:start], _rewrite_key(text[start:end], old_word, new_word)]
        position = end
    return "".join((*parts, text[position:]))


def _scalar_spans(text: str) -> dict[tuple[int, int], tuple[int, int]]:
    """Map the line and column of each scalar, from 1, to its start and end in the text.

    An empty value can begin where the next key does, so empty values are left out.
    """
    events = yaml.parse(text, Loader=LOADER)
    spans = (_span(event) for event in events if isinstance(event, yaml.ScalarEvent))
    return {place: (start, end) for place, start, end in spans if start < end}


def _span(event: Any) -> tuple[tuple[int, int], int, int]:
    start, end = event.start_mark, event.end_mark
    return (start.line + 1, start.column + 1), start.index, end.index


def _rewrite_key(source: str, old_word: str, new_word: str) -> str:
    """Rewrite the source of a key, which keeps its quotes.

    The last occurrence is the key: in a block scalar, a comment may come before it. Without any
    occurrence, the key is in double quotes and has escapes.
    """
    before, found, after = source.rpartition(old_word)
    return f"{before}{new_word}{after}" if found else f'"{new_word}"'
