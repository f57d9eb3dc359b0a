"""The pictures of the documentation can be taken again, and are those that it shows."""

import re
from pathlib import Path

from from_code.screenshots import FOLDER, take
from tests.support.browser import Browser

ROOT = FOLDER.parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
MAX_SIZE = 160_000  # bytes
PNG = b"\x89PNG\r\n\x1a\n"


def pictures() -> list[Path]:
    return sorted(FOLDER.glob("*.png"))


def test_every_picture_can_be_taken_again(chromium: Browser, tmp_path: Path) -> None:
    taken = list(take(chromium, tmp_path))
    assert sorted(path.name for path in taken) == [path.name for path in pictures()]
    assert {path.read_bytes()[: len(PNG)] for path in taken} == {PNG}


def test_every_picture_is_small_and_shown_somewhere() -> None:
    shown = {
        Path(name).name
        for page in PAGES
        for name in re.findall(r"images/(\S+?\.png)", page.read_text("utf-8"))
    }
    assert shown == {path.name for path in pictures()}
    assert [path.name for path in pictures() if path.stat().st_size >= MAX_SIZE] == []
