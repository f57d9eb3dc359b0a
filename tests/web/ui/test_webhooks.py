"""Webhooks with every attempt, sent once more, and copied as a command."""

import json
import shlex

import pytest

from tests.support.browser import Page, copy_as, expect
from tests.support.ui_site import UiSite


def end_call(ui: UiSite, *scenarios: str) -> None:
    ui.place("callee-busy", *scenarios)
    ui.advance(until="idle")


@pytest.fixture
def failing(ui: UiSite) -> UiSite:
    """A sandbox whose webhook was refused twice, and then accepted."""
    ui.ask("PUT", "/inboxes/mobtexting", {"responses": [500, 500, 200]})
    end_call(ui)
    return ui


def test_each_attempt_is_shown_and_redelivery_adds_one(page: Page, failing: UiSite) -> None:
    [webhook] = failing.read("/webhooks")["webhooks"]
    statuses = [str(attempt["status"]) for attempt in webhook["attempts"]]
    page.goto(failing.url("webhooks/w1"))
    rows = page.locator("tbody tr")
    expect(rows.locator("td:nth-child(3)")).to_have_text(statuses)
    page.get_by_role("button", name="Redeliver").click()
    failing.advance(until="idle")
    expect(rows).to_have_count(len(statuses) + 1)


def test_a_webhook_has_its_url_headers_and_body(page: Page, ui: UiSite) -> None:
    end_call(ui)
    page.goto(ui.url("webhooks"))
    page.get_by_role("link", name="w1").click()
    detail = page.get_by_label("webhook", exact=True)
    expect(detail).to_contain_text("/_mock/receive/mobtexting")
    expect(detail.locator("pre").first).to_contain_text('"status": "MISSED"')
    detail.locator("summary").click()
    expect(detail.locator("dl")).to_contain_text("application/json")


def test_a_copy_of_a_webhook_says_so(page: Page, ui: UiSite) -> None:
    end_call(ui, "doubled-report")
    page.goto(ui.url("webhooks/w2"))
    expect(page.get_by_text("A scenario made this copy of w1.")).to_be_visible()


def test_a_webhook_copied_as_curl_sends_the_same_body(page: Page, ui: UiSite) -> None:
    end_call(ui)
    page.goto(ui.url("webhooks/w1"))
    command = shlex.split(copy_as(page, "curl"))
    sent = ui.read("/webhooks/w1/raw")
    assert command[:4] == ["curl", "-X", sent["method"], sent["url"]]
    assert command[command.index("--data-binary") + 1] == sent["body"]
    assert json.loads(sent["body"])["status"] == "MISSED"


def test_the_filter_of_webhooks_is_that_of_the_control_api(page: Page, ui: UiSite) -> None:
    end_call(ui, "lost-report")
    end_call(ui)
    page.goto(ui.url("webhooks?q=state:delivered"))
    expect(page.get_by_text("1 webhook", exact=True)).to_be_visible()
    page.get_by_label("filter webhooks").fill("")
    expect(page.get_by_text("2 webhooks", exact=True)).to_be_visible()


def test_the_inboxes_show_what_arrived(page: Page, ui: UiSite) -> None:
    end_call(ui)
    page.goto(ui.url("webhooks"))
    page.get_by_text("Inboxes (1)").click()
    expect(page.locator("details[open]")).to_contain_text("answered 200")
