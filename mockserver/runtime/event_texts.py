"""Texts of journal entries that the viewers of an event stream share."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from mockserver.core.journal import JournalEntry

MAX_TEXTS: Final = 1_000
MAX_LENGTH: Final = 16_000
"""Characters of a text that is kept; a longer one is rendered for each viewer."""


class EventTexts:
    """Each entry is rendered once for all viewers; without a viewer, nothing is kept."""

    def __init__(self) -> None:
        self.viewer_count = 0
        self._texts: OrderedDict[int, tuple[JournalEntry, str]] = OrderedDict()

    @contextmanager
    def viewer(self) -> Iterator[None]:
        """Count a viewer for the time of a `with` block."""
        self.viewer_count += 1
        try:
            yield
        finally:
            self.viewer_count -= 1
            if not self.viewer_count:
                self._texts.clear()

    def find_or_render(
        self, number: int, entry: JournalEntry, render: Callable[[int, JournalEntry], str]
    ) -> str:
        """Return the text of the entry with this sequence number."""
        known = self._texts.get(number)
        if known and known[0] is entry:
            return known[1]
        text = render(number, entry)
        if len(text) <= MAX_LENGTH:
            self._texts[number] = (entry, text)
            if len(self._texts) > MAX_TEXTS:
                self._texts.popitem(last=False)
        return text
