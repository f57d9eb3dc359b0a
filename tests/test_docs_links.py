"""The links between the Markdown files work in a checkout, without a build of the documentation."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def committed_files() -> frozenset[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(ROOT / line for line in listed.stdout.splitlines())


FILES = committed_files()
PAGES = sorted(str(path.relative_to(ROOT)) for path in FILES if path.suffix == ".md")


def anchors(text: str) -> set[str]:
    """The anchors that a host of repositories gives to the headings of a page."""
    titles = (heading.lower() for heading in HEADING.findall(FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def dead_links(page: Path, text: str) -> Iterator[str]:
    """The relative links that lead to no file of the repository, or to no heading of it."""
    for link in LINK.findall(FENCE.sub("", text)):
        if re.match(r"\w+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        if file not in FILES or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            yield link


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_to_a_file_of_the_repository(name: str) -> None:
    page = ROOT / name
    assert list(dead_links(page, page.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("[a](why.md)", []),
        ("[a](glossary.md#banned-in-names)", []),
        ("[a](https://example.test/)", []),
        ("[a](tide.md)", ["tide.md"]),
        ("[a](reference/cli.md)", ["reference/cli.md"]),
        ("[a](glossary.md#tide)", ["glossary.md#tide"]),
    ],
)
def test_a_dead_link_is_found(link: str, dead: list[str]) -> None:
    assert list(dead_links(ROOT / "docs" / "index.md", link)) == dead
