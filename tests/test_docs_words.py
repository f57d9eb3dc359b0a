"""The documentation has the present words, and the changelog says which words have changed."""

import re
from pathlib import Path

import pytest

from from_code import pages
from mockserver import client
from mockserver.config.registry import load_control_openapi, load_providers
from mockserver.web.views.journal_export import EXPORT_FORMAT

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
BANNED_SECTION = "## Banned in names"
"""This section of the glossary lists old words on purpose."""

OLD_WORDS = re.compile(
    r"\b(facts?|moot|story|stories|travels?|behaviours?|lengths? of time|in vain|passed[_ ]over|"
    r"speaks_to|polled|NotAccepted|NotInTime|Explained|Unreachable)\b|/_mock/inbox/|"
    r"(?<![\w-])(play|keys|speech|answers)\"?: |\"(dropped|stopped|left|question|why)\":"
)
VENDOR_JSON = re.compile(r"^```json$.*?^```$", re.DOTALL | re.MULTILINE)
WRITTEN_TEXTS = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (
        ROOT / "README.md",
        *DOCS.glob("*.md"),
        *DOCS.glob("how-to/*.md"),
        *DOCS.glob("server/*.md"),
        *DOCS.glob("vendors/*.md"),
        *DOCS.glob("examples/**/*"),
    )
    if path.is_file() and not {"node_modules", "__pycache__"} & {*path.parts}
}


def renamed(heading: str) -> list[tuple[str, ...]]:
    """The rows of a table of the changelog, without its heads."""
    table = CHANGELOG.partition(heading)[2].partition("\n\n")[2].partition("\n\n")[0]
    return [tuple(line.strip("| ").split(" | ")) for line in table.splitlines()[2:]]


def codes(cell: str) -> list[str]:
    return re.findall(r"`(\w[\w-]*)`", cell)


@pytest.mark.parametrize("name", sorted(WRITTEN_TEXTS))
def test_a_page_has_no_old_word(name: str) -> None:
    text = WRITTEN_TEXTS[name].partition(BANNED_SECTION)[0]
    assert [match.group() for match in OLD_WORDS.finditer(text)] == []


def test_the_reference_has_no_old_word() -> None:
    """The JSON on the pages of vendors has the vendors' own names."""
    found = {
        name: OLD_WORDS.search(VENDOR_JSON.sub("", text) if name in load_providers() else text)
        for name, text in pages().items()
    }
    assert {name: match for name, match in found.items() if match} == {}


@pytest.mark.parametrize(
    "text",
    [
        "a fact of the journal",
        'curl http://localhost:8080/_mock/inbox/mine -d "{}"',
        "busy: {play: callee-busy}",
        '{"answers": [500, 200]}',
        'press: [{after: 3s, keys: "1"}]',
    ],
)
def test_an_old_word_is_found(text: str) -> None:
    assert OLD_WORDS.search(text)


def test_the_client_has_the_new_names_of_the_changelog_and_not_the_old_ones() -> None:
    rows = renamed("Renamed in the Python client")
    old = {
        name for where, cell, _ in rows if where in ("class", "exception") for name in codes(cell)
    }
    new = {
        name for where, _, cell in rows if where in ("class", "exception") for name in codes(cell)
    }
    assert len(new) == 6
    assert new <= set(client.__all__)
    assert old & set(client.__all__) == set()


def test_journal_entries_have_the_new_types_of_the_changelog_and_not_the_old_ones() -> None:
    schema = load_control_openapi()["components"]["schemas"]["JournalEntry"]
    rows = renamed("Renamed types of journal entries")
    assert {name for _, cell in rows for name in codes(cell)} <= set(
        schema["properties"]["type"]["enum"]
    )
    assert {name for cell, _ in rows for name in codes(cell)} & set(
        schema["properties"]["type"]["enum"]
    ) == set()


def test_the_page_about_versions_has_the_present_number_of_the_export_format() -> None:
    assert f"the format number in `journal`, now {EXPORT_FORMAT}," in (
        DOCS / "versions.md"
    ).read_text("utf-8")
    assert f'`{{"journal": {EXPORT_FORMAT}, "evicted": 0}}`' in CHANGELOG
