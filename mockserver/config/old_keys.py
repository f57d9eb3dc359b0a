"""Find the old keys in a configuration file, and read them as the new ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mockserver.config.problems import DocumentPath, Problem
from mockserver.config.yaml_values import YamlDocument
from mockserver.core.old_words import OLD_KEYS, describe_old_word

UPGRADE_HINT: Final = "`mockserver check --upgrade FILE` rewrites it"


class FoundKey(NamedTuple):
    """An old key in a document, and whether its new word is a key of the same mapping."""

    path: DocumentPath
    new_word: str
    is_duplicate: bool

    @property
    def old_word(self) -> str:
        return str(self.path[-1])

    @property
    def new_path(self) -> DocumentPath:
        return (*self.path[:-1], self.new_word)


def find_old_keys(content: object) -> Iterator[FoundKey]:
    """Yield the old keys, in the order of the table of old keys."""
    for old_key in OLD_KEYS:
        *parents, old_word = old_key.path
        for path, value in _values_at(content, parents):
            if isinstance(value, Mapping) and old_word in value:
                new_word = old_key.new_word
                yield FoundKey((*path, old_word), new_word, new_word in value)


def old_key_problems(document: YamlDocument, hint: str) -> Iterator[Problem]:
    """Yield a problem for each old key; `hint` says how to rewrite it, if anything does."""
    for found in find_old_keys(document.content):
        message = describe_old_word(found.old_word, found.new_word)
        if found.is_duplicate:
            line = document.key_locations[found.new_path].line
            message += f", which is already on line {line}: remove one of the two"
        elif hint:
            message += f": {hint}"
        yield Problem(document.key_locations[found.path], message)


def with_new_keys(document: YamlDocument) -> YamlDocument:
    """Return the document as if it had the new keys, each at the position of the old one.

    An old key whose new word is there too is left out.
    """
    found_keys = tuple(find_old_keys(document.content))
    if not found_keys:
        return document
    new_words = {found.path: found.new_word for found in found_keys if not found.is_duplicate}
    duplicates = {found.path for found in found_keys if found.is_duplicate}

    def renamed(path: DocumentPath) -> DocumentPath:
        return tuple(new_words.get(path[:end], part) for end, part in enumerate(path, 1))

    def rename_keys(value: Any, path: DocumentPath) -> Any:
        if isinstance(value, list):
            return [rename_keys(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        return {
            renamed((*path, key))[-1]: rename_keys(inner, (*path, key))
            for key, inner in value.items()
            if (*path, key) not in duplicates
        }

    return document._replace(
        content=rename_keys(document.content, ()),
        locations={renamed(path): place for path, place in document.locations.items()},
        key_locations={renamed(path): place for path, place in document.key_locations.items()},
        quoted_paths=frozenset(map(renamed, document.quoted_paths)),
    )


def _values_at(
    value: Any, pattern: Sequence[str], path: DocumentPath = ()
) -> Iterator[tuple[DocumentPath, Any]]:
    """Yield (path, value) of every value whose path matches the pattern."""
    if not pattern:
        yield path, value
        return
    part, *rest = pattern
    for key in _matching_keys(value, part):
        yield from _values_at(value[key], rest, (*path, key))


def _matching_keys(value: object, part: str) -> Iterable[str | int]:
    if isinstance(value, list):
        return range(len(value)) if part == "[*]" else ()
    if not isinstance(value, dict):
        return ()
    return tuple(value) if part == "*" else (part,) if part in value else ()
