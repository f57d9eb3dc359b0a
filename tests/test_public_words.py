"""No old public word is left outside the changelog and the loader's table."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WORDS = re.compile(
    r"\b(facts?|moot|story|stories|behaviours?|lengths? of time|in vain|passed[_ ]over|speaks_to|"
    r"polled|NotAccepted|NotInTime|Explained|Unreachable)\b|/_mock/inbox/|"
    r"[\"'](wanted|passed_over|speaks_to|redial|phones)[\"']"
    r"(?=: (?!Phone|build|Counter|\{\"ringing))|"
    r"(entry|request|webhook|call|attempt|item|page|body|raw)\[\"(fact|facts|answer|wanted|redial|"
    r"target|dropped|stopped|question|why|left|verb|place|story)\"\]"
)
"""Old words of JSON, Python and prose."""

KEYS = re.compile(r"(?<![\w-])(play|speech|answers)\"?: |\"(dropped|stopped|left|question|why)\":")
"""Old keys of YAML and JSON; in Python and JavaScript, they also name events and types."""

FOLDERS = (
    *("mockserver", "clients", "schemas", "scenarios", "benchmarks", "docs", "tests", ".ci"),
    "distribution",
)
FILES = ("README.md", "Dockerfile", "pyproject.toml", "action.yml", "noxfile.py")
EXEMPT = re.compile(
    r"mockserver/core/old_words\.py|docs/glossary\.md|"
    r"tests/(test_(public|docs)_words|test_architecture|config/test_(old_keys|upgrade)|"
    r"cli/test_(check_upgrade|replay_formats)|web/control/test_old_words)\.py|"
    r"tests/config/broken/old-word[\w-]*\.yaml"
)
"""The tables of old words, and what tests them."""


def tracked_files() -> list[str]:
    """The paths of all text files below `FOLDERS`, and `FILES`."""
    suffixes = {".py", ".yaml", ".json", ".md", ".txt", ".mjs", ".js", ".java", ".sh", ""}
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file())
    names = [str(path.relative_to(ROOT)) for path in paths if path.suffix in suffixes]
    skipped = (
        "__pycache__",
        "node_modules",
        "docs/reference/",
        "docs/_build",
        "docs/plan.md",
        "tests/corpus/found",
    )
    return sorted(
        name
        for name in (*names, *FILES)
        if not EXEMPT.fullmatch(name) and not any(part in name for part in skipped)
    )


def old_words(name: str, text: str) -> list[str]:
    found = [match.group() for match in WORDS.finditer(text)]
    return (
        found if name.endswith((".py", ".js")) else found + [m.group() for m in KEYS.finditer(text)]
    )


@pytest.mark.parametrize("name", tracked_files())
def test_a_file_has_no_old_word(name: str) -> None:
    assert old_words(name, (ROOT / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "a fact of the journal"),
        ("a.py", 'f"{origin}/_mock/inbox/mine"'),
        ("a.yaml", "busy: {play: callee-busy}"),
        ("a.md", '{"answers": [500, 200]}'),
        ("a.py", 'entry["fact"]'),
        ("a.py", '"wanted": parameters'),
        ("a.py", "raise NotInTime"),
    ],
)
def test_an_old_word_is_found(name: str, text: str) -> None:
    assert old_words(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", 'SOUNDS = {"play": tone}'),
        ("a.js", "{play: draw}"),
        ("a.py", "state.call"),
        ("a.yaml", "replay: {use: x}"),
    ],
)
def test_another_word_is_not_taken_for_an_old_one(name: str, text: str) -> None:
    assert old_words(name, text) == []
