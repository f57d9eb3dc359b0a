"""A YAML file that remembers line and column, and survives bombs."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import yaml

from mockserver.config.yaml_errors import describe_error, short_repr, unsupported_feature_messages
from mockserver.config.yaml_text import TextProblem, decode_text

MAX_DEPTH: Final = 50
MAX_NODES: Final = 50_000
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DocumentPath = tuple[str | int, ...]

_NULL_TEXTS: Final = frozenset({"", "~", "null"})
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KEY_ERRORS: Final = {
    "<<": "merge keys (<<) are not supported: write the keys out",
    "": "a key is missing here",
}


class Location(NamedTuple):
    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @classmethod
    def parse(cls, text: str) -> "Location":
        """Out of what `str` makes of one."""
        file, line, column = text.rsplit(":", 2)
        return cls(file, int(line), int(column))


class Problem(NamedTuple):
    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


class InvalidFiles(Exception):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class YamlDocument(NamedTuple):
    """Plain dicts, lists and texts, and where each of them stands.

    Every scalar is text, exactly as written; a plain `null`, `~` or nothing at all is None.
    `places` and `keys` go by the path of the value; `quoted` are the scalars that were not plain.
    """

    file: str
    content: object
    locations: Mapping[DocumentPath, Location]
    key_locations: Mapping[DocumentPath, Location]
    quoted_paths: frozenset[DocumentPath]

    def locate(self, path: DocumentPath) -> Location:
        """Where the value stands, or else the nearest thing around it."""
        lengths = range(len(path), -1, -1)
        return next(self.locations[path[:n]] for n in lengths if path[:n] in self.locations)


def parse_document(
    text: str | bytes, file: str, parent_keys: Iterable[str] = ()
) -> tuple[YamlDocument | None, tuple[Problem, ...]]:
    """The document, or else every reason why there is none.

    `under` are keys below which the text is put, as if a whole file had them.
    """
    reading = _Parser(file)
    for key in parent_keys:
        _open_parent_key(reading, key)
    try:
        _parse_events(reading, decode_text(text))
    except InvalidFiles as end:
        reading.problems.extend(end.problems)
    if reading.problems:
        return None, tuple(sorted(reading.problems))
    places, keys = MappingProxyType(reading.locations), MappingProxyType(reading.key_locations)
    return YamlDocument(file, reading.content, places, keys, frozenset(reading.quoted_paths)), ()


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
        self.problems: list[Problem] = []

    @property
    def expects_key(self) -> bool:
        return bool(self.open_collections) and self.open_collections[-1].expects_key

    def add_problem(self, location: Location, message: str) -> None:
        self.problems.append(Problem(location, message))


def _open_parent_key(parser: _Parser, key: str) -> None:
    place, content = Location(parser.file, 1, 1), dict[str, object]()
    parser.open_collections.append(
        _OpenCollection(_add_value(parser, content, place), content, expects_key=True)
    )
    _add_key(parser, key, place)
    content[key] = None  # unless a value comes


def _parse_events(parser: _Parser, text: str | TextProblem) -> None:
    """Follows the parser's lazy events, so that the limits bite before anything large is built."""
    if isinstance(text, TextProblem):
        raise _build_text_error(parser, text)
    parser.locations[()] = Location(parser.file, 1, 1)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if act := _EVENT_HANDLERS.get(type(event)):
                act(parser, event)
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
    place = _count_node(parser, event)
    text = event.value
    if _SURROGATE.search(text):  # the C parser refuses it by itself, the pure one does not
        parser.add_problem(place, "this is not YAML: this escape names no character")
    if parser.expects_key:
        _check_key(parser, text, place, plain=not event.style)
        _add_key(parser, text, place)
        return
    path = _add_value(parser, None if not event.style and text in _NULL_TEXTS else text, place)
    if event.style:
        parser.quoted_paths.add(path)


def _handle_collection_start(parser: _Parser, event: Any) -> None:
    place = _count_node(parser, event)
    if len(parser.open_collections) == MAX_DEPTH:
        raise InvalidFiles([Problem(place, f"this is nested deeper than {MAX_DEPTH} levels")])
    is_map = isinstance(event, yaml.MappingStartEvent)
    content: dict[str, object] | list[object] = {} if is_map else []
    if parser.expects_key:
        parser.add_problem(place, f"a key must be text, not a {'map' if is_map else 'list'}")
        path = _add_key(parser, str(place), place)
    else:
        path = _add_value(parser, content, place)
    parser.open_collections.append(_OpenCollection(path, content, expects_key=is_map))


def _handle_collection_end(parser: _Parser, _: Any) -> None:
    parser.open_collections.pop()


def _handle_alias(parser: _Parser, event: Any) -> None:
    place = _count_node(parser, event)
    if parser.expects_key:
        _add_key(parser, str(place), place)
    else:
        _add_value(parser, None, place)


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
    """Counts a node, refuses what it wears, says where it stands.

    Without anchors and aliases no text grows, and no value is shared or holds itself.
    """
    place = _event_location(parser, event)
    parser.node_count += 1
    if parser.node_count > MAX_NODES:
        raise InvalidFiles(
            [Problem(place, f"the file holds more than {MAX_NODES:,} keys and values")]
        )
    if event.anchor or getattr(event, "tag", None):
        parser.problems.extend(
            Problem(place, message) for message in unsupported_feature_messages(event)
        )
    return place


def _check_key(parser: _Parser, key: str, location: Location, *, plain: bool) -> None:
    if plain and key in _KEY_ERRORS:
        parser.add_problem(location, _KEY_ERRORS[key])
    elif key in parser.open_collections[-1].content:
        first = parser.key_locations[(*parser.open_collections[-1].path, key)].line
        parser.add_problem(
            location, f"duplicate key {short_repr(key)}: it is already on line {first}"
        )


def _add_key(parser: _Parser, key: str, location: Location) -> DocumentPath:
    top = parser.open_collections[-1]
    top.key, top.expects_key = key, False
    path = (*top.path, key)
    if key not in top.content:
        parser.key_locations[path] = location
    return path


def _add_value(parser: _Parser, value: object, location: Location) -> DocumentPath:
    """Puts a value, or a collection about to be filled, where it belongs."""
    path: DocumentPath = ()
    if not parser.open_collections:
        parser.content = value
    elif isinstance(content := (top := parser.open_collections[-1]).content, list):
        path = (*top.path, len(content))
        content.append(value)
    else:
        path = (*top.path, top.key)
        content[top.key] = value
        top.expects_key = True
    parser.locations[path] = location
    return path
