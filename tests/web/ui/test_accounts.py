"""The accounts of each vendor, shown and patched."""

from tests.support.browser import Page, expect
from tests.support.ui_site import UiSite

PATH = "/accounts/mobtexting/mobtexting-default"


def test_an_account_is_shown_and_patched(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("accounts"))
    page.get_by_role("link", name="mobtexting-default").click()
    account = page.get_by_label("account", exact=True)
    expect(account.locator("pre")).to_contain_text('"credentials": "any"')
    account.get_by_role("textbox").fill('{"balance": "12.50", "flows": {"220": null}}')
    account.get_by_role("button", name="Change the account").click()
    expect(account.locator("pre")).to_contain_text('"balance": "12.50"')
    assert ui.read(PATH) == {"credentials": "any", "balance": "12.50", "flows": {}}


def test_a_patch_that_is_refused_changes_nothing_and_says_why(page: Page, ui: UiSite) -> None:
    before = ui.read(PATH)
    page.goto(ui.url("accounts/mobtexting/mobtexting-default"))
    account = page.get_by_label("account", exact=True)
    for patch, problem in (("{", "A patch is a JSON object"), ('{"ballance": "1"}', "balance")):
        account.get_by_role("textbox").fill(patch)
        account.get_by_role("button", name="Change the account").click()
        expect(page.get_by_role("alert")).to_contain_text(problem)
    assert ui.read(PATH) == before


def test_an_account_that_is_not_there_is_named(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("accounts/mobtexting/nobody"))
    expect(page.get_by_text("mobtexting has no account nobody")).to_be_visible()
