"""The values of a YAML file, each with its position."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.config.problems import DocumentPath, Location


class YamlDocument(NamedTuple):
    """The content of a file as plain dicts, lists and strings, with the position of each value.

    Every scalar is a string, exactly as written; a plain `null`, a plain `~` and an empty value
    are None. `locations` maps the path of a value to the position of the value, `key_locations`
    to the position of its key. `quoted_paths` are the paths of the scalars that are not plain,
    `null_paths` those of each plain `null` and `~`.
    """

    file: str
    content: object
    locations: Mapping[DocumentPath, Location]
    key_locations: Mapping[DocumentPath, Location]
    quoted_paths: frozenset[DocumentPath]
    null_paths: frozenset[DocumentPath] = frozenset()

    def locate(self, path: DocumentPath) -> Location:
        """Return the position of the value, else that of the nearest value around it."""
        lengths = range(len(path), -1, -1)
        return next(self.locations[path[:n]] for n in lengths if path[:n] in self.locations)
