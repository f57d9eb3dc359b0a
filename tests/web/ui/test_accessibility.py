"""Every view can be used by ear and by keyboard, in light and dark, and on a narrow screen."""

import os
from pathlib import Path

import pytest

from tests.support.browser import Browser, Page, expect, open_page
from tests.support.ui_site import UiSite

AXE = Path(__file__).parents[2] / "page/node_modules/axe-core/axe.min.js"
VIEWS = {
    "calls": "Choose a call",
    "calls/c1": "ended: busy",
    "calls/c3": "Call c3 bridged",
    "phones/": "Phones",
    "webhooks/w1": "Body as sent",
    "report": "Failed with 500",
    "requests/r2": "Would pass",
    "try/mobtexting/c2c": "Send",
    "try/innocalls/webrtc": "Send",
    "accounts/mobtexting/mobtexting-default": "mobtexting-default",
    "scenarios/callee-busy": "Can play on",
    "journal": "placed",
    "sandboxes": "New sandbox",
}
"""View -> what it says once it is there."""
FIND = """async rules => (await axe.run({...rules, resultTypes: ["violations"]})).violations
  .filter(each => ["serious", "critical"].includes(each.impact))
  .map(each => `${each.id}: ${each.nodes[0].html}`)"""
COLORS = {"runOnly": ["color-contrast"]}  # what another scheme or width can change
VISIT = """url => { history.pushState(null, "", url); dispatchEvent(new Event("place")); }"""
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1400, "height": 900}


@pytest.fixture
def busy(ui: UiSite) -> UiSite:
    """A sandbox with a call that has ended, refused webhooks and requests, and two phones."""
    ui.ask("PUT", "/inboxes/mobtexting", {"responses": [500, 500]})
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


@pytest.mark.parametrize(
    ("scheme", "size", "rules"),
    [("light", WIDE, {}), ("dark", NARROW, {}), ("dark", WIDE, COLORS), ("light", NARROW, COLORS)],
    ids=["light", "dark-narrow", "dark", "light-narrow"],
)
def test_no_view_has_a_serious_fault_or_scrolls_sideways(
    chromium: Browser, busy: UiSite, scheme: str, size: dict[str, int], rules: dict[str, object]
) -> None:
    if not AXE.exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs `npm ci --prefix tests/page`")
        pytest.skip("axe-core comes by `npm ci --prefix tests/page`")
    with open_page(chromium, color_scheme=scheme, viewport=size) as page:
        show(page, busy, "calls")
        page.evaluate(f"{AXE.read_text()}\n;0")
        for view, text in VIEWS.items():
            page.evaluate(VISIT, busy.url(view))
            expect(page.locator("main")).to_contain_text(text)
            assert page.evaluate(FIND, rules) == [], view
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], view


def test_a_ringing_phone_stands_still_for_those_who_want_no_motion(
    chromium: Browser, busy: UiSite
) -> None:
    with open_page(chromium, reduced_motion="reduce") as page:
        show(page, busy, "calls/c2")
        style = page.locator(".phone.rings").evaluate(
            "each => getComputedStyle(each).animationName"
        )
        assert style == "none"
