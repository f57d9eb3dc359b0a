"""A YAML file that remembers line and column, and survives bombs."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import yaml

from mockserver.catalog.yaml_errors import adorned, flaw, short
from mockserver.catalog.yaml_text import Flaw, text_of

DEPTH: Final = 50
NODES: Final = 50_000
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]

_NOTHING: Final = frozenset({"", "~", "null"})
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_BAD_KEYS: Final = {
    "<<": "merge keys (<<) are not supported: write the keys out",
    "": "a key is missing here",
}


class Place(NamedTuple):
    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Out of what `str` makes of one."""
        file, line, column = text.rsplit(":", 2)
        return cls(file, int(line), int(column))


class Problem(NamedTuple):
    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Unusable(Exception):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class Document(NamedTuple):
    """Plain dicts, lists and texts, and where each of them stands.

    Every scalar is text, exactly as written; a plain `null`, `~` or nothing at all is None.
    `places` and `keys` go by the path of the value; `quoted` are the scalars that were not plain.
    """

    file: str
    content: object
    places: Mapping[Path, Place]
    keys: Mapping[Path, Place]
    quoted: frozenset[Path]

    def place(self, path: Path) -> Place:
        """Where the value stands, or else the nearest thing around it."""
        lengths = range(len(path), -1, -1)
        return next(self.places[path[:n]] for n in lengths if path[:n] in self.places)


def read(
    text: str | bytes, file: str, under: Iterable[str] = ()
) -> tuple[Document | None, tuple[Problem, ...]]:
    """The document, or else every reason why there is none.

    `under` are keys below which the text is put, as if a whole file had them.
    """
    reading = _Reading(file)
    for key in under:
        _enter(reading, key)
    try:
        _walk(reading, text_of(text))
    except Unusable as end:
        reading.problems.extend(end.problems)
    if reading.problems:
        return None, tuple(sorted(reading.problems))
    places, keys = MappingProxyType(reading.places), MappingProxyType(reading.keys)
    return Document(file, reading.content, places, keys, frozenset(reading.quoted)), ()


class _Open:
    __slots__ = ("content", "key", "path", "wants_key")

    def __init__(
        self, path: Path, content: dict[str, object] | list[object], *, wants_key: bool
    ) -> None:
        self.path = path
        self.content = content
        self.wants_key = wants_key
        self.key = ""


class _Reading:
    def __init__(self, file: str) -> None:
        self.file = file
        self.content: object = None
        self.nodes = 0
        self.open: list[_Open] = []
        self.places: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.quoted: set[Path] = set()
        self.problems: list[Problem] = []

    @property
    def wants_key(self) -> bool:
        return bool(self.open) and self.open[-1].wants_key

    def complain(self, place: Place, message: str) -> None:
        self.problems.append(Problem(place, message))


def _enter(reading: _Reading, key: str) -> None:
    place, content = Place(reading.file, 1, 1), dict[str, object]()
    reading.open.append(_Open(_settle(reading, content, place), content, wants_key=True))
    _name(reading, key, place)
    content[key] = None  # unless a value comes


def _walk(reading: _Reading, text: str | Flaw) -> None:
    """Follows the parser's lazy events, so that the limits bite before anything large is built."""
    if isinstance(text, Flaw):
        raise _unreadable(reading, text)
    reading.places[()] = Place(reading.file, 1, 1)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if act := _ACTS.get(type(event)):
                act(reading, event)
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise _unreadable(reading, flaw(error, text)) from None


def _unreadable(reading: _Reading, what: Flaw) -> Unusable:
    return Unusable([Problem(Place(reading.file, what.line, what.column), what.message)])


def _document(reading: _Reading, event: Any) -> None:
    if reading.nodes:
        message = "a file holds one document: a second one begins here"
        raise Unusable([Problem(_place(reading, event), message)])


def _scalar(reading: _Reading, event: Any) -> None:
    place = _node(reading, event)
    text = event.value
    if _SURROGATE.search(text):  # the C parser refuses it by itself, the pure one does not
        reading.complain(place, "this is not YAML: this escape names no character")
    if reading.wants_key:
        _check_key(reading, text, place, plain=not event.style)
        _name(reading, text, place)
        return
    path = _settle(reading, None if not event.style and text in _NOTHING else text, place)
    if event.style:
        reading.quoted.add(path)


def _begin(reading: _Reading, event: Any) -> None:
    place = _node(reading, event)
    if len(reading.open) == DEPTH:
        raise Unusable([Problem(place, f"this is nested deeper than {DEPTH} levels")])
    is_map = isinstance(event, yaml.MappingStartEvent)
    content: dict[str, object] | list[object] = {} if is_map else []
    if reading.wants_key:
        reading.complain(place, f"a key must be text, not a {'map' if is_map else 'list'}")
        path = _name(reading, str(place), place)
    else:
        path = _settle(reading, content, place)
    reading.open.append(_Open(path, content, wants_key=is_map))


def _end(reading: _Reading, _: Any) -> None:
    reading.open.pop()


def _alias(reading: _Reading, event: Any) -> None:
    place = _node(reading, event)
    if reading.wants_key:
        _name(reading, str(place), place)
    else:
        _settle(reading, None, place)


_ACTS: Final[Mapping[type, Callable[[_Reading, Any], None]]] = {
    yaml.DocumentStartEvent: _document,
    yaml.ScalarEvent: _scalar,
    yaml.MappingStartEvent: _begin,
    yaml.SequenceStartEvent: _begin,
    yaml.MappingEndEvent: _end,
    yaml.SequenceEndEvent: _end,
    yaml.AliasEvent: _alias,
}


def _place(reading: _Reading, event: Any) -> Place:
    return Place(reading.file, event.start_mark.line + 1, event.start_mark.column + 1)


def _node(reading: _Reading, event: Any) -> Place:
    """Counts a node, refuses what it wears, says where it stands.

    Without anchors and aliases no text grows, and no value is shared or holds itself.
    """
    place = _place(reading, event)
    reading.nodes += 1
    if reading.nodes > NODES:
        raise Unusable([Problem(place, f"the file holds more than {NODES:,} keys and values")])
    if event.anchor or getattr(event, "tag", None):
        reading.problems.extend(Problem(place, message) for message in adorned(event))
    return place


def _check_key(reading: _Reading, key: str, place: Place, *, plain: bool) -> None:
    if plain and key in _BAD_KEYS:
        reading.complain(place, _BAD_KEYS[key])
    elif key in reading.open[-1].content:
        first = reading.keys[(*reading.open[-1].path, key)].line
        reading.complain(place, f"duplicate key {short(key)}: it is already on line {first}")


def _name(reading: _Reading, key: str, place: Place) -> Path:
    top = reading.open[-1]
    top.key, top.wants_key = key, False
    path = (*top.path, key)
    if key not in top.content:
        reading.keys[path] = place
    return path


def _settle(reading: _Reading, value: object, place: Place) -> Path:
    """Puts a value, or a collection about to be filled, where it belongs."""
    path: Path = ()
    if not reading.open:
        reading.content = value
    elif isinstance(content := (top := reading.open[-1]).content, list):
        path = (*top.path, len(content))
        content.append(value)
    else:
        path = (*top.path, top.key)
        content[top.key] = value
        top.wants_key = True
    reading.places[path] = place
    return path
