"""The pages have short sentences and plain words."""

from pathlib import Path

import pytest

from from_code import pages
from tests.support.prose import reading_ease, sentences, syllables, words

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
        *(path for path in DOCS.glob("*.md") if path.stem not in ("plan", "changelog")),
        DOCS / "reference" / "index.md",
        *DOCS.glob("decisions/*.md"),
        *DOCS.glob("how-to/*.md"),
        *DOCS.glob("server/*.md"),
        *DOCS.glob("vendors/*.md"),
    )
}
GENERATED = {f"{name} (generated)": text for name, text in pages().items() if name != "evidence"}
"""The pages that are generated from the code, but the one that lists names and figures."""

MAX_WORDS = 30
MIN_EASE = 60
"""Flesch calls 60 to 70 plain English."""


@pytest.mark.parametrize("name", sorted(PAGES | GENERATED))
def test_no_sentence_of_a_page_has_more_than_thirty_words(name: str) -> None:
    text = (PAGES | GENERATED)[name]
    assert [part for part in sentences(text) if len(words(part)) > MAX_WORDS] == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_in_plain_english(name: str) -> None:
    assert reading_ease(PAGES[name]) >= MIN_EASE


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("It rings. Then it ends.", ["It rings.", "Then it ends."]),
        ("Port 80 is\ntaken.", ["Port 80 is taken."]),
        ("See `a.b()`. `c` is new.", ["See Code.", "Code is new."]),
        (
            "It has HTTP 200. It is (as *said*). Go.",
            ["It has HTTP 200.", "It is (as said).", "Go."],
        ),
        ("It took 3 s. 12 calls rang.", ["It took 3 s.", "12 calls rang."]),
        ("# Head\n\nText\n\n- one\n- two", ["Head", "Text", "one", "two"]),
        ("1. First\n2. Second", ["First", "Second"]),
        ("| a | b |\n|---|---|\n| one word | x |", ["a", "b", "one word", "x"]),
        ("Before.\n\n```bash\nls. Not prose.\n```\n\nAfter.", ["Before.", "After."]),
        ("![A picture.](x.png) [A link](y.md#z) leads.", ["A picture.", "A link leads."]),
    ],
)
def test_a_page_is_split_into_sentences(markdown: str, expected: list[str]) -> None:
    assert sentences(markdown) == expected


@pytest.mark.parametrize(
    ("word", "count"),
    [("call", 1), ("phone", 1), ("webhook", 2), ("scenario", 3), ("table", 2), ("ended", 2)],
)
def test_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_long_sentences_and_long_words_are_harder_to_read() -> None:
    easy = reading_ease("The phone rings. The call ends.")
    long_words = reading_ease("Notification availability necessitates authentication.")
    long_sentence = reading_ease("The phone rings and then the call ends and so on and on and on.")
    assert easy > long_sentence > long_words
