"""The page that `mockserver ui` serves: one file, and nothing that acts."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import Browser, Page, expect, open_page
from tests.support.processes import start
from tests.support.ui_site import UiSite
from tests.web.ui.test_accessibility import AXE, FIND, NARROW, WIDE


@pytest.fixture
def shown(ui: UiSite, tmp_path: Path) -> Iterator[str]:
    """The URL of the page for the exported journal of a busy call."""
    ui.place("callee-busy")
    ui.advance(until="idle")
    path = tmp_path / "run.jsonl"
    path.write_bytes(ui.client.get(f"{ui.prefix}/_mock/journal?format=jsonl").content)
    with start("ui", str(path)) as process:
        assert process.stdout
        yield process.stdout.readline().split()[-1]


def test_the_command_shows_the_ladder_of_a_call_and_nothing_that_acts(
    page: Page, shown: str
) -> None:
    page.goto(shown)
    expect(page).to_have_url(f"{shown}file")
    page.locator("main").get_by_role("link", name="c1").first.click()
    words = ["POST c2c", "200", "ring", "answer", "ring", "hang up: busy (17)", "hang up"]
    expect(page.locator(".arrow .words")).to_have_text([*words, "w1 completed, 1st", "200"])
    expect(page.locator(".lane b")).to_have_text(["your app", "mobtexting", "a from", "b to"])
    expect(page.get_by_text("read-only")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(["File"])
    assert page.locator("clock-bar, phone-desk, [data-acting], #link, #file").count() == 0


def test_a_call_of_the_file_has_an_address(page: Page, shown: str) -> None:
    page.goto(f"{shown}file/c1/w1")
    expect(page.get_by_role("heading", name="Entries of w1")).to_be_visible()


def test_no_other_view_and_no_key_leads_away(page: Page, shown: str) -> None:
    page.goto(f"{shown}webhooks/w1")
    expect(page).to_have_url(f"{shown}file")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="File run.jsonl")).to_be_visible()
    expect(page).to_have_url(f"{shown}file")


def test_a_file_that_is_cut_has_its_error_shown(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(json.dumps({"journal": 2}) + '\n{"id":')
    with start("ui", str(path)) as process:
        assert process.stdout
        page.goto(process.stdout.readline().split()[-1])
        expect(page.get_by_text("Line 2 is not JSON.")).to_be_visible()


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)])
def test_the_file_has_no_serious_fault_and_does_not_scroll_sideways(
    chromium: Browser, shown: str, scheme: str, size: dict[str, int]
) -> None:
    if not AXE.exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs `npm ci --prefix tests/page`")
        pytest.skip("axe-core comes by `npm ci --prefix tests/page`")
    axe = AXE.read_text()
    with open_page(chromium, color_scheme=scheme, viewport=size) as page:
        for view in ("file", "file/c1", "file/c1/w1"):
            page.goto(f"{shown}{view}")
            expect(page.locator("file-view summary").first).to_be_visible()
            page.evaluate(f"{axe}\n;0")
            assert page.evaluate(FIND) == [], view
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], view
