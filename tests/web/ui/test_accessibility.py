"""Every view can be used by ear and by keyboard, in light and dark, and on a narrow screen."""

import os
from pathlib import Path

import pytest

from tests.support.browser import Browser, Page, expect, open_page
from tests.support.ui_site import UiSite

AXE = Path(__file__).parents[2] / "page/node_modules/axe-core/axe.min.js"
VIEWS = (
    *("calls", "calls/c1", "calls/c3", "phones", "webhooks/w1", "requests/r2"),
    *("try/mobtexting/c2c", "scenarios/callee-busy", "journal", "sandboxes"),
)
FIND = """async () => (await axe.run()).violations
  .filter(each => ["serious", "critical"].includes(each.impact))
  .map(each => `${each.id}: ${each.nodes[0].html}`)"""
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1400, "height": 900}


@pytest.fixture
def busy(ui: UiSite) -> UiSite:
    """A sandbox with a call that has ended, a refused request, and two phones."""
    ui.place("callee-busy")
    ui.place(**{"from": ""})
    ui.advance(until="idle")
    for _ in range(2):
        ui.place("waits-for-a-person")
        ui.advance(by="10s")
    ui.ask("POST", "/calls/c3/events", {"event": "answer", "leg": "b"})
    return ui


def show(page: Page, ui: UiSite, view: str) -> None:
    page.goto(ui.url(view))
    expect(page.locator("#link")).to_have_text("live")
    expect(page.locator(".phone").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_view_has_a_serious_fault(chromium: Browser, busy: UiSite, scheme: str) -> None:
    if not AXE.exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs `npm ci --prefix tests/page`")
        pytest.skip("axe-core comes by `npm ci --prefix tests/page`")
    axe = AXE.read_text()
    size = WIDE if scheme == "light" else NARROW
    with open_page(chromium, color_scheme=scheme, viewport=size) as page:
        for view in VIEWS:
            show(page, busy, view)
            page.evaluate(f"{axe}\n;0")
            assert page.evaluate(FIND) == [], view


def test_no_view_scrolls_sideways_on_a_narrow_screen(chromium: Browser, busy: UiSite) -> None:
    with open_page(chromium, viewport=NARROW) as page:
        for view in VIEWS:
            show(page, busy, view)
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], view


def test_a_ringing_phone_stands_still_for_those_who_want_no_motion(
    chromium: Browser, busy: UiSite
) -> None:
    with open_page(chromium, reduced_motion="reduce") as page:
        show(page, busy, "calls/c2")
        style = page.locator(".phone.rings").evaluate(
            "each => getComputedStyle(each).animationName"
        )
        assert style == "none"
