"""Texts of journal entries are kept for the viewers that there are."""

from mockserver.core.journal import JournalEntry
from mockserver.runtime.event_texts import MAX_LENGTH, MAX_TEXTS, EventTexts

ENTRY = JournalEntry(at=0, type="command", call_id="", payload={})


class Renderer:
    """Renders texts of one size, and counts them."""

    def __init__(self, size: int = 1) -> None:
        self.size = size
        self.numbers: list[int] = []

    def render(self, number: int, _: JournalEntry) -> str:
        self.numbers.append(number)
        return "x" * self.size


def test_a_text_is_rendered_once_as_long_as_there_is_a_viewer() -> None:
    texts, renderer = EventTexts(), Renderer()
    for _ in range(2):
        with texts.viewer(), texts.viewer():
            for _ in range(3):
                assert texts.find_or_render(7, ENTRY, renderer.render) == "x"
    assert renderer.numbers == [7, 7]
    assert texts.viewer_count == 0


def test_another_entry_of_the_same_number_is_rendered_anew() -> None:
    texts, renderer = EventTexts(), Renderer()
    with texts.viewer():
        texts.find_or_render(1, ENTRY, renderer.render)
        texts.find_or_render(1, ENTRY.replace(at=1), renderer.render)
    assert renderer.numbers == [1, 1]


def test_only_the_newest_texts_are_kept() -> None:
    texts, renderer = EventTexts(), Renderer()
    with texts.viewer():
        for number in (*range(MAX_TEXTS + 1), MAX_TEXTS, 0):
            texts.find_or_render(number, ENTRY, renderer.render)
    assert renderer.numbers == [*range(MAX_TEXTS + 1), 0]


def test_a_long_text_is_not_kept() -> None:
    texts = EventTexts()
    with texts.viewer():
        for size, count in ((MAX_LENGTH, 1), (MAX_LENGTH + 1, 2)):
            renderer = Renderer(size)
            for _ in range(2):
                texts.find_or_render(size, ENTRY, renderer.render)
            assert len(renderer.numbers) == count
