"""The parts of a scenario as written: itself, and what stands in its lists."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.config.problems import DocumentPath
from mockserver.config.schema_checks import valid_items

RawMapping = Mapping[str, Any]

LIST_KEYS: Final = ("attempts", "numbers", "choose")
SCENARIO_KEYS: Final = frozenset(
    {
        *LIST_KEYS,
        "legs",
        "steps",
        "use",
        "refuse",
        "responses",
        "webhooks",
    }
)


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


def scenario_parts(body: RawMapping, path: DocumentPath = ()) -> Iterator[ScenarioPart]:
    """Yield the scenario and the items of its lists that are mappings, and so on."""
    yield ScenarioPart(path, body, (*path, "legs"))
    for key in LIST_KEYS:
        for index, item in list_items(body, key):
            inner = (*path, key, index)
            if isinstance(item, Mapping) and SCENARIO_KEYS & item.keys():
                yield from scenario_parts(item, inner)
            elif isinstance(item, Mapping) and key != "choose":
                yield ScenarioPart(inner, {"legs": item}, inner)


def list_items(body: RawMapping, key: str) -> Iterator[tuple[int, Any]]:
    """Yield (index, item) of the valid items of a list of scenarios."""
    return valid_items(body, key) if isinstance(body.get(key), list) else iter(())
