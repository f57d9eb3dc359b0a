"""The clock, sample requests, scenarios, sandboxes and the journal."""

import json
import re
from datetime import datetime, timedelta

import pytest

from tests.support.browser import Page, expect
from tests.support.ui_site import UiSite


def test_the_buttons_of_the_clock_move_it(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    time = page.locator("clock-bar time")
    before = datetime.fromisoformat(time.get_attribute("datetime") or "")
    for label, seconds in (("+10 s", 10), ("+1 min", 70)):
        page.get_by_role("button", name=label).click()
        after = before + timedelta(seconds=seconds)
        expected = after.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        expect(time).to_have_attribute("datetime", expected)


def test_the_clock_goes_to_what_comes_next_and_until_idle(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    page.goto(ui.url("calls/c1"))
    page.get_by_role("button", name=re.compile("To next")).click()
    expect(page.locator(".rung .words").filter(has_text="ring").first).to_be_visible()
    page.get_by_role("button", name="Until idle").click()
    expect(page.get_by_text("ended: busy")).to_be_visible()


def test_a_button_that_can_do_nothing_stays_disabled_while_the_page_is_connected(
    page: Page, ui: UiSite
) -> None:
    page.goto(ui.url())
    expect(page.locator("#link")).to_have_text("live")
    to_next = page.get_by_role("button", name="To next")
    expect(to_next).to_be_disabled()
    page.evaluate("""async () => {
        document.querySelector("notice-bar").update();
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }""")
    expect(to_next).to_be_disabled(timeout=1)


def test_until_idle_ends_no_conversation(page: Page, ui: UiSite) -> None:
    ui.place("waits-for-a-person")
    ui.advance(by="10s")
    ui.ask("POST", "/calls/c1/events", {"event": "answer", "leg": "b"})
    page.goto(ui.url("calls/c1"))
    page.get_by_role("button", name="Until idle").click()
    expect(page.locator("clock-bar")).to_contain_text("0 steps pending.")
    expect(page.locator(".phone").get_by_role("button", name="Hang up")).to_be_visible()
    assert ui.read("/calls/c1")["state"] == "bridged"


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
    used_up = page.get_by_role("status").filter(has_text="callee-busy is used up, by request r1.")
    expect(used_up).to_be_visible()
    ui.place()
    ui.advance(until="idle")
    outcomes = [call["outcome"] for call in ui.read("/calls")["calls"]]
    assert outcomes == ["busy", "completed"]


def test_a_sandbox_is_made_and_deleted_only_after_a_second_click(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("sandboxes"))
    page.get_by_label("name").fill("lesson")
    page.get_by_role("button", name="Make").click()
    row = page.get_by_role("row").filter(has_text="lesson")
    expect(row).to_contain_text("awake")
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


def test_an_activation_that_a_request_without_a_call_uses_up_leaves_the_list(
    page: Page, ui: UiSite
) -> None:
    ui.ask("PUT", "/scenarios/broken", {"responses": [{"status": 502}]})
    ui.ask("POST", "/activations", {"scenario": "broken", "times": 1})
    page.goto(ui.url("scenarios"))
    active = page.get_by_label("active scenarios")
    expect(active).to_contain_text("broken for the next 1 request")
    ui.place()
    expect(active).to_have_count(0)


def test_the_journal_shows_what_an_inbox_received_and_which_activation_is_used_up(
    page: Page, ui: UiSite
) -> None:
    page.goto(ui.url("journal"))
    expect(page.locator("#link")).to_have_text("live")
    ui.ask("POST", "/activations", {"scenario": "callee-busy", "times": 1})
    ui.place()
    ui.ask("POST", "/receive/mine", {"a": 1})
    lines = page.locator("summary")
    expect(lines.filter(has_text="received inbox mine, POST, answered 200")).to_be_visible()
    used_up = lines.filter(has_text="activation-used-up callee-busy, by r1")
    used_up.click()
    page.get_by_role("link", name="Request r1", exact=True).locator("visible=true").click()
    expect(page).to_have_url(ui.url("requests/r1"))


def test_an_inbox_shows_at_once_what_it_receives_from_outside(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("webhooks"))
    expect(page.locator("#link")).to_have_text("live")
    ui.ask("POST", "/receive/mine", {"hello": "there"})
    page.get_by_text("Inboxes (1)").click()
    expect(page.locator("webhooks-view")).to_contain_text('"hello": "there"')


def test_the_page_of_a_missing_sandbox_says_so_and_creates_none(page: Page, server: UiSite) -> None:
    def names() -> list[str]:
        return [sandbox["name"] for sandbox in server.read("/sandboxes")["sandboxes"]]

    nobody, before = server._replace(prefix="/_sandbox/nobody"), names()
    for view in ("", "calls/c1", "try", "scenarios", "sandboxes"):
        page.goto(nobody.url(view))
        expect(page.get_by_text("no sandbox is named nobody")).to_be_visible()
    assert names() == before
    page.get_by_role("button", name="Make sandbox nobody").click()
    expect(page.locator("#link")).to_have_text("live")
    assert names() == [*before, "nobody"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("try/phonon/create", '"security-id": "sample-credential"'),
        ("try/ccai/create-scheduled", '"Voice Scheduled (API)"'),
        ("try/innocalls/webrtc-enter", "extension=101&password=sample-credential"),
    ],
)
def test_a_sample_of_any_vendor_is_accepted_as_it_is(
    page: Page, ui: UiSite, path: str, text: str
) -> None:
    page.goto(ui.url(path))
    expect(page.get_by_label("Body")).to_have_value(re.compile(re.escape(text)))
    page.get_by_role("button", name="Send").click()
    heading = re.compile("Answer (2|redirect)")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "webhooks?q=state:faild",
            "the state of a webhook is never 'faild': did you mean 'failed'?",
        ),
        ("requests?q=status:ok", "status is a number such as 200, or a glob such as 5??, not 'ok'"),
        ("scenarios/calle-busy", "did you mean 'callee-busy'?"),
        ("calls?q=state:rining", "did you mean 'ringing'?"),
        ("nowhere", "There is no such view"),
        ("try/mobtextin", "did you mean 'mobtexting'?"),
        ("try/mobtexting/dial", "mobtexting has no operation dial."),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(
    page: Page, ui: UiSite, path: str, text: str
) -> None:
    page.goto(ui.url(path))
    expect(page.get_by_text(text)).to_be_visible()


def test_an_unknown_scenario_leaves_the_others_in_their_list(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("scenarios/nope"))
    expect(page.get_by_role("link", name="callee-busy")).to_be_visible()
