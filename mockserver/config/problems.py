"""Problems in configuration files, each with its position."""

from collections.abc import Iterable
from typing import Final, NamedTuple

DocumentPath = tuple[str | int, ...]
"""Keys and list indices that lead from the root of a document to a value."""

MAX_PROBLEMS: Final = 100  # at most so many are shown at once: more help nobody


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
        return "\n".join(self.lines())

    def lines(self) -> tuple[str, ...]:
        """Return the first `MAX_PROBLEMS` as text, and last how many more there are, if any."""
        shown = tuple(map(str, self.problems[:MAX_PROBLEMS]))
        rest = len(self.problems) - len(shown)
        return (*shown, f"{rest} more problem{'s' if rest > 1 else ''}") if rest else shown
