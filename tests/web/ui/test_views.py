"""The clock, sample requests, scenarios, sandboxes and the journal."""

import json
import re

from tests.support.browser import Page, expect
from tests.support.ui_site import UiSite


def test_the_buttons_of_the_clock_move_it(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    time = page.locator("clock-bar time")
    before = time.inner_text()
    page.get_by_role("button", name="+10 s").click()
    expect(time).not_to_have_text(before)
    page.get_by_role("button", name="+1 min").click()
    expect(page.get_by_role("button", name="+1 min")).to_be_enabled()
    seconds = page.evaluate(
        "times => times.map(each => Date.parse(each) / 1000).reduce((from, to) => to - from)",
        [before, time.inner_text()],
    )
    assert seconds == 70


def test_the_clock_goes_to_what_comes_next_and_until_idle(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    page.goto(ui.url("calls/c1"))
    page.get_by_role("button", name=re.compile("To next")).click()
    expect(page.locator(".rung .words").filter(has_text="ring").first).to_be_visible()
    page.get_by_role("button", name="Until idle").click()
    expect(page.get_by_text("ended: busy")).to_be_visible()


def test_the_mode_of_the_clock_is_chosen(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    page.get_by_label("how the clock runs").select_option("60x")
    expect(page.get_by_label("how the clock runs")).to_have_value("60x")
    assert ui.read("/clock")["mode"] == "60x"


def test_the_first_call_is_placed_by_the_page_itself(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    page.get_by_role("button", name="Place it for me").click()
    expect(page).to_have_url(ui.url("calls/c1"))
    expect(page.get_by_label("ladder diagram")).to_contain_text("POST c2c")


def test_a_sample_is_changed_and_sent_with_a_scenario(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try/mobtexting/c2c"))
    body = page.get_by_label("Body")
    sample = json.loads(body.input_value())
    page.get_by_label("scenario").select_option("callee-busy")
    body.fill(json.dumps({**sample, "from": "918867135009"}))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("answer")).to_contain_text("200")
    page.get_by_role("link", name="Call c1").click()
    expect(page.locator(".lane .number").filter(has_text="918867135009")).to_be_visible()
    assert ui.read("/calls/c1")["scenarios"] == ["callee-busy"]


def test_a_body_that_is_no_json_is_marked_and_can_be_sent(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try/mobtexting/c2c"))
    page.get_by_label("Body").fill("{")
    expect(page.get_by_text("this is not JSON")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name=re.compile("Answer 4"))).to_be_visible()


def test_a_scenario_is_activated_once_and_plays_once(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("scenarios"))
    page.get_by_label("search scenarios").fill("busy after")
    page.get_by_role("link", name="callee-busy").click()
    page.get_by_role("button", name="Next request").click()
    active = page.get_by_label("active scenarios")
    expect(active).to_contain_text("callee-busy for the next 1 request")
    ui.place()
    expect(active).to_have_count(0)
    ui.place()
    ui.advance(until="idle")
    outcomes = [call["outcome"] for call in ui.read("/calls")["calls"]]
    assert outcomes == ["busy", "completed"]


def test_a_sandbox_is_made_and_deleted_only_after_a_second_click(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("sandboxes"))
    page.get_by_label("name").fill("lesson")
    page.get_by_role("button", name="Make").click()
    row = page.get_by_role("row").filter(has_text="lesson")
    row.get_by_role("button", name="Delete ...").click()
    expect(row).to_contain_text("This ends 0 calls")
    row.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)


def test_a_sandbox_is_opened(page: Page, server: UiSite, ui: UiSite) -> None:
    name = ui.prefix.rpartition("/")[2]
    ui.place("callee-busy")
    page.goto(server.url("sandboxes"))
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator(".rows > .row")).to_have_count(1)


def test_the_journal_grows_is_filtered_and_exported(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("journal"))
    expect(page.locator("#link")).to_have_text("live")
    ui.place("callee-busy")
    expect(page.locator("summary").filter(has_text="placed")).to_be_visible()
    page.get_by_label("filter the journal").fill("c2c")
    expect(page.locator("summary")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export .jsonl").click()
    lines = download.value.path().read_text().splitlines()
    assert [json.loads(line).get("type") for line in lines].count("request") == 1
