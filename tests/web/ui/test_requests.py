"""Requests with the reason of their answer, and what would pass, which can be sent at once."""

import re
import shlex

from tests.support.browser import Page, copy_as, expect
from tests.support.ui_site import UiSite


def test_a_refused_request_shows_what_would_pass_and_that_passes(page: Page, ui: UiSite) -> None:
    ui.place(**{"from": "+91 8867 135000"})
    page.goto(ui.url("requests/r1"))
    detail = page.get_by_label("request", exact=True)
    expect(detail).to_contain_text("from-malformed (assumed)")
    expect(detail).to_contain_text("Would pass: 10 to 15 digits")
    detail.get_by_role("button", name="Try again with this").click()
    expect(page).to_have_url(ui.url("requests/r2"))
    expect(detail.get_by_role("heading", name="r2 200")).to_be_visible()
    expect(detail.get_by_role("link", name="Call c1")).to_be_visible()


def test_a_masked_credential_in_a_body_is_replaced_when_a_request_is_tried_again(
    page: Page, ui: UiSite
) -> None:
    ui.ask("PUT", "/accounts/effebot/effebot-default", {"credentials": ["own-key"]})
    sample = ui.ask("POST", "/samples/effebot/create", {"fields": {"phone": "+9"}}).json()
    ui.client.post(sample["path"], headers=sample["headers"], content=sample["body"])
    page.goto(ui.url("requests/r1"))
    page.get_by_role("button", name="Try again with this").click()
    expect(page.get_by_role("heading", name="r2 200")).to_be_visible()


def test_an_unknown_path_names_the_nearest_operations(page: Page, ui: UiSite) -> None:
    ui.client.get(f"{ui.prefix}/mobtexting/api/v2/voice/c2d")
    page.goto(ui.url("requests"))
    page.get_by_role("link", name="r1").click()
    expect(page.get_by_label("request", exact=True)).to_contain_text("/api/v2/voice/c2c")


def test_a_refused_request_that_belongs_to_no_call_appears_by_itself(
    page: Page, ui: UiSite
) -> None:
    page.goto(ui.url("requests"))
    expect(page.get_by_text("0 requests")).to_be_visible()
    expect(page.locator("#link")).to_have_text("live")
    ui.place(**{"from": ""})
    expect(page.get_by_role("link", name="r1")).to_contain_text("from-required")


def test_a_request_copied_as_curl_sends_the_same_body_and_no_secret(page: Page, ui: UiSite) -> None:
    ui.place()
    page.goto(ui.url("requests/r1"))
    command = shlex.split(copy_as(page, "curl"))
    sent = ui.read("/requests/r1/raw")
    assert command[command.index("--data-binary") + 1] == sent["body"]
    assert "authorization: Bearer $TOKEN" in command


def test_the_links_of_a_request_lead_to_its_call_and_back(page: Page, ui: UiSite) -> None:
    ui.place()
    page.goto(ui.url("requests/r1"))
    page.get_by_role("link", name="Call c1").click()
    expect(page.get_by_role("heading", name=re.compile("Call c1"))).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="r1 200")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(ui.url("requests"))
