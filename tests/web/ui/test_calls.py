"""The list of calls and the ladder of a call, as they happen."""

import re
import shlex
import subprocess

import pytest

from tests.support.browser import Page, expect
from tests.support.ui_site import UiSite


def test_a_call_appears_in_the_list_without_a_reload(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    expect(page.get_by_text("0 calls")).to_be_visible()
    ui.place("callee-busy")
    row = page.locator(".rows > .row").filter(has_text="c1")
    expect(row).to_contain_text("mobtexting 918867135000 to 918867136000")
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()
    ui.advance(until="idle")
    expect(row).to_contain_text("busy")


def test_the_ladder_grows_while_the_call_lives(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    page.goto(ui.url("calls/c1"))
    ladder = page.get_by_label("ladder diagram")
    expect(ladder).to_contain_text("POST c2c")
    ui.advance(by="3s")
    expect(ladder).to_contain_text("answer")
    ui.advance(until="idle")
    words = ["POST c2c", "200", "ring", "answer", "ring", "hang up: busy (17)", "hang up"]
    expect(ladder.locator(".arrow .words")).to_have_text([*words, "w1 completed, 1st", "200"])
    expect(ladder.locator(".note .words")).to_have_text(["ended: busy"])


def test_each_row_of_the_ladder_has_its_time_and_distance(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    ui.advance(until="idle")
    page.goto(ui.url("calls/c1"))
    rung = page.locator(".rung").filter(has_text="hang up: busy")
    expect(rung.locator(".time")).to_have_text("09:00:05")
    expect(rung.locator(".since")).to_have_text("+3 s")


def test_the_lanes_are_the_app_the_vendor_and_each_leg(page: Page, ui: UiSite) -> None:
    ui.place()
    page.goto(ui.url("calls/c1"))
    expect(page.locator(".lane b")).to_have_text(["your app", "mobtexting", "a from", "b to"])


def test_the_filter_is_in_the_address_and_filters_on_the_server(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    ui.place("answered")
    ui.advance(until="idle")
    page.goto(ui.url())
    expect(page.locator(".rows > .row")).to_have_count(2)
    page.get_by_label("filter calls").fill("outcome:busy")
    expect(page.locator(".rows > .row")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=outcome%3Abusy$"))
    page.get_by_label("filter calls").fill("outcome:bussy")
    expect(page.locator("call-list .bad").first).to_contain_text("bussy")


TRAFFIC = """async () => {
  const { live } = await import(document.body.dataset.base + "/ui/live.js");
  const change = () => live.dispatchEvent(new CustomEvent("calls", { detail: [] }));
  setInterval(change, 40);
}"""
"""Tells the page of a changed call 25 times per second."""


def test_a_filtered_list_is_read_and_a_typed_filter_is_taken_while_calls_change(
    page: Page, ui: UiSite
) -> None:
    page.goto(ui.url("calls?q=provider:mobtexting"))
    expect(page.get_by_text("0 calls of this filter")).to_be_visible()
    page.evaluate(TRAFFIC)
    ui.place("callee-busy")
    expect(page.locator(".rows > .row")).to_have_count(1)
    page.get_by_label("filter calls").fill("outcome:busy")
    expect(page).to_have_url(re.compile(r"\?q=outcome%3Abusy$"))
    expect(page.get_by_text("0 calls of this filter")).to_be_visible()


LEAVE_WHILE_TYPING = """() => {
  const filter = document.querySelector("#filter");
  filter.value = "outcome:busy";
  filter.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("nav a[href$=webhooks]").click();
  return new Promise(end => setTimeout(end, 200)); // what was to come 150 ms after typing has come
}"""


def test_a_filter_that_is_typed_just_before_leaving_leads_nowhere(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    expect(page.locator("#link")).to_have_text("live")
    page.evaluate(LEAVE_WHILE_TYPING)
    expect(page).to_have_url(ui.url("webhooks"))
    expect(page.get_by_role("heading", name="Webhooks")).to_be_visible()


def test_an_address_with_a_filter_shows_what_it_filters(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    ui.place("answered")
    ui.advance(until="idle")
    page.goto(ui.url("calls?q=outcome:busy"))
    expect(page.get_by_label("filter calls")).to_have_value("outcome:busy")
    expect(page.locator(".rows > .row")).to_have_count(1)


def test_an_unknown_call_is_named_with_what_is_there(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("calls/c7"))
    expect(page.locator("main")).to_contain_text("no call is named c7")


def test_an_unknown_sandbox_is_named_and_not_created(page: Page, server: UiSite) -> None:
    before = server.read("/sandboxes")["sandboxes"]
    page.goto(server._replace(prefix="/_sandbox/gone").url())
    expect(page.locator("main")).to_contain_text("gone")
    assert server.read("/sandboxes")["sandboxes"] == before
    page.get_by_role("button", name="Make sandbox gone").click()
    expect(page.get_by_text("0 calls")).to_be_visible()


def test_the_page_of_a_sandbox_shows_its_calls_alone(
    page: Page, server: UiSite, ui: UiSite
) -> None:
    server.place("callee-busy")
    ui.place("answered")
    page.goto(ui.url())
    expect(page.locator(".rows > .row")).to_have_count(1)
    expect(page.locator(".rows > .row")).to_contain_text("answered")


def test_after_a_reset_the_list_is_that_of_the_new_life(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    page.goto(ui.url())
    expect(page.locator(".rows > .row")).to_have_count(1)
    expect(page.locator("#link")).to_have_text("live")
    ui.ask("POST", "/reset")
    expect(page.get_by_text("The sandbox was reset")).to_be_visible()
    expect(page.locator(".rows > .row")).to_have_count(0)
    ui.place("answered")
    expect(page.locator(".rows > .row")).to_contain_text("answered")


def test_after_a_reset_the_view_says_how_to_place_the_first_call(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("calls/c9"))
    expect(page.locator("#link")).to_have_text("live")
    ui.place("callee-busy")
    expect(page.locator(".rows > .row")).to_have_count(1)
    ui.ask("POST", "/reset")
    expect(page.get_by_text("The sandbox was reset")).to_be_visible()
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(page.get_by_text("No call has been placed in this sandbox")).to_be_visible()


@pytest.mark.parametrize("key", ["j", "ArrowDown"])
def test_keys_go_through_the_list_open_a_call_and_lead_back(
    page: Page, ui: UiSite, key: str
) -> None:
    ui.place("callee-busy")
    ui.place("answered")
    page.goto(ui.url())
    expect(page.locator(".rows > .row")).to_have_count(2)
    page.keyboard.press(key)
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page).to_have_url(ui.url("calls/c1"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(ui.url("calls"))


def test_the_command_of_an_empty_page_places_a_call_that_appears_at_once(
    page: Page, ui: UiSite
) -> None:
    page.goto(ui.url())
    command = page.locator("call-start pre").inner_text()
    expect(page.locator("#link")).to_have_text("live")
    subprocess.run(shlex.split(command), check=True, capture_output=True, timeout=20)  # noqa: S603
    row = page.locator(".rows > .row").filter(has_text="c1")
    expect(row).to_contain_text("waits-for-a-person")
