"""The parts of a scenario as written: itself, and the items of its lists."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.config.problems import DocumentPath
from mockserver.config.schema_checks import valid_items

RawMapping = Mapping[str, Any]

LIST_KEYS: Final = ("attempts", "numbers", "choose")
SCENARIO_WORDS: Final = frozenset(
    {"needs", "legs", "steps", *LIST_KEYS, "use", "refuse", "responses", "webhooks"}
)
"""The keys of a scenario that is written inside a list; an item with none of them maps legs."""


class ListItem(NamedTuple):
    """One item: it names a scenario or a behavior, or `body` has the words of a scenario.

    `path` leads to the item, for a choice with nothing but `use` to that name. `is_legs` is True
    for an item that is a mapping of legs: its `body` has them below `legs`.
    """

    key: str
    position: int
    path: DocumentPath
    name: str = ""
    body: RawMapping | None = None
    is_legs: bool = False

    def scenario_name(self, outer: str) -> str:
        """Return the name of the scenario to which the item of the scenario `outer` leads."""
        return f"{outer}/{self.key}/{self.position + 1}" if self.body is not None else self.name

    def inner_path(self, path: DocumentPath) -> DocumentPath:
        """Return the path from the outer scenario on of a path in `body`."""
        return (*self.path, *path[self.is_legs :])


class ScenarioPart(NamedTuple):
    """The words of a scenario at `path`; the names of its legs stand below `legs_path`."""

    path: DocumentPath
    body: RawMapping
    legs_path: DocumentPath

    @property
    def legs(self) -> RawMapping:
        legs = self.body.get("legs")
        return legs if isinstance(legs, Mapping) else {}

    def steps(self) -> Iterator[tuple[DocumentPath, RawMapping]]:
        """Yield (path, step) of the valid steps."""
        for index, step in valid_items(self.body, "steps"):
            yield (*self.path, "steps", index), step


def list_items(body: RawMapping) -> Iterator[ListItem]:
    """Yield the valid items of the scenario's list."""
    for key in LIST_KEYS:
        for index, item in valid_items(body, key):
            path = (key, index)
            if isinstance(item, str):
                yield ListItem(key, index, path, item)
            elif key == "choose":
                yield from _choices(index, path, item)
            elif SCENARIO_WORDS.isdisjoint(item):
                yield ListItem(key, index, path, "", {"legs": item}, is_legs=True)
            else:
                yield ListItem(key, index, path, "", item)


def scenario_parts(body: RawMapping, path: DocumentPath = ()) -> Iterator[ScenarioPart]:
    """Yield the scenario and the items of its list that have words of their own, and so on."""
    yield ScenarioPart(path, body, (*path, "legs"))
    for item in list_items(body):
        inner = (*path, *item.path)
        if item.is_legs and item.body is not None:
            yield ScenarioPart(inner, item.body, inner)
        elif item.body is not None:
            yield from scenario_parts(item.body, inner)


def _choices(index: int, path: DocumentPath, choice: RawMapping) -> Iterator[ListItem]:
    words = {key: value for key, value in choice.items() if key != "weight"}
    if [*words] == ["use"]:
        yield ListItem("choose", index, (*path, "use"), words["use"])
    elif words:
        yield ListItem("choose", index, path, "", words)
