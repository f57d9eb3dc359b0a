"""Measures how easy the sentences of a Markdown page are to read."""

import re

FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
IMAGE = re.compile(r"!\[(.*?)\]\(.*?\)", re.DOTALL)
LINK = re.compile(r"\[(.*?)\]\(.*?\)", re.DOTALL)
CODE = re.compile(r"`[^`]+`")
MARKS = re.compile(r"[*_<>#]+(?=\w)|(?<=[\w.,:])[*_<>]+")
BLOCK_START = re.compile(r"\n\s*\n|\n(?=\s*(?:[-|#]|\d+\. ))|\s\|\s|^\||\|$", re.MULTILINE)
LIST_MARK = re.compile(r"^\s*(?:[-#]+|\d+\.) ")
SENTENCE_END = re.compile(r"(?<=[\w)\"'][.!?])\s+(?=[\"'(]?[A-Z\d])")
WORD = re.compile(r"[A-Za-z0-9][\w'.,:/-]*")
VOWELS = re.compile(r"[aeiouy]+")
SILENT_END = re.compile(r"(?:[^l]e|[^aeiouytd]ed|[^aeiouscgxz]es)$")


def sentences(markdown: str) -> list[str]:
    """Return the sentences of paragraphs, headings, items and cells, without printed code.

    Code within a sentence counts as one word.
    """
    text = IMAGE.sub(r"\1", FENCE.sub("", markdown))
    text = MARKS.sub("", LINK.sub(r"\1", CODE.sub("Code", text)))
    blocks = (LIST_MARK.sub("", block) for block in BLOCK_START.split(text))
    parts = (" ".join(part.split()) for block in blocks for part in SENTENCE_END.split(block))
    return [part for part in parts if WORD.search(part)]


def words(sentence: str) -> list[str]:
    return WORD.findall(sentence)


def syllables(word: str) -> int:
    """Return about how many syllables a word has: its groups of vowels but a silent ending."""
    letters = word.lower()
    silent = bool(SILENT_END.search(letters))
    return max(1, len(VOWELS.findall(letters)) - silent)


def reading_ease(markdown: str) -> float:
    """Return the reading ease by Flesch: 100 is very easy, 60 is plain, 30 is difficult.

    Headings and cells without a full stop do not count.
    """
    spoken = [words(part) for part in sentences(markdown) if part.endswith((".", "!", "?", ":"))]
    every = [word for sentence in spoken for word in sentence]
    long_sentences = len(every) / len(spoken)
    long_words = sum(map(syllables, every)) / len(every)
    return 206.835 - 1.015 * long_sentences - 84.6 * long_words
