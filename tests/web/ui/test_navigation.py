"""Each view and each object has an address; Back and Esc lead where one expects."""

import re

import pytest

from tests.support.browser import Page, expect
from tests.support.ui_site import UiSite

LINKS = {
    "calls": "Choose a call to see its ladder.",
    "calls?q=outcome:busy": "1 call of this filter",
    "calls/c1": "Call c1 busy",
    "calls/c1/w1": "w1 completed delivered",
    "webhooks": "1 webhook",
    "webhooks/w1": "Body as sent",
    "webhooks?q=state:failed": "0 webhooks",
    "report": "1 receiver",
    "report?q=mobtexting": "1 receiver",
    "report?q=other": "0 receivers",
    "requests": "1 request",
    "requests/r1": "Answer",
    "try": "Try it",
    "try/mobtexting/c2c": '"bridge": "918068281234"',
    "scenarios": "callee-busy",
    "scenarios/callee-busy": "Can play on:",
    "journal": "placed",
    "journal?from=2": "Up to entry 2.",
    "phones/": "No leg waits for a person.",
    "sandboxes": "New sandbox",
    "nothing": "There is no such view",
    "constructor": "There is no such view",
    "calls/c7": "no call is named c7",
    "webhooks/w7": "w7",
    "requests/r7": "r7",
    "scenarios/nothing": "no scenario is named 'nothing'",
}


@pytest.fixture
def played(ui: UiSite) -> UiSite:
    """A sandbox with a call that has ended, its request and its webhook."""
    ui.place("callee-busy")
    ui.advance(until="idle")
    return ui


def test_every_view_and_every_object_has_an_address(page: Page, played: UiSite) -> None:
    for link, text in LINKS.items():
        page.goto(played.url(link))
        expect(page.locator("body")).to_contain_text(text)


def test_the_journal_up_to_an_entry_is_shown_however_many_are_newer(page: Page, ui: UiSite) -> None:
    for _ in range(25):
        ui.place("callee-busy")
    ui.advance(until="idle")
    last = ui.read("/journal?order=newest&limit=1")["entries"][0]["id"]
    assert last > 220
    lines = page.locator("journal-view ol > li")
    for address, newest in (("?from=20", 20), (f"?from={last}", last), ("?from=9999", last)):
        page.goto(ui.url(f"journal{address}"))
        expect(lines.first.locator(".time")).to_have_text(re.compile(rf"^{newest} "))
        expect(lines).to_have_count(min(newest, 200))
    page.get_by_role("button", name="Show the newest").click()
    expect(page.get_by_text("Up to entry")).to_have_count(0)


def test_back_leads_through_what_was_seen_and_forward_again(page: Page, played: UiSite) -> None:
    page.goto(played.url("calls"))
    page.locator(".rows > .row a").click()
    page.get_by_role("link", name="w1 completed, 1st").click()
    page.get_by_role("link", name="Requests").click()
    page.get_by_role("link", name="r1").click()
    seen = ["requests/r1", "requests", "webhooks/w1", "calls/c1", "calls"]
    for view in seen:
        expect(page).to_have_url(played.url(view))
        page.go_back()
    for view in reversed(seen):
        page.go_forward()
        expect(page).to_have_url(played.url(view))
    expect(page.get_by_role("heading", name="r1 200")).to_be_visible()


@pytest.mark.parametrize(
    ("link", "behind"),
    [
        ("calls/c1/w1", "calls"),
        ("calls/c1?q=outcome:busy", "calls?q=outcome%3Abusy"),
        ("webhooks/w1", "webhooks"),
        ("requests/r1", "requests"),
        ("scenarios/callee-busy", "scenarios"),
        ("journal", "journal"),
    ],
)
def test_esc_leads_from_an_object_to_its_list(
    page: Page, played: UiSite, link: str, behind: str
) -> None:
    page.goto(played.url(link))
    expect(page.locator("#link")).to_have_text("live")
    page.keyboard.press("Escape")
    expect(page).to_have_url(played.url(behind))


def test_esc_leaves_a_field_before_it_leaves_an_object(page: Page, played: UiSite) -> None:
    page.goto(played.url("calls/c1"))
    expect(page.locator("#link")).to_have_text("live")
    page.keyboard.press("/")
    expect(page.get_by_label("filter calls")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page).to_have_url(played.url("calls/c1"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(played.url("calls"))
