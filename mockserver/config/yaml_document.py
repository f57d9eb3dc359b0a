"""Parse YAML into plain values, keep the position of each, and limit depth and size."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import yaml

from mockserver.config.problems import DocumentPath, InvalidFiles, Location, Problem
from mockserver.config.yaml_errors import describe_error, short_repr, unsupported_feature_messages
from mockserver.config.yaml_text import TextProblem, decode_text
from mockserver.config.yaml_values import YamlDocument

MAX_DEPTH: Final = 50
MAX_NODES: Final = 50_000
SECTIONS: Final = ("accounts", "scenarios")
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULL_TEXTS: Final = frozenset({"", "~", "null"})
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KEY_ERRORS: Final = {
    "<<": "merge keys (<<) are not supported: write the keys out",
    "": "a key is missing here",
}


def parse_document(
    text: str | bytes, file: str, parent_keys: Iterable[str] = ()
) -> tuple[YamlDocument | None, tuple[Problem, ...]]:
    """Return (document, ()), or (None, all problems) if the text cannot be parsed.

    The content is nested below `parent_keys`, as if `text` were that part of a whole file.
    """
    document, problems = read_document(text, file, parent_keys)
    return (None if problems else document), problems


def read_document(
    text: str | bytes, file: str, parent_keys: Iterable[str] = ()
) -> tuple[YamlDocument | None, tuple[Problem, ...]]:
    """Parse as `parse_document` does, but return the document also beside duplicate keys.

    Of two equal keys the last counts; two equal sections of a file count together.
    """
    parser = _Parser(file)
    for key in parent_keys:
        _open_parent_key(parser, key)
    try:
        _parse_events(parser, decode_text(text))
    except InvalidFiles as error:
        parser.problems.extend(error.problems)
    problems = tuple(sorted((*parser.problems, *parser.duplicates)))
    if parser.problems:
        return None, problems
    document = YamlDocument(
        file,
        parser.content,
        MappingProxyType(parser.locations),
        MappingProxyType(parser.key_locations),
        frozenset(parser.quoted_paths),
        frozenset(parser.null_paths),
    )
    return document, problems


class _OpenCollection:
    __slots__ = ("content", "expects_key", "key", "path")

    def __init__(
        self, path: DocumentPath, content: dict[str, object] | list[object], *, expects_key: bool
    ) -> None:
        self.path = path
        self.content = content
        self.expects_key = expects_key
        self.key = ""


class _Parser:
    def __init__(self, file: str) -> None:
        self.file = file
        self.content: object = None
        self.node_count = 0
        self.open_collections: list[_OpenCollection] = []
        self.locations: dict[DocumentPath, Location] = {}
        self.key_locations: dict[DocumentPath, Location] = {}
        self.quoted_paths: set[DocumentPath] = set()
        self.null_paths: set[DocumentPath] = set()
        self.duplicates: list[Problem] = []
        self.problems: list[Problem] = []

    @property
    def expects_key(self) -> bool:
        return bool(self.open_collections) and self.open_collections[-1].expects_key

    def add_problem(self, location: Location, message: str) -> None:
        self.problems.append(Problem(location, message))


def _open_parent_key(parser: _Parser, key: str) -> None:
    location, content = Location(parser.file, 1, 1), dict[str, object]()
    parser.open_collections.append(
        _OpenCollection(_add_value(parser, content, location), content, expects_key=True)
    )
    _add_key(parser, key, location)
    content[key] = None  # stays if the text is empty


def _parse_events(parser: _Parser, text: str | TextProblem) -> None:
    """Handle the lazy events of the YAML parser: limits apply before anything large is built."""
    if isinstance(text, TextProblem):
        raise _build_text_error(parser, text)
    parser.locations[()] = Location(parser.file, 1, 1)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if handle := _EVENT_HANDLERS.get(type(event)):
                handle(parser, event)
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise _build_text_error(parser, describe_error(error, text)) from None


def _build_text_error(parser: _Parser, problem: TextProblem) -> InvalidFiles:
    return InvalidFiles(
        [Problem(Location(parser.file, problem.line, problem.column), problem.message)]
    )


def _handle_document_start(parser: _Parser, event: Any) -> None:
    if parser.node_count:
        message = "a file holds one document: a second one begins here"
        raise InvalidFiles([Problem(_event_location(parser, event), message)])


def _handle_scalar(parser: _Parser, event: Any) -> None:
    location = _count_node(parser, event)
    text = event.value
    if _SURROGATE.search(text):  # the C parser refuses surrogates, the pure Python one does not
        parser.add_problem(location, "this is not YAML: this escape names no character")
    if parser.expects_key:
        _check_key(parser, text, location, plain=not event.style)
        _add_key(parser, text, location)
        return
    is_null = not event.style and text in _NULL_TEXTS
    path = _add_value(parser, None if is_null else text, location)
    if event.style:
        parser.quoted_paths.add(path)
    elif is_null and text:
        parser.null_paths.add(path)


def _handle_collection_start(parser: _Parser, event: Any) -> None:
    location = _count_node(parser, event)
    if len(parser.open_collections) == MAX_DEPTH:
        raise InvalidFiles([Problem(location, f"this is nested deeper than {MAX_DEPTH} levels")])
    is_map = isinstance(event, yaml.MappingStartEvent)
    content: dict[str, object] | list[object] = _earlier_section(parser) if is_map else []
    if parser.expects_key:
        parser.add_problem(location, f"a key must be text, not a {'map' if is_map else 'list'}")
        path = _add_key(parser, str(location), location)
    else:
        path = _add_value(parser, content, location)
    parser.open_collections.append(_OpenCollection(path, content, expects_key=is_map))


def _earlier_section(parser: _Parser) -> dict[str, object]:
    """Return the section of the file that begins here again; empty if it is new."""
    root = parser.open_collections[0] if len(parser.open_collections) == 1 else None
    if root is None or root.key not in SECTIONS or not isinstance(root.content, dict):
        return {}
    section = root.content.get(root.key)
    return section if isinstance(section, dict) else {}


def _handle_collection_end(parser: _Parser, _: Any) -> None:
    parser.open_collections.pop()


def _handle_alias(parser: _Parser, event: Any) -> None:
    location = _count_node(parser, event)
    if parser.expects_key:
        _add_key(parser, str(location), location)
    else:
        _add_value(parser, None, location)


_EVENT_HANDLERS: Final[Mapping[type, Callable[[_Parser, Any], None]]] = {
    yaml.DocumentStartEvent: _handle_document_start,
    yaml.ScalarEvent: _handle_scalar,
    yaml.MappingStartEvent: _handle_collection_start,
    yaml.SequenceStartEvent: _handle_collection_start,
    yaml.MappingEndEvent: _handle_collection_end,
    yaml.SequenceEndEvent: _handle_collection_end,
    yaml.AliasEvent: _handle_alias,
}


def _event_location(parser: _Parser, event: Any) -> Location:
    return Location(parser.file, event.start_mark.line + 1, event.start_mark.column + 1)


def _count_node(parser: _Parser, event: Any) -> Location:
    """Count a node, report its tag, anchor or alias as problems, and return its position.

    Without anchors and aliases, no text expands and no value is shared or contains itself.
    """
    location = _event_location(parser, event)
    parser.node_count += 1
    if parser.node_count > MAX_NODES:
        raise InvalidFiles(
            [Problem(location, f"the file holds more than {MAX_NODES:,} keys and values")]
        )
    if event.anchor or getattr(event, "tag", None):
        parser.problems.extend(
            Problem(location, message) for message in unsupported_feature_messages(event)
        )
    return location


def _check_key(parser: _Parser, key: str, location: Location, *, plain: bool) -> None:
    if plain and key in _KEY_ERRORS:
        parser.add_problem(location, _KEY_ERRORS[key])
    elif key in parser.open_collections[-1].content:
        first = parser.key_locations[(*parser.open_collections[-1].path, key)].line
        message = f"duplicate key {short_repr(key)}: it is already on line {first}"
        parser.duplicates.append(Problem(location, message))


def _add_key(parser: _Parser, key: str, location: Location) -> DocumentPath:
    parent = parser.open_collections[-1]
    parent.key, parent.expects_key = key, False
    path = (*parent.path, key)
    if key not in parent.content:
        parser.key_locations[path] = location
    return path


def _add_value(parser: _Parser, value: object, location: Location) -> DocumentPath:
    """Add a value, or a collection that is still empty, to the innermost open collection."""
    path: DocumentPath = ()
    if not parser.open_collections:
        parser.content = value
    elif isinstance(content := (parent := parser.open_collections[-1]).content, list):
        path = (*parent.path, len(content))
        content.append(value)
    else:
        path = (*parent.path, parent.key)
        content[parent.key] = value
        parent.expects_key = True
    parser.locations[path] = location
    return path
