"""Problems in configuration files, each with its position."""

from collections.abc import Iterable
from typing import NamedTuple

DocumentPath = tuple[str | int, ...]
"""Keys and list indices that lead from the root of a document to a value."""


class Location(NamedTuple):
    """A position in a file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @classmethod
    def parse(cls, text: str) -> "Location":
        """Parse the text that `str` returns for a location."""
        file, line, column = text.rsplit(":", 2)
        return cls(file, int(line), int(column))


class Problem(NamedTuple):
    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


class InvalidFiles(Exception):
    """Files that cannot be loaded; `problems` lists every problem in all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))
