"""The page says when it is not connected, and catches up; many tabs share one stream."""

from tests.support.browser import Browser, Page, expect, open_page
from tests.support.many_calls import place_many
from tests.support.ui_site import UiSite, run_ui_site

TABS = 8
CALLS = 1_000  # of about 12 entries each: more than the journal keeps
CUT = """
window.cut = new AbortController();
window.isCut = false;
const send = window.fetch;
window.fetch = (url, how) => !String(url).includes("/events") || !how.signal ? send(url, how)
  : window.isCut ? Promise.reject(new TypeError("cut"))
  : send(url, {...how, signal: AbortSignal.any([how.signal, window.cut.signal])});
delete window.SharedWorker;
"""
"""Lets the page hold its stream itself, and a test cut it off."""
HIDE = """isHidden => {
  Object.defineProperty(document, "hidden", {value: isHidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def listed(page: Page) -> list[str]:
    """The ids of the calls in the list."""
    texts: list[str] = page.locator(".rows > .row b").all_inner_texts()
    return texts


def test_a_lost_server_is_said_and_a_new_one_is_read_anew(chromium: Browser) -> None:
    with open_page(chromium) as page:
        with run_ui_site() as site:
            port = int(site.origin.rpartition(":")[2])
            site.place("callee-busy")
            page.goto(site.url())
            expect(page.locator("#link")).to_have_text("live")
        expect(page.get_by_text("Not connected since")).to_be_visible()
        expect(page.get_by_role("button", name="+10 s")).to_be_disabled()
        with run_ui_site(port=port) as site:
            expect(page.locator("#link")).to_have_text("live")
            expect(page.get_by_text("Not connected since")).to_have_count(0)
            expect(page.locator(".rows > .row")).to_have_count(0)
            site.place("answered")
            expect(page.locator(".rows > .row")).to_contain_text("answered")


def test_what_came_while_a_page_was_away_is_fetched(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    expect(page.locator("#link")).to_have_text("live")
    page.goto("about:blank")
    for _ in range(3):
        ui.place("callee-busy")
    page.go_back()
    expect(page.locator(".rows > .row")).to_have_count(3)


def test_after_a_gap_the_list_is_that_of_the_control_api(page: Page, ui: UiSite) -> None:
    page.add_init_script(CUT)
    page.goto(ui.url())
    ui.place("callee-busy")
    expect(page.locator(".rows > .row")).to_have_count(1)
    page.evaluate("window.isCut = true; window.cut.abort()")
    expect(page.locator("#link")).to_have_text("lost")
    place_many(ui, CALLS)
    ui.advance(until="idle")
    page.evaluate("window.cut = new AbortController(); window.isCut = false")
    expect(page.get_by_text("entries were skipped")).to_be_visible()
    expect(page.get_by_text(f"{CALLS + 1} calls")).to_be_visible()
    calls = ui.read("/calls?order=newest&limit=200")["calls"]
    rows = page.locator(".rows > .row")
    expect(rows.first).to_contain_text(f"c{CALLS + 1}")
    expect(rows.filter(has_text="busy")).to_have_count(rows.count())
    assert listed(page) == [call["id"] for call in calls][: rows.count()]


def test_nothing_is_sent_while_the_connection_is_lost(page: Page, ui: UiSite) -> None:
    page.add_init_script(CUT)
    ui.place("waits-for-a-person")
    page.goto(ui.url("calls/c1"))
    page.get_by_role("button", name="+10 s").click()
    page.get_by_role("button", name="Answer", exact=True).click()
    words = page.get_by_label("words to say")
    words.fill("yes")
    page.evaluate("window.isCut = true; window.cut.abort()")
    expect(page.locator("body[data-lost]")).to_have_count(1)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    words.press("Enter")
    page.get_by_role("button", name="Hang up").dispatch_event("click")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(words).to_have_value("yes")
    assert "POST" not in sent
    page.evaluate("window.cut = new AbortController(); window.isCut = false")
    expect(page.locator("#link")).to_have_text("live")
    words.press("Enter")
    expect(page.locator(".rung").filter(has_text='says "yes"')).to_be_visible()


def test_a_tab_that_was_hidden_reads_what_it_has_missed(page: Page, ui: UiSite) -> None:
    page.add_init_script("delete window.SharedWorker")
    page.goto(ui.url())
    ui.place("callee-busy")
    expect(page.locator(".rows > .row")).to_have_count(1)
    page.evaluate(HIDE, True)  # noqa: FBT003 - an argument of the script
    ui.place("callee-busy")
    page.evaluate(HIDE, False)  # noqa: FBT003 - as above
    expect(page.locator(".rows > .row")).to_have_count(2)


def test_eight_tabs_are_all_live(chromium: Browser, ui: UiSite) -> None:
    context = chromium.new_context()
    tabs = [context.new_page() for _ in range(TABS)]
    for tab in tabs:
        tab.goto(ui.url())
    ui.place("callee-busy")
    for tab in tabs:
        expect(tab.locator(".rows > .row")).to_have_count(1)
    context.close()


def test_two_tabs_see_what_the_other_one_does(chromium: Browser, ui: UiSite) -> None:
    ui.place("waits-for-a-person")
    context = chromium.new_context()
    first, second = context.new_page(), context.new_page()
    for tab in (first, second):
        tab.goto(ui.url("calls/c1"))
    first.get_by_role("button", name="+10 s").click()
    second.get_by_role("button", name="Answer", exact=True).click()
    expect(first.get_by_text("answer (you)")).to_be_visible()
    expect(first.get_by_role("button", name="Hang up")).to_be_visible()
    context.close()


def test_a_sandbox_that_is_deleted_is_said_to_be_gone(page: Page, ui: UiSite) -> None:
    page.goto(ui.url())
    expect(page.locator("#link")).to_have_text("live")
    ui.client.delete(f"/_mock/sandboxes/{ui.prefix.rpartition('/')[2]}")
    expect(page.locator("#link")).not_to_have_text("live")
