"""The glossary has the terms that users read in problems and on pages."""

import re
from pathlib import Path

import pytest

from mockserver.web.problem_kinds import PROBLEM_KINDS

GLOSSARY = (Path(__file__).parent.parent / "docs" / "glossary.md").read_text("utf-8")
ORDINARY = frozenset(
    re.findall(
        r"\w+",
        "all allowed applicable bad beyond broken diverged down foreign found illegal in "
        "incomplete internal invalid large loop many missing no nobody not on running satisfiable "
        "shutting stays the timeout too unknown unsupported uploaded verified required flight "
        "error package unavailable unreachable",
    )
)
"""Words that need no explanation."""
HTTP = frozenset(("body", "encoding", "header", "host", "method", "query", "range", "request"))
"""Words that HTTP defines."""
PAGE_TERMS = (
    "control API", "lifecycle", "sandbox", "scenario", "bundled", "conversation", "account",
    "vendor", "webhook", "phone", "evidence", "clock mode", "advance", "quirk", "timeline",
)  # fmt: skip
"""Terms of the titles of pages, and of the texts of help."""


def defined_terms() -> set[str]:
    """The terms in the first column of each table above the section of public words."""
    own = GLOSSARY.partition("## Public words")[0]
    cells = re.findall(r"^\| (.+?) \| ", own, re.MULTILINE)
    return {term.strip() for cell in cells for term in cell.split(",")}


def words_of(terms: set[str]) -> set[str]:
    return {word for term in terms for word in re.findall(r"\w+", term.lower())}


def stems(word: str) -> tuple[str, ...]:
    """The word, and what it may be a plural or a participle of."""
    return word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ed")


@pytest.mark.parametrize("kind", sorted(PROBLEM_KINDS))
def test_the_glossary_has_the_terms_of_a_problem(kind: str) -> None:
    known = words_of(defined_terms()) | ORDINARY | HTTP
    parts = kind.split("-")
    assert [part for part in parts if not set(stems(part)) & known] == []


@pytest.mark.parametrize("term", PAGE_TERMS)
def test_the_glossary_has_a_term_of_pages(term: str) -> None:
    assert term in defined_terms()
